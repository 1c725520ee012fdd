#include "tests/bench/mqtt_driver.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>
#include <thread>

#include "bridge/io/broker_socket.hpp"
#include "bridge/io/broker_url.hpp"

namespace cam32100::bench {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr timeval kLimit{.tv_sec = 10, .tv_usec = 0};
enum Packets : std::uint8_t { CONNECT = 0x10, PUBLISH = 0x30, PUBACK = 0x40, SUBSCRIBE = 0x82 };
constexpr std::uint8_t kSuback = 0x90;
constexpr std::uint8_t kRetained = 1;

std::string big_endian(std::size_t value) {
  return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}
std::string text(const std::string& value) { return big_endian(value.size()) + value; }
std::size_t number_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at])) << 8U |
         static_cast<std::uint8_t>(bytes[at + 1]);
}

}  // namespace

MqttDriver::MqttDriver(const std::string& url, const std::string& client_id) {
  const auto broker = bridge::parse_broker_url(url);
  asio::connect(socket_, asio::ip::tcp::resolver{io_}.resolve(broker.host, broker.port));
  socket_.set_option(asio::ip::tcp::no_delay{true});
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &kLimit, sizeof kLimit);
  constexpr char kVersion = 4;
  constexpr char kCleanSession = 2;
  send(CONNECT, text("MQTT") + kVersion + kCleanSession + big_endian(0) + text(client_id));
  const Packet answer = receive();
  if (answer.body.size() != 2 || answer.body[1] != 0) throw std::runtime_error{"no connection"};
}

void MqttDriver::send(std::uint8_t header, const std::string& body) {
  std::string packet(1, static_cast<char>(header));
  std::size_t rest = body.size();
  do {
    const auto low = static_cast<std::uint8_t>(rest % 128);
    rest /= 128;
    packet += static_cast<char>(rest > 0 ? low | 0x80U : low);
  } while (rest > 0);
  asio::write(socket_, asio::buffer(packet + body));
}

std::optional<MqttDriver::Packet> MqttDriver::take_received() {
  std::size_t size = 0;
  std::size_t at = 1;
  for (unsigned shift = 0; at < buffer_.size() && at <= 4; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(buffer_[at++]);
    size |= static_cast<std::size_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) != 0) continue;
    if (buffer_.size() < at + size) break;
    Packet packet{static_cast<std::uint8_t>(buffer_[0]), buffer_.substr(at, size)};
    buffer_.erase(0, at + size);
    return packet;
  }
  return std::nullopt;
}

MqttDriver::Packet MqttDriver::receive() {
  while (true) {
    if (auto packet = take_received()) return std::move(*packet);
    const auto got = ::recv(socket_.native_handle(), part_.data(), part_.size(), 0);
    if (got <= 0) throw std::runtime_error{"waited in vain for the broker"};
    bridge::acknowledge_now(socket_.native_handle());
    buffer_.append(part_.data(), static_cast<std::size_t>(got));
  }
}

MqttDriver::Message MqttDriver::message_of(const Packet& packet) {
  const std::size_t name = number_at(packet.body, 0);
  const int qos = packet.header >> 1U & 3U;
  if (qos > 0) send(PUBACK, packet.body.substr(2 + name, 2));
  return {packet.body.substr(2, name), packet.body.substr(2 + name + (qos > 0 ? 2 : 0)), qos,
          (packet.header & kRetained) != 0};
}

void MqttDriver::take(const Packet& packet) {
  if (packet.header == kSuback) ++confirmed_;
  if (!is_publish(packet)) return;
  const auto now = steady_clock::now();
  auto message = message_of(packet);
  if (message.kept) {
    kept_[message.topic] = std::move(message.payload);
    return;
  }
  arrived_at_ = now;
  arrived_[message.topic] = std::move(message.payload);
}

void MqttDriver::run_until(const std::function<bool()>& done) {
  while (!done()) take(receive());
}

void MqttDriver::subscribe(const std::string& filter, std::uint8_t qos) {
  const int before = confirmed_;
  send(SUBSCRIBE, big_endian(next_id_++) + text(filter) + static_cast<char>(qos));
  run_until([&] { return confirmed_ > before; });
}

Nanoseconds MqttDriver::round_trip(const std::string& topic, const std::string& payload, int qos,
                                   const std::string& answer_topic) {
  arrived_.clear();
  const auto start = steady_clock::now();
  publish(topic, payload, qos);
  run_until([&] { return arrived_.contains(answer_topic); });
  return arrived_at_ - start;
}

void MqttDriver::publish(const std::string& topic, const std::string& payload, int qos) {
  if (qos == 0) return send(PUBLISH, text(topic) + payload);
  if (next_id_ == 0) next_id_ = 1;
  send(PUBLISH | 2U, text(topic) + big_endian(next_id_++) + payload);
}

MqttDriver::Message MqttDriver::next_message() {
  while (true) {
    const Packet packet = receive();
    if (!is_publish(packet)) continue;
    auto message = message_of(packet);
    if (!message.kept) return message;
  }
}

void MqttDriver::wait_for(const std::string& topic, const std::string& text) {
  const auto has_it = [&](const std::map<std::string, std::string>& messages) {
    const auto found = messages.find(topic);
    return found != messages.end() && found->second.find(text) != std::string::npos;
  };
  run_until([&] { return has_it(arrived_) || has_it(kept_); });
}

// What comes meanwhile is taken: nothing may pile up in front of the next question.
void MqttDriver::idle(std::chrono::milliseconds duration) {
  receive_for(duration, [this](const Packet& packet) { take(packet); });
}

std::vector<MqttDriver::Message> MqttDriver::listen(std::chrono::milliseconds duration) {
  std::vector<Message> heard;
  receive_for(duration, [&](const Packet& packet) {
    if (!is_publish(packet)) return;
    auto message = message_of(packet);
    if (!message.kept) heard.push_back(std::move(message));
  });
  return heard;
}

void MqttDriver::receive_for(std::chrono::milliseconds duration,
                             const std::function<void(const Packet&)>& each) {
  const auto end = steady_clock::now() + duration;
  while (true) {
    while (const auto packet = take_received()) each(*packet);
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now()).count();
    pollfd wait{.fd = socket_.native_handle(), .events = POLLIN, .revents = 0};
    const bool came = ::poll(&wait, 1, static_cast<int>(std::max<long>(left, 0))) > 0;
    if (came) each(receive());
    if (left <= 0 && !came) return;
  }
}

}  // namespace cam32100::bench
