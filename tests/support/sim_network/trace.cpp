#include "tests/support/sim_network/trace.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "protocol/wire/describe.hpp"

namespace cam32100::sim {

namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
  for (int shift = 0; shift < 64; shift += 8) {
    hash = (hash ^ ((value >> shift) & 0xFF)) * 1099511628211ULL;
  }
  return hash;
}

std::uint64_t number(const protocol::Address& address) noexcept {
  std::uint64_t value = address.port;
  for (const auto part : address.ip) value = (value << 8) | part;
  return value;
}

}  // namespace

const char* to_text(Fate fate) noexcept {
  switch (fate) {
    case Fate::delivered:
      return "delivered";
    case Fate::lost:
      return "lost";
    case Fate::unreachable:
      return "unreachable";
  }
  return "";
}

Trace::Trace() : ring_(kKept) {
  for (const auto& known : protocol::known_psks()) {
    if (!known.psk.empty()) ciphers_.emplace_back(known.psk);
  }
}

void Trace::add(protocol::TimePoint when, Fate fate, const protocol::Address& from,
                const protocol::Address& to, protocol::BytesView datagram) {
  hash_ = mix(hash_, static_cast<std::uint64_t>(when.time_since_epoch().count()));
  hash_ = mix(hash_, static_cast<std::uint64_t>(fate));
  hash_ = mix(mix(hash_, number(from)), number(to));
  for (const auto byte : datagram) {
    hash_ = (hash_ ^ std::to_integer<std::uint64_t>(byte)) * 1099511628211ULL;
  }
  Entry& entry = ring_[count_ % kKept];
  ++count_;
  entry.when = when;
  entry.fate = fate;
  entry.from = from;
  entry.to = to;
  entry.whole = datagram.size();
  entry.size = std::min(datagram.size(), entry.bytes.size());
  std::copy_n(datagram.begin(), entry.size, entry.bytes.begin());
}

std::string Trace::decoded(const Entry& entry) const {
  const protocol::BytesView seen = protocol::BytesView{entry.bytes}.first(entry.size);
  const auto found = protocol::recognise(seen, ciphers_);
  if (!found || *found == protocol::kPlainRecognised) return protocol::one_line(seen);
  protocol::Bytes plain(seen.begin(), seen.end());
  ciphers_[*found].decrypt(plain);
  return protocol::one_line(plain) + " (encrypted)";
}

std::vector<std::string> Trace::lines(protocol::TimePoint start) const {
  std::vector<std::string> out;
  const std::size_t kept = std::min(count_, kKept);
  for (std::size_t i = count_ - kept; i < count_; ++i) {
    const Entry& entry = ring_[i % kKept];
    const double seconds = std::chrono::duration<double>(entry.when - start).count();
    std::array<char, 64> head{};
    std::snprintf(head.data(), head.size(), "+%.6f s  %-11s ", seconds, to_text(entry.fate));
    out.push_back(head.data() + entry.from.text() + " > " + entry.to.text() + "  " +
                  decoded(entry));
  }
  return out;
}

}  // namespace cam32100::sim
