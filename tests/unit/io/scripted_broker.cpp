#include "tests/unit/io/scripted_broker.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace cam32100::testing {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
std::size_t u16_at(const std::string& text, std::size_t at) {
  return (static_cast<std::size_t>(static_cast<unsigned char>(text.at(at))) << 8U) |
         static_cast<unsigned char>(text.at(at + 1));
}
std::string two_bytes(std::size_t value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)};
}
std::string packet(std::uint8_t first, const std::string& body) {
  std::string out(1, static_cast<char>(first));
  for (std::size_t rest = body.size();;) {
    const auto part = static_cast<char>(rest % 128);
    rest /= 128;
    out.push_back(rest != 0 ? static_cast<char>(part | '\x80') : part);
    if (rest == 0) break;
  }
  return out + body;
}
}  // namespace

std::string topic_of(const ScriptedBroker::Seen& seen) {
  if (seen.type == ScriptedBroker::PUBLISH) return seen.body.substr(2, u16_at(seen.body, 0));
  const std::size_t at = seen.version == 5 ? 3 : 2;  // packet id, and on 5 an empty property length
  return seen.body.substr(at + 2, u16_at(seen.body, at));
}

struct ScriptedBroker::Connection : std::enable_shared_from_this<Connection> {
  Connection(ScriptedBroker& broker, tcp::socket with, std::size_t id)
      : owner{&broker}, socket{std::move(with)}, number{id} {}

  void read_header() {
    if (owner->stops_reading) return;
    asio::async_read(socket, asio::buffer(&first, 1),
                     [self = shared_from_this()](const error_code& ec, std::size_t) {
                       if (!ec && self->owner != nullptr) {
                         self->length = 0;
                         self->shift = 0;
                         self->read_length();
                       } else {
                         self->gone = true;
                       }
                     });
  }
  void read_length() {
    asio::async_read(socket, asio::buffer(&part, 1),
                     [self = shared_from_this()](const error_code& ec, std::size_t) {
                       if (ec || self->owner == nullptr) return;
                       self->length |= static_cast<std::size_t>(self->part & 0x7FU) << self->shift;
                       self->shift += 7;
                       if ((self->part & 0x80U) != 0) return self->read_length();
                       self->read_body();
                     });
  }
  void read_body() {
    body.resize(length);
    asio::async_read(socket, asio::buffer(body),
                     [self = shared_from_this()](const error_code& ec, std::size_t) {
                       if (ec || self->owner == nullptr) return;
                       self->handle();
                       if (self->owner != nullptr) self->read_header();
                     });
  }
  void send(const std::string& bytes) {
    error_code ignored;
    asio::write(socket, asio::buffer(bytes), ignored);
  }
  void handle() {
    const auto type = static_cast<std::uint8_t>(first >> 4U);
    if (type == CONNECT) version = static_cast<unsigned char>(body.at(6)) == 5 ? 5 : 4;
    owner->seen.push_back({type, static_cast<std::uint8_t>(first & 0x0FU), version, number, body,
                           std::chrono::steady_clock::now()});
    const std::string id =
        (type == SUBSCRIBE || type == UNSUBSCRIBE) ? body.substr(0, 2) : std::string{};
    const std::string no_properties = version == 5 ? std::string(1, '\0') : std::string{};
    if (type == CONNECT && (owner->hangs_up || owner->hangs_up_on_version == version))
      return close();
    if (type == CONNECT) answer_connect();
    if (type == SUBSCRIBE)
      send(
          packet(0x90, id + no_properties + std::string(1, static_cast<char>(owner->suback_code))));
    if (type == UNSUBSCRIBE)
      send(packet(0xB0,
                  id + no_properties + (version == 5 ? std::string(1, '\x11') : std::string{})));
    if (type == PINGREQ) send(packet(0xD0, {}));
    if (type == PUBLISH && (first & 0x06U) != 0) {
      unacknowledged.push_back(body.substr(2 + u16_at(body, 0), 2));
      if (!owner->withhold_acks) release();
    }
  }
  void answer_connect() {
    std::uint8_t reason = owner->connack_reason;
    if (owner->refuse_version == version) reason = version == 5 ? 0x84 : 1;
    std::string answer{'\0', static_cast<char>(reason)};
    if (version == 5) {
      const std::string properties =
          owner->receive_maximum != 0 ? "\x21" + two_bytes(owner->receive_maximum) : std::string{};
      answer += std::string(1, static_cast<char>(properties.size())) + properties;
    }
    send(packet(0x20, answer));
  }
  void release() {
    const bool with_reason = version == 5 && owner->puback_reason != 0;
    const std::string reason =
        with_reason ? std::string(1, static_cast<char>(owner->puback_reason)) : std::string{};
    for (const auto& id : unacknowledged) send(packet(0x40, id + reason));
    unacknowledged.clear();
  }
  void close() {
    owner = nullptr;
    gone = true;
    error_code ignored;
    socket.close(ignored);
  }

