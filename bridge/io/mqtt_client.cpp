#include "bridge/io/mqtt_client.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <utility>
#include <vector>

#include "bridge/io/broker_probe.hpp"
#include "bridge/io/mqtt_outbox.hpp"
#include "bridge/io/no_delay.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {
constexpr int kMaxInFlight =
    64;  // QoS 1 publications of ours; stays below every window that stalls Paho
constexpr auto kFirstRetry = 50ms;
constexpr auto kProbeInterval = 250ms;
constexpr auto kHeartbeat = 500ms;
constexpr auto kHeartbeatLost = 15s;  // a broker that answers nothing for so long is gone
constexpr auto kConnectGivenUp = 15s;
constexpr auto kRefusedMax = 60s;
constexpr auto kFailedMax = 5s;  // between attempts that end without a word of the broker
constexpr auto kKickedWindow = 10s;
constexpr std::size_t kKicksThatTell = 3;
constexpr auto kKickedPause = 5s;
}  // namespace

// Paho's threads reach this object only by post(), with the serial of the client they belong to, so
// that a late word of a dead client is recognised.
struct MqttClient::Impl : std::enable_shared_from_this<MqttClient::Impl> {
  // Shared with Paho's threads; outlives the client object they belong to.
  struct Flight {
    std::atomic<int> count{0};
    std::atomic<bool> someone_waits{false};
  };

  Impl(asio::io_context& io_context, const MqttConfig& mqtt, std::string id, MqttWill last_will,
       MqttHandlers to)
      : io{io_context},
        config{mqtt},
        url{parse_broker_url(mqtt.url)},
        client_id{std::move(id)},
        will{std::move(last_will)},
        handlers{std::move(to)},
        retry_timer{io_context},
        heartbeat_timer{io_context},
        limit_timer{io_context},
        version{mqtt.version == "3.1.1" ? 4 : 5} {}

  void log(LogLevel level, std::string text) const {
    if (handlers.on_log) handlers.on_log(level, std::move(text));
  }
  void probe();
  void retry_after(std::chrono::milliseconds delay);
  void open_client();
  [[nodiscard]] PahoClient::Handlers posting_handlers();
  void on_connected(const MqttConnection& made, int receive_maximum);
  void on_refused(const MqttRefusal& refusal);
  void on_publish_refused(const std::string& topic, const std::string& reason);
  void on_lost(const std::string& reason);
  [[nodiscard]] bool is_kicked();
  void heartbeat();
  [[nodiscard]] bool has_room() const { return flight->count.load() < in_flight_limit; }
  void send_now(MqttPublication publication);
  void drain_outbox();
  void finish_stop();
  void forget_client();

  asio::io_context& io;
  MqttConfig config;
  BrokerUrl url;
  std::string client_id;
  MqttWill will;
  MqttHandlers handlers;
  asio::steady_timer retry_timer, heartbeat_timer, limit_timer;
  std::shared_ptr<BrokerProbe> broker_probe;
  std::shared_ptr<Flight> flight;
  std::unique_ptr<PahoClient> client;
  MqttOutbox outbox;
  std::uint64_t serial = 0;  // of the client object
  int version;
  int in_flight_limit = kMaxInFlight;
  bool connected = false, stopping = false;
  bool told_unreachable = false, told_failed = false;  // since the last connection
  bool told_publish_refused = false;                   // on this connection
  std::chrono::milliseconds refused_delay{1s}, failed_delay{kProbeInterval};
  SteadyTime last_heard{};
  std::vector<SteadyTime> kicks;  // losses after which the broker answered at once
  bool lost_just_now = false;
  std::function<void()> stopped;
  Counters counters;
};

void MqttClient::Impl::probe() {
  if (stopping) return;
  broker_probe = std::make_shared<BrokerProbe>(io, url.host, url.port);
  broker_probe->start([weak = weak_from_this()](bool reachable, const std::string& why_not) {
    const auto self = weak.lock();
    if (!self || self->stopping) return;
    if (reachable) return self->is_kicked() ? self->retry_after(kKickedPause) : self->open_client();
    self->lost_just_now = false;
    if (!std::exchange(self->told_unreachable, true)) {
      self->log(LogLevel::warning, "broker " + self->url.host + ":" + self->url.port +
                                       " cannot be reached: " + why_not + "; trying until it can");
    }
    self->retry_after(kProbeInterval);
  });
}

void MqttClient::Impl::retry_after(std::chrono::milliseconds delay) {
  retry_timer.expires_after(delay);
  retry_timer.async_wait([weak = weak_from_this()](const error_code& ec) {
    if (const auto self = weak.lock(); self && !ec) self->probe();
  });
}

void MqttClient::Impl::forget_client() {
  ++serial;
  client.reset();
}

