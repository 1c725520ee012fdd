#pragma once

#include <map>
#include <memory>

#include "by_hand.hpp"
#include "protocol/peer/camera.hpp"

namespace cam32100::protocol {

// A camera met datagram by datagram.
struct CameraByHand : ::testing::Test {
  CameraConfig config = default_config();
  std::unique_ptr<EmulatedCamera> camera;
  std::unique_ptr<ByHand> hand;

  static CameraConfig default_config() {
    CameraConfig config;
    config.uid = uid_of("XHA-000994-KMMEB");
    return config;
  }
  void start(Cipher cipher = {}) {
    camera = std::make_unique<EmulatedCamera>(TimePoint{1h}, config, 7);
    hand = std::make_unique<ByHand>(*camera, cipher);
  }
  void open(const Address& client = kClient) {
    hand->send(client, kPunch);
    ASSERT_EQ(count(hand->take(), kReady), 1U);
    hand->send(client, kAlive);  // the camera is heard: no more P2P_RDY
    ASSERT_EQ(count(hand->take(), kAliveAck), 1U);
  }
  static std::string hex16(std::size_t value) {
    const Bytes two{static_cast<std::byte>(value >> 8U & 0xFFU),
                    static_cast<std::byte>(value & 0xFFU)};
    return to_hex(two);
  }
  static std::string drw(unsigned channel, std::uint16_t index, BytesView data) {
    return "f1d0" + hex16(data.size() + 4) + "d10" + std::to_string(channel) + hex16(index) +
           to_hex(data);
  }
  static std::string ack(unsigned channel, std::uint16_t index) {
    return "f1d10006d10" + std::to_string(channel) + "0001" + hex16(index);
  }
};

// A client's channel 0, kept by hand: sends request texts, acknowledges and joins what comes back.
struct CgiByHand : CameraByHand {
  std::uint16_t next_index = 0;
  std::uint16_t expected = 0;
  Bytes stream;
  Address client = kClient;

  void send_text(const std::string& text) {
    Bytes block;
    append_request_block(text, block);
    for (std::size_t at = 0; at < block.size(); at += 1024) {
      const std::size_t size = std::min<std::size_t>(1024, block.size() - at);
      hand->send(client, drw(0, next_index++, BytesView{block}.subspan(at, size)));
    }
    collect();
  }
  // Takes what the camera sends until it has no more, acknowledging every DRW of channel 0.
  void collect() {
    while (true) {
      std::size_t data = 0;
      for (const auto& sent : hand->take()) {
        if (sent.to != client || !sent.hex.starts_with("f1d0")) continue;
        const Bytes datagram = ByHand::from_text(sent.hex);
        Reader in{BytesView{datagram}.subspan(6)};
        const std::uint16_t index = in.u16_be();
        hand->send(client, ack(0, index));
        ++data;
        if (index != expected) continue;
        ++expected;
        const BytesView part = in.rest();
        stream.insert(stream.end(), part.begin(), part.end());
      }
      if (data == 0) return;
    }
  }
  struct Reply {
    unsigned id = 0;
    std::size_t announced = 0;
    std::string flags;
    Bytes body;
    [[nodiscard]] CgiValues values() const { return parse_cgi_text(body); }
    [[nodiscard]] std::string value(std::string_view name) const {
      const auto all = values();
      const auto* found = all.find(name);
      return found == nullptr ? "(absent)" : *found;
    }
  };
  // The one reply to a raw text; its body is all that follows the header.
  Reply ask_text(const std::string& text) {
    stream.clear();
    send_text(text);
    Reply reply;
    Reader in{stream};
    if (stream.empty()) {
      ADD_FAILURE() << "no answer to " << text;
      return reply;
    }
    EXPECT_EQ(in.u16_be(), 0x010A);
    reply.id = in.u16_le();
    reply.announced = in.u16_le();
    reply.flags = to_hex(in.take(2));
    const BytesView body = in.rest();
    reply.body.assign(body.begin(), body.end());
    return reply;
  }
  // With the right credentials.
  Reply ask(const std::string& cgi, const std::string& parameters = {}) {
    return ask_text("GET /" + cgi + "?" + parameters +
                    "loginuse=admin&loginpas=888888&user=admin&pwd=888888&");
  }
  std::optional<int> result(const std::string& cgi, const std::string& parameters = {}) {
    return ask(cgi, parameters).values().result();
  }
};

}  // namespace cam32100::protocol
