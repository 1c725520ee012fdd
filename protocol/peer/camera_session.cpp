#include "protocol/peer/camera_session.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::protocol {
namespace {

using std::chrono::milliseconds;
constexpr unsigned kFirstReadies = 4;
constexpr Duration kReadySpacing{milliseconds{10}};
constexpr Duration kReadyRepeat{milliseconds{250}};
constexpr Duration kAliveInterval{std::chrono::seconds{1}};
constexpr unsigned kMaxAliveAcks = 16;    // beyond: not answered; one answer says as much
constexpr unsigned kMostUnanswered = 11;  // ALIVE: VStarcam expects one answer in about 11
constexpr Duration kGapPatience{std::chrono::seconds{5}};  // longer than honest resends take
constexpr std::size_t kPassOn = 16 * kMaxDrwData;          // bytes given to the channel at a time

}  // namespace

CameraSession::CameraSession(TimePoint now, const Address& client,
                             const CameraSessionConfig& config)
    : config_{config},
      client_{client},
      stream_{config.pictures, config.stream_interval},
      last_heard_{now},
      alive_due_{now + config.first_alive} {
  punch_again(now);
}

void CameraSession::punch_again(TimePoint now) {
  heard(now);
  if (!config_.says_ready) return;
  if (ready_due_ && ready_sent_ < kFirstReadies) return;  // the first four are on their way
  ready_waiting_ = 1;
  ready_sent_ = 1;
  ready_due_ = now + kReadySpacing;
}

void CameraSession::on_traffic(TimePoint now) noexcept {
  heard(now);
  ready_due_.reset();
}

Channel& CameraSession::channel(std::uint8_t id) {
  auto& place = channels_.at(id);  // decode() refuses channels of 8 and above
  if (!place) {
    ChannelConfig config = config_.channel;
    if (id == kVideoChannel) {
      // Any of its pictures finds room sooner or later.
      const std::size_t needed = stream_.channel_bytes(config.window);
      config.max_queued_bytes = std::max(config.max_queued_bytes, needed);
    }
    place = std::make_unique<Channel>(id, config);
  }
  return *place;
}

void CameraSession::on_drw(TimePoint now, const Drw& drw) {
  Channel& from = channel(drw.channel);
  const bool commands = drw.channel == 0;
  if (from.on_drw(now, drw) != Channel::Received::in_order) return;
  if (commands) requests_.on_packet(drw.data);
  while (const auto more = from.next_in_order()) {
    if (commands) requests_.on_packet(*more);
  }
}

void CameraSession::on_ack(TimePoint now, const DrwAck& ack) {
  if (config_.strict && ack.inner_magic != kDrwMagic) return hold_against(StrictRule::ack_magic);
  channel(ack.channel).on_ack(now, ack);
}

void CameraSession::hold_against(StrictRule rule) {
  if (held_against_.insert(rule).second) breaches_.push_back(rule);
}

std::optional<StrictRule> CameraSession::take_breach() {
  if (breaches_.empty()) return std::nullopt;
  const StrictRule first = breaches_.front();
  breaches_.pop_front();
  return first;
}

// Once a second, before the next ALIVE.
void CameraSession::judge(TimePoint now) {
  if (alive_unanswered_ >= kMostUnanswered && end_ == End::none) {
    hold_against(StrictRule::alive_answered);
    end_ = End::given_up;
  }
  const auto& commands = channels_.front();
  if (!commands || commands->reorder_bytes() == 0) return gap_since_.reset();
  if (!gap_since_) gap_since_ = now;
  if (now - *gap_since_ >= kGapPatience) hold_against(StrictRule::missing_request);
}

void CameraSession::on_message(TimePoint now, const Message& message) {
  if (std::holds_alternative<Close>(message)) {
    end_ = End::by_client;
  } else if (std::holds_alternative<Alive>(message)) {
    on_traffic(now);
    alive_acks_waiting_ = std::min(alive_acks_waiting_ + 1, kMaxAliveAcks);
  } else if (std::holds_alternative<AliveAck>(message)) {
    on_traffic(now);
    alive_unanswered_ = 0;
  } else if (const auto* drw = std::get_if<Drw>(&message)) {
    on_traffic(now);
    on_drw(now, *drw);
  } else if (const auto* ack = std::get_if<DrwAck>(&message)) {
    on_traffic(now);
    on_ack(now, *ack);
  } else {
    heard(now);
  }
}

