// How clients get in: punching, P2P_RDY, and refusals.
#include <algorithm>
#include <array>

#include "protocol/peer/camera_impl.hpp"

namespace cam32100::protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr Duration kPunchInterval{milliseconds{100}};
constexpr Duration kPunchTime{seconds{5}};
constexpr Duration kNeighboursAfter{seconds{2}};
constexpr Duration kNeighboursInterval{milliseconds{250}};
constexpr std::array kNeighbours{1, -1, 2, -2, 3, -3};
constexpr std::size_t kMaxPunching = 16;
constexpr std::size_t kMaxEchoes = 64;
constexpr std::size_t kMaxSurplus = 16;  // sessions that are only open to be told they are too many

// Next of a splitmix64 sequence.
std::uint64_t next(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

}  // namespace

std::size_t EmulatedCamera::Impl::regular_sessions() const noexcept {
  return static_cast<std::size_t>(std::count_if(
      sessions.begin(), sessions.end(), [](const auto& s) { return !s.second->is_surplus(); }));
}

void EmulatedCamera::Impl::open_session(TimePoint now, const Address& from, Way way) {
  const bool surplus = regular_sessions() >= config.max_sessions;
  CameraSessionConfig session;
  session.uid = config.uid;
  session.cipher = cipher;
  session.silence_timeout = config.silence_timeout;
  session.channel = config.channel;
  session.pictures = config.pictures;
  session.stream_interval = config.stream_interval;
  session.relayed = way == Way::relay;
  session.strict = config.strict;
  // Cameras started together must not send in step for ever.
  session.first_alive = seconds{1} + milliseconds{next(random) % 200};
  session.surplus = surplus;
  session.says_ready = says_ready(way);
  sessions.emplace(from, std::make_unique<CameraSession>(now, from, session));
  std::erase_if(punching, [&from](const Punching& p) { return p.target == from; });
}

void EmulatedCamera::Impl::refuse(TimePoint now, const Address& from, Way way) {
  switch (config.refusal) {
    case RefusalForm::silent:
      return;
    case RefusalForm::close_after_rdy:
      if (says_ready(way)) send(from, P2pRdy{.uid = config.uid});
      send(from, Close{});
      return;
    case RefusalForm::full_users:
      if (sessions.size() - regular_sessions() < kMaxSurplus) open_session(now, from, way);
      return;
  }
}

void EmulatedCamera::Impl::on_punch(TimePoint now, const Address& from) {
  if (const auto found = sessions.find(from); found != sessions.end()) {
    found->second->punch_again(now);
  } else if (is_used_port(from)) {
    return;
  } else if (config.punch_variant_ready) {
    echo_punch(now, from);
  } else if (regular_sessions() >= config.max_sessions) {
    refuse(now, from);
  } else {
    open_session(now, from);
  }
}

void EmulatedCamera::Impl::on_ready(TimePoint now, const Address& from) {
  if (const auto found = sessions.find(from); found != sessions.end()) {
    found->second->punch_again(now);
  } else if (!config.punch_variant_ready || is_used_port(from)) {
    return;
  } else if (regular_sessions() >= config.max_sessions) {
    refuse(now, from);
  } else {
    open_session(now, from);
  }
}

// A client echoes PUNCH_PKT too: answering each would go round for ever.
void EmulatedCamera::Impl::echo_punch(TimePoint now, const Address& from) {
  std::erase_if(echoes, [now](const Echo& e) { return now - e.at >= kPunchInterval; });
  const bool recent =
      std::any_of(echoes.begin(), echoes.end(), [&from](const Echo& e) { return e.to == from; });
  if (recent || echoes.size() >= kMaxEchoes) return;
  const bool full = regular_sessions() >= config.max_sessions;
  if (full && config.refusal == RefusalForm::silent) return;
  echoes.push_back({from, now});
  send(from, PunchPkt{.uid = config.uid});
}

void EmulatedCamera::Impl::start_punching(TimePoint now, const Address& target) {
  if (!target.is_usable() || sessions.contains(target)) return;
  const auto found = std::find_if(punching.begin(), punching.end(),
                                  [&target](const Punching& p) { return p.target == target; });
  if (found != punching.end()) {
    found->until = now + kPunchTime;
    return;
  }
  // The oldest gives way: its client has had its chances.
  if (punching.size() >= kMaxPunching) punching.pop_front();
  punching.push_back({target, now, now + kPunchTime, now + kNeighboursAfter});
  punch(now);
}

void EmulatedCamera::Impl::punch(TimePoint now) {
  std::erase_if(punching, [now](const Punching& p) { return now >= p.until; });
  for (auto& each : punching) {
    if (now < each.due) continue;
    send(each.target, PunchPkt{.uid = config.uid});
    each.due = now + kPunchInterval;
    if (!config.tries_neighbours || each.target.is_private() || now < each.neighbours_due) continue;
    each.neighbours_due = now + kNeighboursInterval;
    for (const int offset : kNeighbours) {
      const int port = each.target.port + offset;
      if (port < 1 || port > 0xFFFF) continue;
      send({each.target.ip, static_cast<std::uint16_t>(port)}, PunchPkt{.uid = config.uid});
    }
  }
}

std::optional<TimePoint> EmulatedCamera::Impl::punch_deadline() const {
  std::optional<TimePoint> next_due;
  for (const auto& each : punching) {
    const TimePoint due = std::min(each.due, each.until);
    if (!next_due || due < *next_due) next_due = due;
  }
  return next_due;
}

}  // namespace cam32100::protocol