  ScriptedBroker* owner;  // cleared when the broker goes first
  tcp::socket socket;
  std::size_t number;
  int version = 0;
  bool gone = false;
  std::uint8_t first = 0, part = 0;
  std::size_t length = 0;
  unsigned shift = 0;
  std::string body;
  std::vector<std::string> unacknowledged;
};

ScriptedBroker::ScriptedBroker(asio::io_context& io, std::uint16_t port)
    : io_{io},
      acceptor_{io, tcp::endpoint{asio::ip::address_v4::loopback(), port}},
      port_{acceptor_.local_endpoint().port()} {
  accept();
}

ScriptedBroker::~ScriptedBroker() { close_connections(); }

std::uint16_t ScriptedBroker::port() const { return port_; }

void ScriptedBroker::accept() {
  acceptor_.async_accept([this](const error_code& ec, tcp::socket socket) {
    if (ec) return;
    connections_.push_back(
        std::make_shared<Connection>(*this, std::move(socket), connections_.size()));
    connections_.back()->read_header();
    accept();
  });
}

void ScriptedBroker::close_connections() {
  for (const auto& connection : connections_) connection->close();
}

void ScriptedBroker::stop_listening() {
  error_code ignored;
  acceptor_.close(ignored);
}

void ScriptedBroker::listen_again() {
  acceptor_ = tcp::acceptor{io_, tcp::endpoint{asio::ip::address_v4::loopback(), port_}};
  accept();
}

void ScriptedBroker::release_acks() {
  withhold_acks = false;
  for (const auto& connection : connections_) {
    if (!connection->gone) connection->release();
  }
}

void ScriptedBroker::read_again() {
  stops_reading = false;
  for (const auto& connection : connections_) {
    if (!connection->gone) connection->read_header();
  }
}

void ScriptedBroker::publish(const std::string& topic, const std::string& payload, bool retain) {
  const auto& to = connections_.back();
  to->send(packet(static_cast<std::uint8_t>(0x30U | (retain ? 1U : 0U)),
                  two_bytes(topic.size()) + topic +
                      (to->version == 5 ? std::string(1, '\0') : std::string{}) + payload));
}

std::size_t ScriptedBroker::count(std::uint8_t type) const {
  return static_cast<std::size_t>(std::count_if(
      seen.begin(), seen.end(), [type](const Seen& one) { return one.type == type; }));
}

const ScriptedBroker::Seen* ScriptedBroker::last(std::uint8_t type) const {
  const auto found = std::find_if(seen.rbegin(), seen.rend(),
                                  [type](const Seen& one) { return one.type == type; });
  return found != seen.rend() ? &*found : nullptr;
}

std::size_t ScriptedBroker::open_connections() const {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [](const auto& one) { return !one->gone; }));
}

}  // namespace cam32100::testing
