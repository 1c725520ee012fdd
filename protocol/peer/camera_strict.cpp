// What a camera with CameraConfig::strict does not put up with.
#include "protocol/peer/camera_strict.hpp"

#include <algorithm>

#include "protocol/peer/camera_impl.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMostBreaches = 64;  // that wait to be taken; the newest are dropped

}  // namespace

std::string_view to_text(StrictRule rule) noexcept {
  switch (rule) {
    case StrictRule::fresh_port:
      return "fresh_port";
    case StrictRule::alive_answered:
      return "alive_answered";
    case StrictRule::ack_magic:
      return "ack_magic";
    case StrictRule::missing_request:
      return "missing_request";
  }
  return "";
}

void UsedPorts::add(const Address& client) {
  if (contains(client)) return;
  if (used_.size() >= kMost) used_.pop_front();
  used_.push_back({client, false});
}

bool UsedPorts::contains(const Address& client) const noexcept {
  return std::any_of(used_.begin(), used_.end(),
                     [&client](const Used& each) { return each.client == client; });
}

bool UsedPorts::tell_once(const Address& client) noexcept {
  const auto found = std::find_if(used_.begin(), used_.end(),
                                  [&client](const Used& each) { return each.client == client; });
  return found != used_.end() && !std::exchange(found->told, true);
}

void EmulatedCamera::Impl::note(StrictRule rule, const Address& client) {
  if (breaches.size() < kMostBreaches) breaches.push_back({rule, client});
}

void EmulatedCamera::Impl::note_breaches(CameraSession& session) {
  while (const auto rule = session.take_breach()) note(*rule, session.client());
}

// A relay's port is no client's: the next client may be given it.
void EmulatedCamera::Impl::remember_port(const CameraSession& session) {
  if (config.strict && !session.is_relayed()) used_ports.add(session.client());
}

bool EmulatedCamera::Impl::is_used_port(const Address& from) {
  if (!used_ports.contains(from)) return false;
  if (used_ports.tell_once(from)) note(StrictRule::fresh_port, from);
  return true;
}

std::optional<StrictBreach> EmulatedCamera::take_breach() {
  auto& waiting = impl_->breaches;
  if (waiting.empty()) return std::nullopt;
  const StrictBreach first = waiting.front();
  waiting.pop_front();
  return first;
}

}  // namespace cam32100::protocol
