#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/wire/endpoint.hpp"
#include "tests/support/independent_camera/camera_config.hpp"

namespace cam32100::testing {

// A camera of the CGI family written from the wire format alone: it shares no code with protocol/,
// so that an error made on both of our sides shows. Strict where devices in the field are lenient,
// and it keeps a list of everything a correct client would not have done. Speaks channel 0 only;
// other channels are received and acknowledged. Not thread-safe; never reads a clock.
class IndependentCamera final : public protocol::Endpoint {
 public:
  explicit IndependentCamera(
      IndependentCameraConfig config);  // throws invalid_argument on a bad uid
  ~IndependentCamera() override;

  void on_datagram(protocol::TimePoint now, const protocol::Address& from,
                   protocol::BytesView datagram) override;
  void on_time(protocol::TimePoint now) override;
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(protocol::TimePoint now, protocol::Datagram& out) override;

  void close_sessions();  // says CLOSE to every client
  void power_cycle();     // forgets every session without a word; requests and violations stay

  [[nodiscard]] const std::vector<std::string>& requests() const;    // "GET /...", as executed
  [[nodiscard]] const std::vector<std::string>& violations() const;  // "a.b.c.d:port: what"
  [[nodiscard]] std::size_t violations_dropped() const;              // beyond the first 200
  [[nodiscard]] std::size_t sessions() const;                        // open now
  [[nodiscard]] std::size_t sessions_opened() const;                 // ever
  [[nodiscard]] bool all_acknowledged()
      const;  // nothing unsent or unacknowledged in any open session
  [[nodiscard]] std::size_t undecodable() const;  // datagrams that are not of this protocol
  [[nodiscard]] std::size_t datagrams_dropped()
      const;  // the oldest unsent ones, above 1024 waiting

 private:
  struct State;  // sessions and device; independent of the interface above
  std::unique_ptr<State> state_;
};

}  // namespace cam32100::testing
