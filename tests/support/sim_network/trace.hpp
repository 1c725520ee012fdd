#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/wire/address.hpp"
#include "protocol/wire/bytes.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::sim {

// What became of a datagram.
enum class Fate { delivered, lost, unreachable };
[[nodiscard]] const char* to_text(Fate fate) noexcept;

// The last datagrams of a simulation in fixed memory, and a hash over all of them.
class Trace {
 public:
  static constexpr std::size_t kKept = 50;

  Trace();
  void add(protocol::TimePoint when, Fate fate, const protocol::Address& from,
           const protocol::Address& to, protocol::BytesView datagram);
  void decode_with(const protocol::Cipher& cipher) { ciphers_.push_back(cipher); }
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
  // Oldest first: "+12.340000 s  lost       192.168.1.2:40000 > 192.168.1.20:32108  DRW ch0 #12
  // 1024 bytes". Times count from `start`; datagrams under a known key are shown decrypted.
  [[nodiscard]] std::vector<std::string> lines(protocol::TimePoint start) const;

 private:
  struct Entry {
    protocol::TimePoint when;
    Fate fate = Fate::lost;
    protocol::Address from, to;
    std::array<std::byte, protocol::kMaxDatagramBytes> bytes;
    std::size_t size = 0;   // as kept
    std::size_t whole = 0;  // as it was
  };

  [[nodiscard]] std::string decoded(const Entry& entry) const;

  std::vector<protocol::Cipher> ciphers_;
  std::vector<Entry> ring_;
  std::size_t count_ = 0;
  std::uint64_t hash_ = 14695981039346656037ULL;  // FNV-1a
};

}  // namespace cam32100::sim
