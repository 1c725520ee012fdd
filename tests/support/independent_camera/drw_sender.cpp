#include "tests/support/independent_camera/drw_sender.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cam32100::independent {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kResendTick{40};
constexpr milliseconds kResendAfter{500};
constexpr std::int64_t kWindow = 110;
constexpr int kMostTimedResends = 20;

}  // namespace

DrwSender::DrwSender(std::uint8_t channel, std::int64_t first)
    : channel_{channel}, first_{first}, next_{first} {}

bool DrwSender::write(TimePoint now, BytesView data, std::vector<Bytes>& out) {
  if (pending_.size() + data.size() > kPendingLimit) return false;
  pending_.insert(pending_.end(), data.begin(), data.end());
  written_ += static_cast<std::int64_t>(data.size());
  cut(now, out);
  return true;
}

void DrwSender::on_ack(TimePoint now, std::span<const std::uint16_t> indices,
                       std::vector<Bytes>& out, Complaints& complaints) {
  std::int64_t newest = -1;
  for (const auto index : indices) {
    const auto acked = unwrapped(index, next_);
    if (acked >= next_ || acked < first_) {
      complaints.push_back("ACK of " + index_name(channel_, index) + ", which was never sent");
      continue;
    }
    newest = std::max(newest, acked);
    const auto found = unacked_.find(acked);
    if (found == unacked_.end()) continue;
    if (found->second.overtaken_by_alive && found->second.sends == 1) {
      complaints.push_back("ALIVE came before the owed ACK of " + index_name(channel_, acked));
    }
    unacked_.erase(found);
  }
  for (auto& [index, chunk] : unacked_) {
    // The tick bounds the vendor's habit: ACKs that follow each other closely ask for one resend.
    if (index < newest && now - chunk.last_sent >= kResendTick) resend(now, chunk, out);
  }
  cut(now, out);
}

void DrwSender::on_time(TimePoint now, std::vector<Bytes>& out) {
  if (flush_at_ && *flush_at_ <= now) {
    flush_at_.reset();
    if (window_is_open() && !pending_.empty()) {
      send_chunk(now, std::min(pending_.size(), kDrwData), out);
    }
  }
  if (unacked_.empty()) return;
  Chunk& oldest = unacked_.begin()->second;
  if (now - oldest.last_sent < kResendAfter) return;
  if (++oldest.timed_resends > kMostTimedResends) has_given_up_ = true;
  resend(now, oldest, out);
}

std::optional<TimePoint> DrwSender::deadline() const {
  std::optional<TimePoint> due = flush_at_;
  if (!unacked_.empty()) {
    const TimePoint again = unacked_.begin()->second.last_sent + kResendAfter;
    due = due ? std::min(*due, again) : again;
  }
  return due;
}

void DrwSender::on_alive(TimePoint now, Duration grace, bool perfect, Complaints& complaints) {
  for (auto& [index, chunk] : unacked_) {
    if (now - chunk.first_sent <= grace || chunk.overtaken_by_alive) continue;
    chunk.overtaken_by_alive = true;
    if (!perfect) continue;
    complaints.push_back("ALIVE came while the ACK of " + index_name(channel_, index) + " is owed");
    chunk.sends = 2;  // said already: its late ACK is no second violation
  }
}

std::int64_t DrwSender::acknowledged() const {
  return unacked_.empty() ? cut_ : unacked_.begin()->second.begins_at;
}

void DrwSender::cut(TimePoint now, std::vector<Bytes>& out) {
  while (window_is_open() && pending_.size() >= kDrwData) send_chunk(now, kDrwData, out);
  if (pending_.empty()) {
    flush_at_.reset();
  } else if (window_is_open() && !flush_at_) {
    flush_at_ = now + kResendTick;
  }
}

void DrwSender::send_chunk(TimePoint now, std::size_t size, std::vector<Bytes>& out) {
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
  const Bytes data(pending_.begin(), end);
  pending_.erase(pending_.begin(), end);
  Chunk chunk;
  chunk.bytes = drw(channel_, static_cast<std::uint16_t>(next_ & 0xffff), data);
  chunk.begins_at = cut_;
  chunk.first_sent = now;
  resend(now, chunk, out);
  unacked_.emplace(next_, std::move(chunk));
  cut_ += static_cast<std::int64_t>(size);
  ++next_;
}

bool DrwSender::window_is_open() const {
  return unacked_.empty() || next_ - unacked_.begin()->first < kWindow;
}

void DrwSender::resend(TimePoint now, Chunk& chunk, std::vector<Bytes>& out) {
  chunk.last_sent = now;
  ++chunk.sends;
  out.push_back(chunk.bytes);
}

}  // namespace cam32100::independent
