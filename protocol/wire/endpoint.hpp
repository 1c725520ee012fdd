#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/wire/address.hpp"
#include "protocol/wire/bytes.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

constexpr std::size_t kMaxDatagramBytes = 1280;  // vendor's constant; DRW stays at or below 1032

// A datagram to send. The caller owns and reuses it: no allocation per datagram.
struct Datagram {
  Address to;
  std::array<std::byte, kMaxDatagramBytes> bytes;
  std::size_t size = 0;

  [[nodiscard]] BytesView view() const noexcept { return BytesView{bytes}.first(size); }
};

// What owns one UDP socket's conversation, without the socket: a driver (real or simulated) passes
// in every datagram with its source, then the time, then takes what is to be sent, then asks for
// the next deadline. Not thread-safe; never blocks; never reads a clock. Time must not go
// backwards.
//
// Several on_datagram() calls may precede one drain. After on_time(*deadline()) the new deadline is
// later or absent. Early or spurious on_time() calls do nothing.
class Endpoint {
 public:
  Endpoint() = default;
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;
  virtual ~Endpoint() = default;

  virtual void on_datagram(TimePoint now, const Address& from, BytesView datagram) = 0;
  virtual void on_time(TimePoint now) = 0;
  [[nodiscard]] virtual std::optional<TimePoint> deadline()
      const = 0;  // nullopt: nothing is waited for
  [[nodiscard]] virtual bool take_datagram(TimePoint now, Datagram& out) = 0;
  // A change asks the driver for a new socket, that is a new source port: a camera ties its session
  // to it. A datagram leaves by the socket of the generation it was taken under, so the last one of
  // the old session must have been taken before the number changes.
  [[nodiscard]] virtual std::uint32_t socket_generation() const { return 0; }
  // The socket of this generation is bound here (0.0.0.0: to every address of the host); before its
  // first datagram leaves. For endpoints that tell others where they are.
  virtual void on_bound(const Address& /*local*/) {}
};

}  // namespace cam32100::protocol
