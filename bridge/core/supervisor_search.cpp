#include "bridge/core/supervisor_search.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "bridge/core/supervisor_protocol_events.hpp"
#include "protocol/transport/sealing.hpp"

namespace cam32100::bridge {

namespace {

using protocol::TimePoint;

constexpr std::chrono::seconds kLongestLookup{5};
// A talkative server cannot make us punch the whole internet, nor fill the memory with news.
constexpr std::size_t kMaxWaitingCandidates = 32;
constexpr std::size_t kMaxWaitingEvents = 64;

std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
  if (!a) return b;
  if (!b) return a;
  return std::min(*a, *b);
}

}  // namespace

CameraSearch::CameraSearch(TimePoint now, SearchConfig config, std::uint64_t seed)
    : config_{std::move(config)} {
  for (const auto& known : config_.known) candidates_.push(known);
  if (!config_.lan_targets.empty()) {
    protocol::LanSearchConfig lan;
    lan.targets = config_.lan_targets;
    lan.ciphers = config_.ciphers;
    if (!config_.other_ciphers.empty()) {
      auto keys = config_.ciphers.to_vector();
      std::copy_if(config_.other_ciphers.begin(), config_.other_ciphers.end(),
                   std::back_inserter(keys),
                   [this](const auto& other) { return !is_ours(other.cipher); });
      if (keys.size() > config_.ciphers.size()) lan.ciphers = std::move(keys);
    }
    lan.timeout = config_.timeout;
    lan_ = std::make_unique<protocol::LanSearch>(now, std::move(lan));
  }
  if (config_.relay_after && !config_.servers.empty()) relay_due_ = now + *config_.relay_after;
  if (!config_.servers.empty() && config_.looks_up) {
    protocol::LocatorConfig lookup;
    lookup.servers = config_.servers;
    lookup.uid = config_.uid;
    lookup.lan_address = config_.lan_address;
    lookup.dsk = config_.dsk;
    lookup.own = config_.own;
    lookup.timeout = std::min<protocol::Duration>(config_.timeout, kLongestLookup);
    locator_ = std::make_unique<protocol::Locator>(now, std::move(lookup), seed);
  }
  start_relay_if_due(now);
}

void CameraSearch::on_bound(const protocol::Address& local) {
  if (locator_) locator_->on_bound(local);
}

bool CameraSearch::is_ours(const protocol::Cipher& cipher) const {
  return std::any_of(config_.ciphers.begin(), config_.ciphers.end(),
                     [&cipher](const auto& ours) { return ours.cipher == cipher; });
}

bool CameraSearch::on_datagram(TimePoint now, const protocol::Address& from,
                               protocol::BytesView datagram) {
  const bool from_server = std::any_of(
      config_.servers.begin(), config_.servers.end(),
      [&from](const protocol::ServerAddress& server) { return server.address == from; });
  if (from_server) {
    if (locator_) {
      locator_->on_datagram(now, from, datagram);
      take_lookup_events();
    }
  }
  if (relay_ && relay_->is_concerned_by(from)) {
    relay_->on_datagram(now, from, datagram);
    take_relay_events();
    return true;
  }
  if (from_server) return true;
  if (lan_) {
    lan_->on_datagram(now, from, datagram);
    take_lan_answers();
  }
  note_other_key(from, datagram);
  return false;
}

// A camera that a server sends to us punches under its own key, whatever ours is.
void CameraSearch::note_other_key(const protocol::Address& from, protocol::BytesView datagram) {
  // Only while it is looked for, and where ours is a key that a user chose: nothing else may cost
  // anything in an open session.
  if ((!locator_ && !relay_) || config_.other_ciphers.empty() || !other_cipher_.empty() ||
      datagram.size() > protocol::kLongestGreeting)
    return;
  const auto told = servers();
  const bool by_relay = from == relay_way_;
  const bool is_told =
      by_relay || std::any_of(told.begin(), told.end(), [&from](const auto& server) {
        return std::any_of(server.addresses.begin(), server.addresses.end(),
                           [&from](const auto& address) { return address.ip == from.ip; });
      });
  if (!is_told) return;
  for (const auto& other : config_.other_ciphers) {
    if (is_ours(other.cipher)) continue;
    protocol::OpeningSpace space;
    const auto packet = protocol::open(datagram, other.cipher, space);
    // Whatever comes through a relay is the camera's, but for the relay's own RLY_RDY, which is
    // repeated; elsewhere its punch says so.
    const auto* punch = packet ? std::get_if<protocol::PunchPkt>(&packet->message) : nullptr;
    const bool is_its =
        by_relay ? packet && !std::holds_alternative<protocol::Unknown>(packet->message) &&
                       !std::holds_alternative<protocol::RlyRdy>(packet->message)
                 : punch != nullptr && punch->uid == config_.uid;
    if (!is_its) continue;
    other_cipher_ = other.name;
    other_cipher_at_ = from;
    return;
  }
}

