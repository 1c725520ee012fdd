#include "tests/support/independent_camera/camera_session.hpp"

#include <algorithm>
#include <chrono>

namespace cam32100::independent {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kReadySpacing{10};
constexpr seconds kReadyAgain{1};  // until the client is heard
constexpr seconds kPingInterval{1};
constexpr seconds kSilenceLimit{10};
constexpr seconds kPongLimit{3};    // judged on a perfect network only
constexpr seconds kBlockLimit{10};  // a request block must be complete by then
constexpr milliseconds kHastyAlive{200};
constexpr int kHastyAliveLimit = 8;  // four P2P_RDY may each bring one ALIVE within 30 ms
// Where ALIVEs are lost and doubled, the camera goes on with P2P_RDY and hears some twice.
constexpr int kHastyAliveLimitOnABadNetwork = 24;
constexpr std::size_t kMostReplyEnds = 256;

std::array<DrwReceiver, kChannels> receivers_from(std::int64_t first) {
  return {DrwReceiver{0, first}, DrwReceiver{1, first}, DrwReceiver{2, first},
          DrwReceiver{3, first}, DrwReceiver{4, first}, DrwReceiver{5, first},
          DrwReceiver{6, first}, DrwReceiver{7, first}};
}

}  // namespace

CameraSession::CameraSession(TimePoint now, const Address& client,
                             const testing::IndependentCameraConfig& config, CgiDevice& device,
                             Violations& violations)
    : client_{client},
      config_{config},
      device_{device},
      violations_{violations},
      ready_{message(Type::p2p_rdy, uid_bytes(config.uid))},
      heard_at_{now},
      ready_at_{now},
      ping_at_{now + kPingInterval},
      sender_{0, config.first_index},
      receivers_{receivers_from(config.first_index)} {}

void CameraSession::on_ready_asked(TimePoint now, int repeats) {
  heard_at_ = now;
  ready_at_ = now;
  ready_left_ = has_traffic_ ? 1 : repeats;
  keep_saying_ready(now);
}

void CameraSession::on_message(TimePoint now, const Message& message) {
  heard_at_ = now;
  has_traffic_ = true;
  const bool is_bare = message.payload.empty();
  switch (message.type) {
    case Type::drw:
      on_drw(now, message.payload);
      break;
    case Type::drw_ack:
      on_drw_ack(now, message.payload);
      break;
    case Type::alive:
      if (!is_bare) complain("ALIVE carries a payload");
      on_alive(now);
      break;
    case Type::alive_ack:
      if (!is_bare) complain("ALIVE_ACK carries a payload");
      on_alive_ack();
      break;
    case Type::close:
      if (!is_bare) complain("CLOSE carries a payload");
      is_over_ = true;  // and is not answered
      break;
    default:
      break;
  }
}

void CameraSession::on_time(TimePoint now) {
  if (now - heard_at_ >= kSilenceLimit) return close();
  keep_saying_ready(now);
  ping(now);
  if (is_over_) return;
  Complaints complaints;
  for (auto& receiver : receivers_) {
    receiver.on_time(now, complaints);
    if (auto ack = receiver.take_ack(now)) outbox_.push_back(std::move(*ack));
  }
  sender_.on_time(now, outbox_);
  if (block_is_late_at_ && *block_is_late_at_ <= now) {
    complaints.push_back("request block was never completed: its length is wrong");
    reader_.forget();
    block_is_late_at_.reset();
  }
  complain(complaints);
  if (sender_.has_given_up()) {
    complain("a chunk was never acknowledged although the client is alive");
    close();
  }
}

void CameraSession::close() {
  if (has_traffic_) outbox_.push_back(message(Type::close));
  is_over_ = true;
}

TimePoint CameraSession::deadline() const {
  TimePoint due = std::min(heard_at_ + kSilenceLimit, has_traffic_ ? ping_at_ : ready_at_);
  const auto add = [&due](const std::optional<TimePoint>& other) {
    if (other) due = std::min(due, *other);
  };
  if (ready_left_ > 0) add(ready_at_);
  add(pong_is_late_at_);
  add(block_is_late_at_);
  add(sender_.deadline());
  for (const auto& receiver : receivers_) add(receiver.deadline());
  return due;
}

void CameraSession::on_drw(TimePoint now, BytesView payload) {
  ping_at_ = now + kPingInterval;
  const unsigned inner = u8_at(payload, 0);
  const std::size_t channel = u8_at(payload, 1);
  if (payload.size() < 5) return complain("DRW without data");
  if (inner != kDrwInner) return complain("DRW inner byte is " + hex_byte(inner) + ", not d1");
  if (channel >= kChannels) {
    complain("DRW on channel " + std::to_string(channel));
    return close();
  }
  const BytesView data = payload.subspan(4);
  if (data.size() > kDrwData) {
    complain("DRW of " + std::to_string(data.size()) + " data bytes, most is 1024");
  }
  Complaints complaints;
  Bytes delivered;
  DrwReceiver& receiver = receivers_[channel];
  receiver.accept(now, u16_be_at(payload, 2), data, delivered, complaints);
  if (auto ack = receiver.take_ack(now)) outbox_.push_back(std::move(*ack));
  if (channel == 0 && !delivered.empty()) {
    for (const auto& text : reader_.feed(delivered, complaints)) execute(now, text);
    block_is_late_at_.reset();
    if (reader_.is_inside_block()) block_is_late_at_ = now + kBlockLimit;
  }
  complain(complaints);
}

