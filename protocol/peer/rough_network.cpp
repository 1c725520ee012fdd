#include "protocol/peer/rough_network.hpp"

#include <algorithm>

namespace cam32100::protocol {

RoughNetwork::RoughNetwork(Endpoint& inner, const RoughConfig& config, std::uint64_t seed)
    : inner_{inner}, config_{config}, random_{seed}, generation_{inner.socket_generation()} {}

// Next of a splitmix64 sequence.
std::uint64_t RoughNetwork::random() noexcept {
  random_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = random_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

bool RoughNetwork::chance(double probability) noexcept {
  if (probability <= 0) return false;
  constexpr double kOneOf53Bits = 1.0 / static_cast<double>(std::uint64_t{1} << 53U);
  return static_cast<double>(random() >> 11U) * kOneOf53Bits < probability;
}

bool RoughNetwork::passes(TimePoint now) noexcept {
  if (now < cut_until_) {
    ++counters_.cut;
    return false;
  }
  if (!chance(config_.loss)) return true;
  ++counters_.lost;
  return false;
}

Duration RoughNetwork::lateness() noexcept {
  Duration late = config_.delay;
  if (config_.jitter > Duration::zero()) {
    const auto span = static_cast<std::uint64_t>(config_.jitter.count()) + 1;
    late += Duration{static_cast<Duration::rep>(random() % span)};
  }
  if (chance(config_.reorder)) {
    ++counters_.reordered;
    late += config_.reorder_by;
  }
  return late;
}

void RoughNetwork::hold(Way& way, TimePoint due, const Address& peer, BytesView datagram) {
  if (datagram.size() > config_.max_held_bytes - std::min(config_.max_held_bytes, way.bytes)) {
    ++counters_.overflowed;
    return;
  }
  way.bytes += datagram.size();
  way.line.emplace(std::pair{due, order_++}, Held{peer, {datagram.begin(), datagram.end()}});
}

void RoughNetwork::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  follow_socket();
  deliver_due(now);
  ++counters_.in;
  if (!passes(now)) return;
  const bool twice = chance(config_.duplicate);
  counters_.duplicated += twice ? 1U : 0U;
  for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
    const Duration late = lateness();
    if (late > Duration::zero()) {
      hold(incoming_, now + late, from, datagram);
    } else {
      inner_.on_datagram(now, from, datagram);
    }
  }
}

void RoughNetwork::deliver_due(TimePoint now) {
  while (!incoming_.line.empty() && incoming_.line.begin()->first.first <= now) {
    const Held held = std::move(incoming_.line.begin()->second);
    incoming_.line.erase(incoming_.line.begin());
    incoming_.bytes -= held.bytes.size();
    inner_.on_datagram(now, held.peer, held.bytes);
  }
}

void RoughNetwork::release_due(TimePoint now) {
  while (!outgoing_.line.empty() && outgoing_.line.begin()->first.first <= now) {
    released_.push_back(std::move(outgoing_.line.begin()->second));
    outgoing_.line.erase(outgoing_.line.begin());
  }
}

void RoughNetwork::follow_socket() {
  if (inner_.socket_generation() == generation_ || holds_outgoing()) return;
  generation_ = inner_.socket_generation();
  counters_.stale += incoming_.line.size();
  incoming_ = {};
}

void RoughNetwork::on_time(TimePoint now) {
  follow_socket();
  deliver_due(now);
  release_due(now);
  inner_.on_time(now);
}

std::optional<TimePoint> RoughNetwork::deadline() const {
  auto next = inner_.deadline();
  if (!incoming_.line.empty()) earliest(next, incoming_.line.begin()->first.first);
  if (!outgoing_.line.empty()) earliest(next, outgoing_.line.begin()->first.first);
  return next;
}

std::uint32_t RoughNetwork::socket_generation() const {
  return holds_outgoing() ? generation_ : inner_.socket_generation();
}

bool RoughNetwork::take_released(Datagram& out) {
  if (released_.empty()) return false;
  const Held& first = released_.front();
  out.to = first.peer;
  out.size = std::min(first.bytes.size(), out.bytes.size());
  std::copy_n(first.bytes.begin(), out.size, out.bytes.begin());
  outgoing_.bytes -= first.bytes.size();
  released_.pop_front();
  return true;
}

// All that the endpoint has to say is taken at once: its clock must not feel how late it leaves.
bool RoughNetwork::take_datagram(TimePoint now, Datagram& out) {
  release_due(now);
  if (take_released(out)) return true;
  follow_socket();
  while (inner_.socket_generation() == generation_ && inner_.take_datagram(now, out)) {
    ++counters_.out;
    if (!passes(now)) continue;
    const bool twice = chance(config_.duplicate);
    const Duration late = lateness();
    if (late > Duration::zero()) hold(outgoing_, now + late, out.to, out.view());
    if (twice) {
      ++counters_.duplicated;
      hold(outgoing_, now + lateness(), out.to, out.view());
    }
    if (late <= Duration::zero()) return true;
    release_due(now);
    if (take_released(out)) return true;
  }
  release_due(now);
  return take_released(out);
}

}  // namespace cam32100::protocol
