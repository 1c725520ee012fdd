#include "protocol/transport/lan_search.hpp"

#include <algorithm>
#include <utility>

#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {

namespace {

constexpr Duration kShortestSearchInterval = std::chrono::milliseconds{1};

struct Answer {
  Uid uid;
  bool json_dialect_hint = false;
};

// Who says where it is: CS2 cameras by PUNCH_PKT, Yi's by LAN_NOTIFY, iLnk and JSON ones by
// LAN_SEARCH_EXT_ACK.
std::optional<Answer> read_answer(const Packet& packet) {
  if (const auto* punch = std::get_if<PunchPkt>(&packet.message)) return Answer{punch->uid, false};
  if (const auto* notify = std::get_if<LanNotify>(&packet.message))
    return Answer{notify->uid, false};
  if (const auto* extended = std::get_if<LanSearchExtAck>(&packet.message)) {
    return Answer{extended->uid, true};
  }
  return std::nullopt;
}

}  // namespace

struct LanSearch::Impl {
  LanSearchConfig config;
  TimePoint started;
  TimePoint next_round;
  std::size_t next_probe = 0;      // of this round: target * ciphers + cipher
  std::vector<CameraFound> found;  // all so far, to tell each once
  std::size_t told = 0;
  LanSearchCounters counters;
  bool finished = false;
};

LanSearch::LanSearch(TimePoint now, LanSearchConfig config) : impl_{std::make_unique<Impl>()} {
  config.repeat = std::max(config.repeat, kShortestSearchInterval);
  config.timeout = std::max(config.timeout, kShortestSearchInterval);
  if (config.ciphers.empty()) config.ciphers.push_back({"plain", Cipher{}});
  impl_->config = std::move(config);
  impl_->started = now;
  impl_->next_round = now + impl_->config.repeat;
}
LanSearch::~LanSearch() = default;

void LanSearch::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  Impl& it = *impl_;
  if (it.finished || !from.is_usable()) return;
  if (datagram.size() > kLongestGreeting) {
    ++it.counters.malformed;
    return;
  }
  OpeningSpace space;
  bool readable = false;
  for (const NamedCipher& named : it.config.ciphers) {
    const auto packet = open(datagram, named.cipher, space);
    if (!packet) continue;
    readable = true;
    const auto answer = read_answer(*packet);
    if (!answer) continue;
    const bool again = std::any_of(it.found.begin(), it.found.end(), [&](const CameraFound& known) {
      return known.uid == answer->uid && known.address == from;
    });
    if (again) return;
    if (it.found.size() >= it.config.max_found) {
      ++it.counters.surplus;
      return;
    }
    it.found.push_back(
        {answer->uid, from, named.name, answer->json_dialect_hint, now - it.started});
    return;
  }
  if (!readable) ++it.counters.malformed;
}

void LanSearch::on_time(TimePoint now) {
  Impl& it = *impl_;
  if (it.finished) return;
  if (now >= it.started + it.config.timeout) {
    it.finished = true;
  } else if (now >= it.next_round) {
    it.next_probe = 0;
    it.next_round = now + it.config.repeat;
  }
}

std::optional<TimePoint> LanSearch::deadline() const {
  if (impl_->finished) return std::nullopt;
  return std::min(impl_->next_round, impl_->started + impl_->config.timeout);
}

bool LanSearch::take_datagram(TimePoint now, Datagram& out) {
  Impl& it = *impl_;
  on_time(now);
  const std::size_t ciphers = it.config.ciphers.size();
  if (it.finished || it.next_probe >= it.config.targets.size() * ciphers) return false;
  const Address& target = it.config.targets[it.next_probe / ciphers];
  const Cipher& cipher = it.config.ciphers[it.next_probe % ciphers].cipher;
  ++it.next_probe;
  return seal(LanSearchMessage{}, cipher, target, out);
}

std::optional<CameraFound> LanSearch::take_found() {
  if (impl_->told >= impl_->found.size()) return std::nullopt;
  return impl_->found[impl_->told++];
}

bool LanSearch::finished() const noexcept { return impl_->finished; }
const LanSearchCounters& LanSearch::counters() const noexcept { return impl_->counters; }

}  // namespace cam32100::protocol
