#pragma once

#include <functional>

#include "by_hand.hpp"
#include "protocol/peer/camera.hpp"
#include "protocol/transport/session.hpp"
#include "tests/support/sim_network/sim_network.hpp"

namespace cam32100::protocol {

inline const Address kCameraAddress{{192, 0, 2, 63}, 26101};

// A well-formed JPEG's segments around `size` bytes of filling.
inline Bytes picture_of(std::size_t size) {
  Bytes picture = ByHand::from_text("ffd8ffc0000b0802d0050001011100ffda0008010100003f00");
  picture.resize(size - 2, std::byte{0x12});
  picture.push_back(std::byte{0xFF});
  picture.push_back(std::byte{0xD9});
  return picture;
}

// A session whose channel 0 goes to an exchange.
class Client final : public StreamReceiver {
 public:
  Client(TimePoint now, const CameraConfig& camera, std::uint64_t seed)
      : credentials_{camera.credentials}, session{now, session_config(camera), seed, *this} {}

  void on_stream(TimePoint now, std::uint8_t channel, BytesView bytes) override {
    if (channel == 0) exchange.on_stream(now, bytes);
  }
  void submit(TimePoint now, const std::vector<CgiRequest>& batch) {
    Bytes out;
    ASSERT_TRUE(exchange.submit(now, 1, batch, credentials_, 20s, out).has_value());
    ASSERT_TRUE(session.send(now, 0, out).has_value());
  }
  void take_events() {
    while (const auto event = session.take_event()) {
      if (const auto* ready = std::get_if<Ready>(&*event)) is_ready = *ready;
      if (const auto* over = std::get_if<SessionClosed>(&*event)) closed = *over;
    }
    while (auto event = exchange.take_event()) {
      if (auto* replied = std::get_if<CgiReplied>(&*event)) {
        replies.push_back(std::move(*replied));
      } else {
        ADD_FAILURE() << "an exchange event of kind " << event->index();
      }
    }
  }

 private:
  static SessionConfig session_config(const CameraConfig& camera) {
    SessionConfig config;
    config.uid = camera.uid;
    config.ciphers = {{"plain", {}}, {"configured", Cipher{"vstarcam2018"}}};
    return config;
  }
  Credentials credentials_;

 public:
  CgiExchange exchange;
  std::vector<CgiReplied> replies;
  std::optional<Ready> is_ready;
  std::optional<SessionClosed> closed;
  Session session;
};

struct Conversation : ::testing::Test {
  CameraConfig config;
  void SetUp() override {
    config.uid = uid_of("VSTB-668515-UZCPK");
    config.pictures = {picture_of(150'000)};
  }
  static CgiRequest get(const char* cgi) { return {.cgi = cgi, .parameters = {}}; }
};

}  // namespace cam32100::protocol
