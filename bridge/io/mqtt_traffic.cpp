// What goes over a connection that stands, and how it ends. How one comes to be: mqtt_client.cpp.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "bridge/io/mqtt_client_impl.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using namespace mqtt_client;

namespace {
constexpr auto kHeartbeat = 500ms;
constexpr auto kHeartbeatLost = 15s;  // a broker that answers nothing for so long is gone
}  // namespace

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

bool MqttClient::Impl::has_room_for(const MqttPublication& publication) const {
  if (publication.qos > 0) return flight->count.load() < in_flight_limit;
  const auto bytes = flight->qos0_bytes.load();
  return bytes == 0 || bytes + publication.payload.size() <= kMaxQos0BytesInFlight;
}

void MqttClient::Impl::send_now(MqttPublication publication) {
  const auto shared = flight;
  const bool counted = publication.qos > 0;
  const auto bytes = publication.payload.size();
  if (counted) {
    shared->count.fetch_add(1);
  } else {
    shared->qos0_bytes.fetch_add(bytes);
  }
  const auto sent = client->publish(publication);
  if (sent == MqttSent::yes) {
    ++counters.messages_out;
    return;
  }
  if (counted) {
    shared->count.fetch_sub(1);
  } else {
    shared->qos0_bytes.fetch_sub(bytes);
  }
  if (sent == MqttSent::never) {
    ++counters.dropped;
  } else {
    gone = true;
    outbox.push_while_down(std::move(publication));
  }
}

void MqttClient::Impl::drain_outbox() {
  while (connected && !gone && !outbox.empty()) {
    if (!has_room_for(*outbox.next())) {
      flight->someone_waits.store(true);
      // The last one may have completed between the two lines; then nobody would tell us.
      if (!has_room_for(*outbox.next())) return;
      flight->someone_waits.store(false);
    }
    send_now(*outbox.pop());
  }
  if (stopping) finish_stop();
}

void MqttClient::Impl::finish_stop() {
  if (!stopped || std::exchange(saying_goodbye, true)) return;
  heartbeat_timer.cancel();
  if (!client) return tell_stopped();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      stop_limit - std::chrono::steady_clock::now());
  const bool is_open = std::exchange(connected, false) && !gone;
  close_client_aside(is_open ? left * 3 / 4 : 0ms, [](Impl& self) { self.tell_stopped(); });
  limit_timer.expires_at(stop_limit);
  limit_timer.async_wait([weak = weak_from_this()](const error_code& ec) {
    if (const auto self = weak.lock(); self && !ec) self->tell_stopped();
  });
}

void MqttClient::Impl::tell_stopped() {
  limit_timer.cancel();
  if (stopped) asio::post(io, std::exchange(stopped, nullptr));
}

MqttClient::MqttClient(asio::io_context& io, const MqttConfig& config, std::string client_id,
                       MqttWill will, MqttHandlers handlers, std::size_t max_waiting_in_bytes)
    : impl_{std::make_shared<Impl>(io, config, std::move(client_id), std::move(will),
                                   std::move(handlers), max_waiting_in_bytes)} {}

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
  self.stop_limit = std::chrono::steady_clock::now() + limit;
  self.limit_timer.expires_after(limit / 2);  // the other half is Paho's
  self.limit_timer.async_wait([weak = self.weak_from_this()](const error_code& ec) {
    if (const auto impl = weak.lock(); impl && !ec) impl->finish_stop();
  });
  if (!self.connected) return self.finish_stop();
  self.drain_outbox();
}

void MqttClient::publish(MqttPublication publication) {
  auto& self = *impl_;
  if (!self.connected || self.gone) return self.outbox.push_while_down(std::move(publication));
  // Pictures overtake what waits for the window of QoS 1, but not each other.
  const bool may_go = publication.qos == 0 ? !self.outbox.holds_qos0() : self.outbox.empty();
  if (may_go && self.has_room_for(publication)) return self.send_now(std::move(publication));
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
  if (impl_->flight) counters.lost_in += impl_->flight->lost_in;
  counters.in_flight =
      impl_->flight ? static_cast<std::size_t>(std::max(0, impl_->flight->count.load())) : 0;
  return counters;
}

}  // namespace cam32100::bridge
