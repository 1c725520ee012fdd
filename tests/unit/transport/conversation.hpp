#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "protocol/transport/session.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"

// What the tests of this folder say to an endpoint and hear from it, without a network.
namespace cam32100::protocol::conversation {

inline constexpr TimePoint kStart{std::chrono::hours{1000}};
inline constexpr Address kCamera{{192, 168, 1, 20}, 32108};
inline constexpr Address kStranger{{192, 168, 1, 66}, 32108};

inline Uid uid(std::string_view text = "VSTB-668515-UZCPK") { return Uid::parse(text).value(); }

inline Bytes bytes_of(const Message& message, const Cipher& cipher = {}) {
  Bytes out(kMaxDatagramBytes);
  out.resize(encode(message, out).value());
  cipher.encrypt(out);
  return out;
}

inline Bytes bytes_of(std::string_view text) {
  const BytesView view = as_bytes(text);
  return {view.begin(), view.end()};
}

inline Drw drw(std::uint16_t index, BytesView data, std::uint8_t channel = 0) {
  Drw out;
  out.channel = channel;
  out.index = index;
  out.data = data;
  return out;
}

inline Bytes indices(const std::vector<std::uint16_t>& values) {
  Bytes out(2 * values.size());
  Writer writer{out};
  for (const auto value : values) writer.u16_be(value);
  return out;
}

// A datagram that an endpoint sent, decrypted. Owns its bytes.
struct Sent {
  Address to;
  Bytes bytes;
  [[nodiscard]] MessageType type() const { return static_cast<MessageType>(bytes.at(1)); }
  [[nodiscard]] Packet packet() const { return decode(bytes).value(); }
  template <class T>
  [[nodiscard]] T as() const {
    return std::get<T>(packet().message);
  }
};

inline std::vector<Sent> drain(Endpoint& endpoint, TimePoint now, const Cipher& cipher = {}) {
  std::vector<Sent> all;
  Datagram out;
  while (all.size() < 10'000 && endpoint.take_datagram(now, out)) {
    Sent sent{out.to, {out.view().begin(), out.view().end()}};
    cipher.decrypt(sent.bytes);
    all.push_back(std::move(sent));
  }
  return all;
}

inline std::vector<MessageType> types(const std::vector<Sent>& sent) {
  std::vector<MessageType> all;
  for (const Sent& each : sent) all.push_back(each.type());
  return all;
}

inline std::vector<std::uint16_t> acknowledged(const DrwAck& ack) {
  std::vector<std::uint16_t> all;
  for (std::size_t i = 0; i < ack.count(); ++i) all.push_back(ack.index(i));
  return all;
}

// What a session delivered, by channel 0..7.
class Recorder final : public StreamReceiver {
 public:
  void on_stream(TimePoint, std::uint8_t channel, BytesView bytes) override {
    text.at(channel) += to_string(bytes);
    ++calls;
  }
  std::array<std::string, kChannels> text;
  std::size_t calls = 0;
};

template <class T>
std::vector<T> events_of(Session& session) {
  std::vector<T> all;
  while (auto event = session.take_event()) {
    if (auto* wanted = std::get_if<T>(&*event)) all.push_back(std::move(*wanted));
  }
  return all;
}

// Goes from deadline to deadline until `end`, draining as a driver does; gives everything that was
// sent. Fails the test when a deadline does not advance.
inline std::vector<Sent> pass_time(Endpoint& endpoint, TimePoint end) {
  std::vector<Sent> all;
  for (int steps = 0; steps < 100'000; ++steps) {
    const auto due = endpoint.deadline();
    if (!due || *due > end) return all;
    endpoint.on_time(*due);
    const auto next = endpoint.deadline();
    if (next && *next <= *due) {
      ADD_FAILURE() << "the deadline did not advance";
      return all;
    }
    for (Sent& sent : drain(endpoint, *due)) all.push_back(std::move(sent));
  }
  ADD_FAILURE() << "too many deadlines";
  return all;
}

}  // namespace cam32100::protocol::conversation
