#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocol/peer/camera.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::bridge::test {

// Which camera stands on the other side: ours, or the one written from the wire format alone.
enum class CameraKind { emulated, independent };
[[nodiscard]] std::string to_text(CameraKind kind);

struct CameraSetup {
  protocol::Credentials credentials{"admin", "888888"};
  std::string psk;              // "" = plain
  bool opens_on_ready = false;  // iLnk style
  protocol::Bytes picture;
  // The independent camera only: how hard it judges, see IndependentCameraConfig.
  bool network_is_perfect = false;
  bool flags_repeated_requests = false;
  // The emulated camera only:
  std::vector<protocol::ServerAddress> servers;
  std::size_t max_sessions = 1;
  protocol::RefusalForm refusal = protocol::RefusalForm::silent;
};

// What both cameras can do.
class CameraUnderTest {
 public:
  virtual ~CameraUnderTest() = default;
  [[nodiscard]] virtual protocol::Endpoint& endpoint() = 0;
  virtual void power_cycle(protocol::TimePoint now) = 0;
  [[nodiscard]] virtual std::size_t sessions() const = 0;
  // "GET /get_status.cgi?...", oldest first, credentials not shown; at least the last 64.
  [[nodiscard]] virtual std::vector<std::string> requests() const = 0;
  // What a correct client would not have done; the emulated camera does not judge.
  [[nodiscard]] virtual std::vector<std::string> violations() const = 0;
};

[[nodiscard]] std::unique_ptr<CameraUnderTest> make_camera(CameraKind kind, protocol::TimePoint now,
                                                           const protocol::Uid& uid,
                                                           const CameraSetup& setup,
                                                           std::uint64_t seed);

// A JPEG of about `size` bytes whose segments are in order.
[[nodiscard]] protocol::Bytes make_picture(std::size_t size);

}  // namespace cam32100::bridge::test