void CameraSession::on_time(TimePoint now) {
  if (ready_due_ && now >= *ready_due_) {
    ready_waiting_ = 1;
    ++ready_sent_;
    ready_due_ = now + (ready_sent_ < kFirstReadies ? kReadySpacing : kReadyRepeat);
  }
  if (now >= alive_due_) {
    if (config_.strict) judge(now);
    alive_waiting_ = true;
    alive_due_ = now + kAliveInterval;
  }
  bool failed = false;
  for (const auto& each : channels_) {
    if (!each) continue;
    each->on_time(now);
    failed = failed || each->failed();
  }
  feed_stream(now);
  if (end_ == End::none && (failed || now - last_heard_ >= config_.silence_timeout)) {
    end_ = End::given_up;
  }
}

std::optional<TimePoint> CameraSession::deadline() const {
  std::optional<TimePoint> next = last_heard_ + config_.silence_timeout;
  earliest(next, alive_due_);
  earliest(next, ready_due_);
  earliest(next, stream_.deadline());
  for (const auto& each : channels_) {
    if (each) earliest(next, each->deadline());
  }
  return next;
}

void CameraSession::reply(Bytes block) {
  if (block.size() > kMaxReplies - reply_bytes_) {
    ++dropped_replies_;
    return;
  }
  reply_bytes_ += block.size();
  replies_.push_back(std::move(block));
}

// A picture may be larger than the channel's queue: it is handed over as room comes.
void CameraSession::pass_replies_on() {
  while (!replies_.empty()) {
    const BytesView rest = BytesView{replies_.front()}.subspan(passed_on_);
    const BytesView part = rest.first(std::min(rest.size(), kPassOn));
    if (!channel(0).send(part)) return;
    passed_on_ += part.size();
    reply_bytes_ -= part.size();
    if (part.size() < rest.size()) continue;
    replies_.pop_front();
    passed_on_ = 0;
  }
}

void CameraSession::start_stream(TimePoint now, Duration clock_ahead) {
  stream_.start(now, clock_ahead);
}

void CameraSession::feed_stream(TimePoint now) {
  if (stream_.is_due(now)) stream_.feed(now, channel(kVideoChannel));
}

std::optional<std::size_t> CameraSession::next_control(MutableBytesView out) {
  const auto written = [&](const Message& message) -> std::optional<std::size_t> {
    const auto size = encode(message, out);
    if (!size) return std::nullopt;
    return *size;
  };
  if (ready_waiting_ > 0) {
    --ready_waiting_;
    return written(P2pRdy{.uid = config_.uid});
  }
  if (alive_acks_waiting_ > 0) {
    --alive_acks_waiting_;
    return written(AliveAck{});
  }
  return std::nullopt;
}

std::optional<std::size_t> CameraSession::next_plain(TimePoint now, MutableBytesView out) {
  if (auto size = next_control(out)) return size;
  for (const auto& each : channels_) {
    if (!each) continue;
    if (auto size = each->take_ack(out)) return size;
  }
  if (!replies_.empty()) pass_replies_on();
  feed_stream(now);
  for (const auto& each : channels_) {
    if (!each) continue;
    if (auto size = each->take_drw(now, out)) return size;
  }
  if (!std::exchange(alive_waiting_, false)) return std::nullopt;
  const auto size = encode(Alive{}, out);
  if (!size) return std::nullopt;
  ++alive_unanswered_;
  return *size;
}

bool CameraSession::take_datagram(TimePoint now, Datagram& out) {
  const auto size = next_plain(now, out.bytes);
  if (!size) return false;
  out.to = client_;
  out.size = *size;
  config_.cipher.encrypt(MutableBytesView{out.bytes}.first(*size));
  return true;
}

}  // namespace cam32100::protocol