void CameraSearch::on_time(TimePoint now) {
  if (lan_) {
    lan_->on_time(now);
    take_lan_answers();
  }
  if (locator_) {
    locator_->on_time(now);
    take_lookup_events();
  }
  start_relay_if_due(now);
  if (relay_) {
    relay_->on_time(now);
    take_relay_events();
  }
}

bool CameraSearch::may_relay() const noexcept {
  // No server would pass the camera on that it says is not there.
  return !lookup_error_ || *lookup_error_ == protocol::Errc::timed_out;
}

void CameraSearch::start_relay_if_due(TimePoint now) {
  if (!relay_due_ || now < *relay_due_) return;
  relay_due_.reset();
  if (!may_relay()) return;
  protocol::RelayConfig relay;
  relay.servers = config_.servers;
  relay.uid = config_.uid;
  relay.dsk = config_.dsk;
  relay.own = config_.own;
  relay.poor = config_.poor_relays;
  relay.timeout = config_.timeout;
  relay_ = std::make_unique<protocol::RelayClient>(now, std::move(relay));
}

void CameraSearch::take_relay_events() {
  while (auto event = relay_->take_event()) {
    if (const auto* opened = std::get_if<protocol::RelayOpened>(&*event)) {
      relay_found_ = relay_way_ = opened->address;
    } else {
      relay_error_ = std::get<protocol::RelayFailed>(*event);
    }
  }
}

std::optional<protocol::Address> CameraSearch::take_relay() {
  return std::exchange(relay_found_, std::nullopt);
}

std::optional<TimePoint> CameraSearch::deadline() const {
  return earlier(earlier(lan_ ? lan_->deadline() : std::nullopt,
                         locator_ ? locator_->deadline() : std::nullopt),
                 earlier(relay_ ? relay_->deadline() : std::nullopt, relay_due_));
}

bool CameraSearch::take_datagram(TimePoint now, protocol::Datagram& out) {
  return (relay_ && relay_->take_datagram(now, out)) || (lan_ && lan_->take_datagram(now, out)) ||
         (locator_ && locator_->take_datagram(now, out));
}

void CameraSearch::stop() {
  if (locator_) last_report_ = locator_->report();
  if (relay_) last_relays_ = relay_->report();
  relay_due_.reset();
  relay_found_.reset();
  relay_.reset();
  lan_.reset();
  locator_.reset();
  candidates_.clear();
  events_.clear();
}

void CameraSearch::take_lan_answers() {
  while (auto found = lan_->take_found()) {
    if (found->uid != config_.uid) {
      other_cameras_.insert(found->address);
      continue;
    }
    json_dialect_hint_ = json_dialect_hint_ || found->json_dialect_hint;
    if (std::none_of(config_.ciphers.begin(), config_.ciphers.end(),
                     [&](const auto& ours) { return ours.name == found->cipher_name; })) {
      other_cipher_ = found->cipher_name;
      continue;
    }
    if (candidates_.size() < kMaxWaitingCandidates) {
      candidates_.push({found->address, path_of_answer(found->address)});
    }
    if (!lan_answer_) lan_answer_ = std::move(found);
  }
}

// The search also asks known addresses, which need not be on this LAN.
protocol::Path CameraSearch::path_of_answer(const protocol::Address& from) const {
  const auto same =
      std::find_if(config_.known.begin(), config_.known.end(),
                   [&from](const Candidate& known) { return known.address.ip == from.ip; });
  return same == config_.known.end() ? protocol::Path::lan : same->path;
}

std::optional<Candidate> CameraSearch::lan_candidate() const {
  if (!lan_answer_) return std::nullopt;
  return Candidate{lan_answer_->address, path_of_answer(lan_answer_->address)};
}

void CameraSearch::take_lookup_events() {
  while (auto event = locator_->take_event()) {
    if (const auto* finished = std::get_if<protocol::LookupFinished>(&*event)) {
      lookup_error_ = finished->error;
      if (!finished->error) lookup_found_ = true;
    }
    if (const auto* found = std::get_if<protocol::CandidateFound>(&*event)) {
      lookup_found_ = true;
      if (candidates_.size() < kMaxWaitingCandidates)
        candidates_.push({found->address, protocol::Path::p2p});
    }
    if (events_.size() < kMaxWaitingEvents) events_.push(*event);
  }
}

std::optional<Candidate> CameraSearch::take_candidate() { return candidates_.take(); }

std::optional<protocol::LocatorEvent> CameraSearch::take_event() { return events_.take(); }

bool CameraSearch::finished() const noexcept {
  return (!lan_ || lan_->finished()) && (!locator_ || locator_->finished()) &&
         (!relay_ || relay_->finished()) && !relay_due_;
}

bool CameraSearch::is_pointless() const noexcept {
  return config_.known.empty() && config_.lan_targets.empty() && config_.servers.empty();
}

}  // namespace cam32100::bridge
