#pragma once

#include <cstdint>
#include <deque>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"

namespace cam32100::protocol {

// Small datagrams waiting to be sent, in order. Beyond its cap the newest are dropped and counted:
// every message that goes through here is repeated by whoever misses it.
class Outbox {
 public:
  explicit Outbox(std::size_t max_datagrams) : max_datagrams_{max_datagrams} {}

  // Encodes and enciphers. Messages to unusable addresses are not sent.
  void put(const Address& to, const Cipher& cipher, const Message& message);
  // How many bytes a message takes on the wire; 0 for one that does not fit.
  [[nodiscard]] static std::size_t size_of(const Message& message);
  [[nodiscard]] bool take(Datagram& out);
  void clear() noexcept { waiting_.clear(); }
  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  struct Waiting {
    Address to;
    std::array<std::byte, 144> bytes{};  // the longest here is a list of eight relays, 4 + 132
    std::size_t size = 0;
  };
  std::size_t max_datagrams_;
  std::deque<Waiting> waiting_;
  std::uint64_t dropped_ = 0;
};

}  // namespace cam32100::protocol
