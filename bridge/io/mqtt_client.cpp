#include "bridge/io/mqtt_client.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <utility>

#include "bridge/io/broker_socket.hpp"
#include "bridge/io/mqtt_client_impl.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using namespace mqtt_client;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {
constexpr auto kFirstRetry = 50ms;
constexpr auto kConnectGivenUp = 15s;
constexpr auto kRefusedMax = 60s;
constexpr auto kFailedMax = 750ms;  // between attempts that end without a word of the broker: it
                                    // may be back, and we promise to work again within a second
constexpr std::size_t kMessageOverhead = 256;  // of what a waiting message costs beside its bytes
constexpr int kSilentAttempts = 2;             // with MQTT 5, before one with 3.1.1
constexpr auto kKickedWindow = 10s;
constexpr std::size_t kKicksThatTell = 3;
constexpr auto kKickedPause = 5s;

// Paho tells no more of a failed handshake than that it failed.
const char* hint_at_silence(const BrokerUrl& url) {
  return url.tls ? " (look at mqtt.tls: the authority, and the broker's name in its certificate)"
                 : " (look at mqtt.url and mqtt.tls)";
}
}  // namespace

void MqttClient::Impl::probe() {
  if (stopping) return;
  broker_probe = std::make_shared<BrokerProbe>(io, names, url.host, url.port);
  broker_probe->start([weak = weak_from_this()](const BrokerProbe::Result& found) {
    const auto self = weak.lock();
    if (!self || self->stopping) return;
    if (!found.address.empty()) {
      return self->is_kicked() ? self->retry_after(kKickedPause) : self->open_client(found.address);
    }
    self->lost_just_now = false;
    if (!std::exchange(self->told_unreachable, true)) {
      self->log(LogLevel::warning, "broker " + self->url.authority() + " cannot be reached: " +
                                       found.why_not + "; trying until it can");
    }
    self->retry_after(kProbeInterval);
  });
}

void MqttClient::Impl::retry_after(std::chrono::milliseconds delay) {
  retry_timer.expires_after(delay);
  retry_timer.async_wait([weak = weak_from_this()](const error_code& ec) {
    if (const auto self = weak.lock(); self && !ec && !self->stopping) self->probe();
  });
}

void MqttClient::Impl::forget_client() {
  ++serial;
  client.reset();
}

// Paho joins its threads, and one of them may hang in a name look-up or a handshake.
void MqttClient::Impl::close_client_aside(std::chrono::milliseconds goodbye,
                                          const std::function<void(Impl&)>& then) {
  ++serial;
  const auto closing = std::make_shared<std::unique_ptr<PahoClient>>(std::move(client));
  const auto after = [weak = weak_from_this(), then] {
    if (const auto self = weak.lock()) then(*self);
  };
  const bool begun = threads.run([closing, goodbye, after]() -> std::function<void()> {
    if (goodbye.count() > 0) (*closing)->disconnect(goodbye);
    closing->reset();
    return after;
  });
  if (begun) return;
  closing->reset();
  asio::post(io, after);
}