void MqttClient::Impl::open_client() {
  forget_client();  // first: a socket opened beside an old client object is noticed a second late
  flight = std::make_shared<Flight>();
  try {
    client = std::make_unique<PahoClient>(PahoClient::Options{url, version, client_id, will},
                                          config, posting_handlers());
    client->connect();
  } catch (const std::exception& error) {
    log(LogLevel::error, std::string{"MQTT: "} + error.what());
    forget_client();
    return retry_after(1s);
  }
  limit_timer.expires_after(kConnectGivenUp);
  limit_timer.async_wait([weak = weak_from_this(), of = serial](const error_code& ec) {
    const auto self = weak.lock();
    if (!self || ec || self->serial != of || self->connected) return;
    self->forget_client();
    self->retry_after(kProbeInterval);
  });
}

PahoClient::Handlers MqttClient::Impl::posting_handlers() {
  const auto post = [this_io = &io, weak = weak_from_this(), of = serial](auto handler) {
    asio::post(*this_io, [weak, of, handler = std::move(handler)]() mutable {
      if (const auto self = weak.lock(); self && self->serial == of) handler(*self);
    });
  };
  PahoClient::Handlers out;
  out.on_connected = [post](const MqttConnection& made, int receive_maximum) {
    post([made, receive_maximum](Impl& self) { self.on_connected(made, receive_maximum); });
  };
  out.on_refused = [post](MqttRefusal refusal) {
    post([refusal](Impl& self) { self.on_refused(refusal); });
  };
  out.on_lost = [post](std::string reason) {
    post([reason = std::move(reason)](Impl& self) { self.on_lost(reason); });
  };
  out.on_message = [post](MqttMessage message) {
    post([message = std::move(message)](Impl& self) mutable {
      self.last_heard = std::chrono::steady_clock::now();
      ++self.counters.messages_in;
      self.handlers.on_message(std::move(message));
    });
  };
  out.on_subscribed = [post](std::string filter, int code) {
    post([filter = std::move(filter), code](Impl& self) {
      self.handlers.on_subscribed(filter, code);
    });
  };
  out.on_published = [post, shared = flight] {
    shared->count.fetch_sub(1);
    // A wake-up per message only while something waits for room.
    if (shared->someone_waits.exchange(false)) post([](Impl& self) { self.drain_outbox(); });
  };
  out.on_publish_refused = [post](std::string topic, std::string reason) {
    post([topic = std::move(topic), reason = std::move(reason)](Impl& self) {
      self.on_publish_refused(topic, reason);
    });
  };
  out.on_heartbeat = [post] {
    post([](Impl& self) { self.last_heard = std::chrono::steady_clock::now(); });
  };
  return out;
}

void MqttClient::Impl::on_connected(const MqttConnection& made, int receive_maximum) {
  limit_timer.cancel();
  set_no_delay_towards(static_cast<std::uint16_t>(std::strtoul(url.port.c_str(), nullptr, 10)));
  connected = true;
  told_unreachable = told_failed = told_publish_refused = false;
  refused_delay = 1s;
  failed_delay = kProbeInterval;
  in_flight_limit = std::clamp(receive_maximum - 1, 1, kMaxInFlight);
  last_heard = std::chrono::steady_clock::now();
  ++counters.connects;
  log(LogLevel::info, "connected to " + url.host + ":" + url.port + " by MQTT " +
                          (made.version == 5 ? "5" : "3.1.1"));
  heartbeat();
  handlers.on_connected(made);
  drain_outbox();
}

void MqttClient::Impl::on_refused(const MqttRefusal& refusal) {
  limit_timer.cancel();
  forget_client();
  if (stopping) return finish_stop();
  const bool may_change = config.version == "auto";
  if (may_change && version == 5 && refusal.is_version_refused()) {
    log(LogLevel::info, "broker refuses MQTT 5; using 3.1.1");
    version = 4;
    return retry_after(0ms);
  }
  if (refusal.is_for_good()) {
    log(LogLevel::error, "broker refuses us: " + refusal.text() + "; next try in " +
                             std::to_string(refused_delay.count() / 1000) +
                             " s (look at mqtt.user and its password)");
    retry_after(refused_delay);
    refused_delay = std::min<std::chrono::milliseconds>(refused_delay * 2, kRefusedMax);
    return;
  }
  if (!std::exchange(told_failed, true)) {
    log(LogLevel::warning, "broker " + url.host + ":" + url.port +
                               " can be reached but takes no connection: " + refusal.text() +
                               " (look at mqtt.url and mqtt.tls); trying until it does");
  }
  // Some 3.1.1 brokers close the connection without a word: the next attempt tries the other
  // version.
  if (may_change) version = version == 5 ? 4 : 5;
  retry_after(failed_delay);
  failed_delay = std::min<std::chrono::milliseconds>(failed_delay * 2, kFailedMax);
}

// Once: an access list that hides one topic from us mostly hides more, and the rest says the same.
void MqttClient::Impl::on_publish_refused(const std::string& topic, const std::string& reason) {
  if (std::exchange(told_publish_refused, true)) return;
  log(LogLevel::error, "the broker refuses what we publish on " + topic + " (" + reason +
                           "); allow it in the broker's access list");
}

