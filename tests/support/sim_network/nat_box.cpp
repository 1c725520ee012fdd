#include "tests/support/sim_network/nat_box.hpp"

#include <algorithm>

namespace cam32100::sim {

using protocol::Address;
using protocol::TimePoint;

namespace {

constexpr std::uint16_t kFirstRandomPort = 10'000;
constexpr std::uint16_t kRandomPorts = 20'000;

}  // namespace

const char* to_text(NatKind kind) noexcept {
  switch (kind) {
    case NatKind::full_cone:
      return "full_cone";
    case NatKind::restricted:
      return "restricted";
    case NatKind::port_restricted:
      return "port_restricted";
    case NatKind::symmetric:
      return "symmetric";
  }
  return "";
}

bool NatBox::is_used(std::uint16_t port) const {
  return std::any_of(mappings_.begin(), mappings_.end(),
                     [port](const Mapping& each) { return each.port == port; });
}

// Cones keep the inside's port if they can; symmetric ones never do.
std::uint16_t NatBox::choose_port(std::uint16_t wish) {
  if (config_.kind != NatKind::symmetric && !is_used(wish)) return wish;
  for (;;) {
    std::uint16_t port = next_in_sequence_;
    if (config_.ports_in_sequence) {
      ++next_in_sequence_;
    } else {
      random_ = random_ * 6364136223846793005U + 1442695040888963407U;
      port = static_cast<std::uint16_t>(kFirstRandomPort + (random_ >> 33U) % kRandomPorts);
    }
    if (!is_used(port)) return port;
  }
}

void NatBox::expire(TimePoint now) {
  std::erase_if(mappings_,
                [&](const Mapping& each) { return now - each.last_out >= config_.timeout; });
}

Address NatBox::out(TimePoint now, const Address& inside, const Address& to) {
  expire(now);
  const bool symmetric = config_.kind == NatKind::symmetric;
  auto found = std::find_if(mappings_.begin(), mappings_.end(), [&](const Mapping& each) {
    return each.inside == inside && (!symmetric || each.to == to);
  });
  if (found == mappings_.end()) {
    Mapping fresh;
    fresh.inside = inside;
    if (symmetric) fresh.to = to;
    fresh.port = choose_port(inside.port);
    found = mappings_.insert(mappings_.end(), fresh);
  }
  found->written_to.insert(to);
  found->last_out = now;
  return {outside_, found->port};
}

std::optional<Address> NatBox::in(TimePoint now, const Address& from, std::uint16_t port) {
  expire(now);
  const auto found = std::find_if(mappings_.begin(), mappings_.end(),
                                  [port](const Mapping& each) { return each.port == port; });
  if (found == mappings_.end()) return std::nullopt;
  const auto host_known = std::any_of(found->written_to.begin(), found->written_to.end(),
                                      [&from](const Address& each) { return each.ip == from.ip; });
  switch (config_.kind) {
    case NatKind::full_cone:
      return found->inside;
    case NatKind::restricted:
      return host_known ? std::optional{found->inside} : std::nullopt;
    case NatKind::port_restricted:
    case NatKind::symmetric:
      break;
  }
  return found->written_to.contains(from) ? std::optional{found->inside} : std::nullopt;
}

void NatBox::restart(std::array<std::uint8_t, 4> outside) {
  outside_ = outside;
  mappings_.clear();
}

}  // namespace cam32100::sim
