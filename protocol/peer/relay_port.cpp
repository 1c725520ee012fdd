#include "protocol/peer/relay_port.hpp"

#include <algorithm>
#include <utility>

#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxWaiting = 256;  // datagrams: more than a driver takes in at a time
constexpr Duration kParting{std::chrono::seconds{2}};  // CLOSE is repeated, and answered
constexpr std::size_t kHeaderBytes = 4;                // all of CLOSE and of CLOSE_ACK

// CLOSE or CLOSE_ACK of a session under a key that is known; under others it is not seen.
bool is_goodbye(BytesView datagram) {
  if (datagram.size() != kHeaderBytes) return false;
  static const std::vector<Bytes> goodbyes = [] {
    std::vector<Bytes> out;
    for (const KnownPsk& known : known_psks()) {
      for (const Message& message : {Message{Close{}}, Message{CloseAck{}}}) {
        Datagram sealed;
        if (!seal(message, cipher_of(known.psk), {}, sealed)) continue;
        out.emplace_back(sealed.view().begin(), sealed.view().end());
      }
    }
    return out;
  }();
  return std::any_of(goodbyes.begin(), goodbyes.end(), [datagram](const Bytes& goodbye) {
    return std::equal(goodbye.begin(), goodbye.end(), datagram.begin(), datagram.end());
  });
}

}  // namespace

bool ByteBudget::take(TimePoint now, std::size_t bytes) {
  const std::chrono::duration<double> passed = now - filled_;
  filled_ = now;
  const auto most = static_cast<double>(per_second_);
  tokens_ = std::min(tokens_ + passed.count() * most, most);
  const auto wanted = static_cast<double>(bytes);
  if (tokens_ < wanted) return false;
  tokens_ -= wanted;
  return true;
}

RelayPort::RelayPort(TimePoint now, Config config, ByteBudget& all)
    : config_{std::move(config)},
      all_{all},
      own_{now, config_.limits.session_bytes_per_s},
      last_{now} {}

void RelayPort::tell_ready(const Address& to, const Cipher& form) {
  if (waiting_.size() >= kMaxWaiting) return;  // RLY_PKT is repeated
  Datagram sealed;
  if (!seal(RlyRdy{*uid_, {}}, form, to, sealed)) return;
  waiting_.push_back({to, Bytes(sealed.view().begin(), sealed.view().end())});
}

// True: it was RLY_PKT with our word, whoever it came from.
bool RelayPort::on_arrival(TimePoint now, const Address& from, BytesView datagram) {
  if (datagram.size() > kLongestGreeting) return false;
  OpeningSpace space;
  auto packet = open(datagram, config_.cipher, space);
  const bool is_plain = !packet;
  if (is_plain) packet = open(datagram, Cipher{}, space);
  const auto* arrival = packet ? std::get_if<RlyPkt>(&packet->message) : nullptr;
  if (arrival == nullptr || arrival->magic_word != config_.word) return false;
  if (uid_ && *uid_ != arrival->uid) return false;
  uid_ = arrival->uid;
  admitted_ = admitted_ || (config_.admits && config_.admits(*uid_));
  const bool is_device = arrival->is_device != 0;
  auto& place = is_device ? device_ : client_;
  const auto& other = is_device ? client_ : device_;
  if (other == from) return true;  // nobody is both sides
  const bool fresh = place != from;
  place = from;
  const Cipher& form = (is_device ? device_form_ : client_form_) =
      is_plain ? Cipher{} : config_.cipher;
  if (!is_open()) return true;
  if (fresh) {
    last_ = now;
    tell_ready(*other, is_device ? client_form_ : device_form_);
  }
  tell_ready(from, form);
  return true;
}

// Whatever the other side still sends, who said goodbye and nothing after it wants no more.
void RelayPort::note_goodbye(TimePoint now, const Address& from, BytesView datagram) {
  if (!is_goodbye(datagram)) {
    if (left_by_ == from) left_by_.reset();
  } else if (!left_by_) {
    left_by_ = from;
    left_at_ = now;
  }
}

TimePoint RelayPort::end() const {
  const auto& limits = config_.limits;
  const Duration opening =
      uid_ ? limits.opening_time : std::min(limits.opening_time, limits.unclaimed_time);
  const TimePoint silent = last_ + (is_open() ? limits.idle_time : opening);
  return left_by_ ? std::min(silent, left_at_ + kParting) : silent;
}

void RelayPort::pass_on(TimePoint now, const Address& from, BytesView datagram) {
  const Address& to = from == *client_ ? *device_ : *client_;
  note_goodbye(now, from, datagram);
  if (datagram.size() > kMaxDatagramBytes || waiting_.size() >= kMaxWaiting) {
    ++counters_.over_queue;
    return;
  }
  if (!own_.take(now, datagram.size()) || !all_.take(now, datagram.size())) {
    ++counters_.over_budget;
    return;
  }
  last_ = now;
  ++counters_.datagrams;
  counters_.bytes += datagram.size();
  Bytes bytes;
  if (!spare_.empty()) {
    bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  bytes.assign(datagram.begin(), datagram.end());
  waiting_.push_back({to, std::move(bytes)});
}

void RelayPort::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  if (over_ || !from.is_usable()) return;
  if (on_arrival(now, from, datagram)) return;
  if (is_open() && (from == *client_ || from == *device_)) return pass_on(now, from, datagram);
  ++counters_.strangers;
}

void RelayPort::on_time(TimePoint now) {
  if (now >= end()) over_ = true;
}

std::optional<TimePoint> RelayPort::deadline() const {
  if (over_) return std::nullopt;
  return end();
}

bool RelayPort::take_datagram(TimePoint /*now*/, Datagram& out) {
  if (over_ || waiting_.empty()) return false;
  Waiting& next = waiting_.front();
  out.to = next.to;
  out.size = next.bytes.size();
  std::copy(next.bytes.begin(), next.bytes.end(), out.bytes.begin());
  if (spare_.size() < kMaxWaiting) spare_.push_back(std::move(next.bytes));
  waiting_.pop_front();
  return true;
}

}  // namespace cam32100::protocol