void MqttClient::Impl::on_lost(const std::string& reason) {
  if (!connected) return;
  connected = false;
  heartbeat_timer.cancel();
  forget_client();
  outbox.on_connection_lost();
  if (stopping) return finish_stop();
  log(LogLevel::warning, "broker lost: " + reason);
  lost_just_now = true;
  handlers.on_lost(reason);
  retry_after(kFirstRetry);
}

// Two clients with one id throw each other off for ever. A broker that stops takes its port with
// it; one that throws us off answers at once.
bool MqttClient::Impl::is_kicked() {
  if (!std::exchange(lost_just_now, false)) return false;
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(kicks, [&](SteadyTime at) { return now - at > kKickedWindow; });
  kicks.push_back(now);
  if (kicks.size() < kKicksThatTell) return false;
  kicks.clear();
  log(LogLevel::error,
      "thrown off three times within 10 s: another client seems to use the client id " + client_id +
          "; give this bridge its own mqtt.client_id");
  return true;
}

void MqttClient::Impl::heartbeat() {
  heartbeat_timer.expires_after(kHeartbeat);
  heartbeat_timer.async_wait([weak = weak_from_this(), of = serial](const error_code& ec) {
    const auto self = weak.lock();
    if (!self || ec || self->serial != of || !self->connected) return;
    if (std::chrono::steady_clock::now() - self->last_heard > kHeartbeatLost)
      return self->on_lost("no answer for 15 s");
    (void)self->client->wake(self->will.topic +
                             "/heartbeat");  // false: lost this moment, and on_lost follows
    self->heartbeat();
  });
}

void MqttClient::Impl::send_now(MqttPublication publication) {
  const bool counted = publication.qos > 0;
  if (counted) flight->count.fetch_add(1);
  if (client->publish(std::move(publication))) {
    ++counters.messages_out;
  } else {  // the retained set is sent again after the next connect
    if (counted) flight->count.fetch_sub(1);
    ++counters.dropped;
  }
}

void MqttClient::Impl::drain_outbox() {
  while (connected && !outbox.empty()) {
    if (!has_room()) {
      flight->someone_waits.store(true);
      // The last one may have completed between the two lines; then nobody would tell us.
      if (!has_room()) return;
      flight->someone_waits.store(false);
    }
    send_now(*outbox.pop());
  }
  if (stopping) finish_stop();
}

void MqttClient::Impl::finish_stop() {
  if (!stopped) return;
  heartbeat_timer.cancel();
  limit_timer.cancel();
  if (client && connected) client->disconnect(500ms);
  connected = false;
  forget_client();
  asio::post(io, std::exchange(stopped, nullptr));
}

MqttClient::MqttClient(asio::io_context& io, const MqttConfig& config, std::string client_id,
                       MqttWill will, MqttHandlers handlers)
    : impl_{std::make_shared<Impl>(io, config, std::move(client_id), std::move(will),
                                   std::move(handlers))} {}

MqttClient::~MqttClient() {
  if (impl_->broker_probe) impl_->broker_probe->cancel();
  impl_->forget_client();
}

void MqttClient::start() { impl_->probe(); }

void MqttClient::stop(std::chrono::milliseconds limit, std::function<void()> done) {
  auto& self = *impl_;
  if (self.stopping) return;
  self.stopping = true;
  self.stopped = std::move(done);
  self.retry_timer.cancel();
  if (self.broker_probe) self.broker_probe->cancel();
  self.limit_timer.expires_after(limit);
  self.limit_timer.async_wait([weak = self.weak_from_this()](const error_code& ec) {
    if (const auto impl = weak.lock(); impl && !ec) impl->finish_stop();
  });
  if (!self.connected) return self.finish_stop();
  self.drain_outbox();
}

void MqttClient::publish(MqttPublication publication) {
  auto& self = *impl_;
  if (!self.connected) return self.outbox.push_while_down(std::move(publication));
  if (publication.qos == 0 || (self.outbox.empty() && self.has_room()))
    return self.send_now(std::move(publication));
  self.outbox.push_while_busy(std::move(publication));
  self.drain_outbox();
}

void MqttClient::subscribe(const std::string& filter, const SubscribeOptions& options) {
  if (impl_->connected)
    (void)impl_->client->subscribe(filter,
                                   options);  // false: lost this moment, and on_lost follows
}

void MqttClient::unsubscribe(const std::string& filter) {
  if (impl_->connected) (void)impl_->client->unsubscribe(filter);
}

MqttClient::Counters MqttClient::counters() const {
  auto counters = impl_->counters;
  counters.dropped += impl_->outbox.dropped();
  counters.waiting = impl_->outbox.size();
  counters.in_flight =
      impl_->flight ? static_cast<std::size_t>(std::max(0, impl_->flight->count.load())) : 0;
  return counters;
}

}  // namespace cam32100::bridge