void MqttClient::Impl::open_client(const std::string& address) {
  forget_client();  // first: a socket opened beside an old client object is noticed a second late
  flight = std::make_shared<Flight>();
  foreign_sockets = sockets_towards(broker_port());
  log(LogLevel::debug,
      "connecting to " + url.authority() + " by MQTT " + (version == 5 ? "5" : "3.1.1"));
  try {
    client = std::make_unique<PahoClient>(
        PahoClient::Options{url, address, version, client_id, will}, config, posting_handlers());
    client->connect();
  } catch (const std::exception& error) {
    log(LogLevel::error, std::string{"MQTT: "} + error.what());
    forget_client();
    return retry_after(1s);
  }
  limit_timer.expires_after(kConnectGivenUp);
  limit_timer.async_wait([weak = weak_from_this(), of = serial](const error_code& ec) {
    const auto self = weak.lock();
    if (!self || ec || self->serial != of || self->connected || self->stopping) return;
    self->log(LogLevel::warning,
              "broker " + self->url.authority() +
                  " took the connection and said nothing for 15 s; trying again");
    self->close_client_aside(0ms, [](Impl& impl) {
      if (!impl.stopping) impl.retry_after(kProbeInterval);
    });
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
  out.on_message = [post, shared = flight, most = max_waiting_in_bytes](MqttMessage message) {
    acknowledge_now(shared->socket);
    const std::size_t bytes = message.topic.size() + message.payload.size() + kMessageOverhead;
    if (shared->waiting_in_bytes.fetch_add(bytes) + bytes > most) {
      shared->waiting_in_bytes.fetch_sub(bytes);
      shared->lost_in.fetch_add(1);
      return;
    }
    post([message = std::move(message), shared, bytes](Impl& self) mutable {
      shared->waiting_in_bytes.fetch_sub(bytes);
      if (const auto lost = shared->lost_in.exchange(0); lost > 0) {
        self.counters.lost_in += lost;
        self.log(
            LogLevel::error,
            std::to_string(lost) + " messages came faster than they can be handled and were lost");
      }
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
  out.on_published = [post, shared = flight](int qos, std::size_t bytes) {
    if (qos > 0) {
      acknowledge_now(shared->socket);
      shared->count.fetch_sub(1);
    } else {
      shared->qos0_bytes.fetch_sub(bytes);
    }
    // A wake-up per message only while something waits for room.
    if (shared->someone_waits.exchange(false)) post([](Impl& self) { self.drain_outbox(); });
  };
  out.on_publish_refused = [post](std::string topic, std::string reason) {
    post([topic = std::move(topic), reason = std::move(reason)](Impl& self) {
      self.on_publish_refused(topic, reason);
    });
  };
  out.on_heartbeat = [post, shared = flight] {
    acknowledge_now(shared->socket);
    post([](Impl& self) { self.last_heard = std::chrono::steady_clock::now(); });
  };
  return out;
}

std::uint16_t MqttClient::Impl::broker_port() const {
  return static_cast<std::uint16_t>(std::strtoul(url.port.c_str(), nullptr, 10));
}

// Ours is the socket that was not there before this attempt; the only one, should it have got the
// number of one that was closed meanwhile.
void MqttClient::Impl::hurry_socket() {
  if (set_no_delay_towards(broker_port()) == 0)
    log(LogLevel::warning, "TCP_NODELAY cannot be set; answers may take 40 ms longer");
  for (const int socket : sockets_towards(broker_port())) {
    const bool foreign = std::binary_search(foreign_sockets.begin(), foreign_sockets.end(), socket);
    if (foreign && flight->socket >= 0) continue;
    flight->socket = socket;
  }
}

void MqttClient::Impl::on_connected(const MqttConnection& made, int receive_maximum) {
  limit_timer.cancel();
  hurry_socket();
  connected = true;
  gone = false;
  told_unreachable = told_failed = told_publish_refused = false;
  refused_delay = 1s;
  failed_delay = kProbeInterval;
  in_flight_limit = std::clamp(receive_maximum - 1, 1, kMaxInFlight);
  last_heard = std::chrono::steady_clock::now();
  ++counters.connects;
  log(LogLevel::info,
      "connected to " + url.authority() + " by MQTT " + (made.version == 5 ? "5" : "3.1.1"));
  heartbeat();
  handlers.on_connected(made);
  drain_outbox();
}

void MqttClient::Impl::on_refused(const MqttRefusal& refusal) {
  limit_timer.cancel();
  forget_client();
  if (stopping) return finish_stop();
  if (config.version == "auto" && version == 5 && refusal.is_version_refused()) {
    log(LogLevel::info, "broker refuses MQTT 5; using 3.1.1");
    version = 4;
    refuses_mqtt5 = true;
    return retry_after(0ms);
  }
  if (refusal.is_for_good()) {
    log(LogLevel::error,
        "broker refuses us: " + refusal.text() + "; next try in " +
            std::to_string(refused_delay.count() / 1000) + " s" +
            (refusal.is_about_credentials() ? " (look at mqtt.user and its password)" : ""));
    if (handlers.on_refused) handlers.on_refused(refusal.text());
    if (stopping) return;
    retry_after(refused_delay);
    refused_delay = std::min<std::chrono::milliseconds>(refused_delay * 2, kRefusedMax);
    return;
  }
  if (!std::exchange(told_failed, true)) {
    log(LogLevel::warning,
        "broker " + url.authority() + " can be reached but takes no connection: " + refusal.text() +
            (refusal.is_worded() ? "" : hint_at_silence(url)) + "; trying until it does");
  }
  if (!refusal.is_worded()) change_version_after_silence();
  retry_after(failed_delay);
  failed_delay = std::min<std::chrono::milliseconds>(failed_delay * 2, kFailedMax);
}

// Some 3.1.1 brokers close the connection without a word; so does a broker that is just starting.
// The second must not cost us what only MQTT 5 has, so 3.1.1 gets one attempt now and then.
void MqttClient::Impl::change_version_after_silence() {
  if (config.version != "auto" || refuses_mqtt5) return;
  if (version == 5 && ++silent_attempts < kSilentAttempts) return;
  version = version == 5 ? 4 : 5;
  silent_attempts = 0;
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
  forget_client();  // at once: the next socket must find no old client object
  outbox.on_connection_lost();
  if (config.version == "auto" && !refuses_mqtt5) version = 5;
  silent_attempts = 0;
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

}  // namespace cam32100::bridge