void CameraSession::on_drw_ack(TimePoint now, BytesView payload) {
  ping_at_ = now + kPingInterval;
  const unsigned inner = u8_at(payload, 0);
  const std::size_t channel = u8_at(payload, 1);
  const std::size_t count = u16_be_at(payload, 2);
  if (inner != kDrwInner) return complain("ACK inner byte is " + hex_byte(inner) + ", not d1");
  if (channel >= kChannels) return complain("ACK on channel " + std::to_string(channel));
  if (count == 0) return complain("ACK of nothing");
  if (count > kAckIndices) {
    return complain("ACK of " + std::to_string(count) + " indices, most is 82");
  }
  if (payload.size() < 4 + 2 * count) return complain("ACK count runs past its bytes");
  std::vector<std::uint16_t> indices;
  for (std::size_t i = 0; i < count; ++i) indices.push_back(u16_be_at(payload, 4 + 2 * i));
  if (channel != 0) {
    return complain("ACK of index " + std::to_string(indices.front()) + " of channel " +
                    std::to_string(channel) + ", which was never sent");
  }
  Complaints complaints;
  sender_.on_ack(now, indices, outbox_, complaints);
  complain(complaints);
}

void CameraSession::on_alive(TimePoint now) {
  outbox_.push_back(message(Type::alive_ack));
  Complaints complaints;
  sender_.on_alive(now, config_.owed_ack_grace, config_.network_is_perfect, complaints);
  complain(complaints);
  const bool is_hasty = alive_at_ && now - *alive_at_ < kHastyAlive;
  alive_at_ = now;
  hasty_alives_ = is_hasty ? hasty_alives_ + 1 : 0;
  const int limit = config_.network_is_perfect ? kHastyAliveLimit : kHastyAliveLimitOnABadNetwork;
  if (hasty_alives_ == limit) complain("ALIVE again and again: is ALIVE_ACK answered?");
}

void CameraSession::on_alive_ack() {
  ++pongs_;
  unanswered_ = 0;
  pong_is_late_at_.reset();
  const auto surplus = pongs_ - pings_;
  // A network that doubles datagrams explains some surplus, but not half as many again.
  const auto tolerated = config_.network_is_perfect ? 0 : 3 + pings_ / 2;
  if (surplus == tolerated + 1) complain("ALIVE_ACK without an ALIVE before it");
}

void CameraSession::execute(TimePoint now, const std::string& text) {
  if (const auto complaint = request_complaint(text); !complaint.empty()) complain(complaint);
  if (config_.flags_repeated_requests) judge_repetition(text);
  const auto reply = device_.execute(text);
  if (!reply) return;
  if (!sender_.write(now, *reply, outbox_)) return complain("replies pile up unacknowledged");
  if (reply_ends_.size() >= kMostReplyEnds) reply_ends_.clear();
  reply_ends_[text] = sender_.written();
}

void CameraSession::judge_repetition(const std::string& text) const {
  const auto before = reply_ends_.find(text);
  if (before == reply_ends_.end() || before->second <= sender_.acknowledged()) return;
  complain("the same request came again under a new index before its reply was acknowledged");
}

void CameraSession::ping(TimePoint now) {
  if (pong_is_late_at_ && *pong_is_late_at_ <= now) {
    complain("ALIVE was not answered within 3 s");
    pong_is_late_at_.reset();
  }
  if (!has_traffic_ || now < ping_at_) return;
  if (unanswered_ >= config_.unanswered_alive_limit) {
    complain(std::to_string(unanswered_) + " ALIVEs in a row were not answered");
    return close();
  }
  outbox_.push_back(message(Type::alive));
  ping_at_ = now + kPingInterval;
  ++pings_;
  if (++unanswered_ == 1 && config_.network_is_perfect) pong_is_late_at_ = now + kPongLimit;
}

void CameraSession::keep_saying_ready(TimePoint now) {
  const bool is_due = ready_at_ <= now && (ready_left_ > 0 || !has_traffic_);
  if (!is_due) return;
  outbox_.push_back(ready_);
  ready_left_ = std::max(0, ready_left_ - 1);
  ready_at_ = now + (ready_left_ > 0 ? milliseconds{kReadySpacing} : milliseconds{kReadyAgain});
}

void CameraSession::complain(const std::string& what) const {
  violations_.add(address_text(client_), what);
}

void CameraSession::complain(const Complaints& complaints) const {
  for (const auto& what : complaints) complain(what);
}

}  // namespace cam32100::independent
