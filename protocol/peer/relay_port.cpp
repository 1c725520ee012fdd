#include "protocol/peer/relay_port.hpp"

#include <algorithm>
#include <utility>

#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxWaiting = 256;  // datagrams: more than a driver takes in at a time

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
    : config_{config}, all_{all}, own_{now, config_.limits.session_bytes_per_s}, last_{now} {}

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

void RelayPort::pass_on(TimePoint now, const Address& to, BytesView datagram) {
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
  if (is_open() && from == *client_) return pass_on(now, *device_, datagram);
  if (is_open() && from == *device_) return pass_on(now, *client_, datagram);
  ++counters_.strangers;
}

void RelayPort::on_time(TimePoint now) {
  const Duration allowed = is_open() ? config_.limits.idle_time : config_.limits.opening_time;
  if (now >= last_ + allowed) over_ = true;
}

std::optional<TimePoint> RelayPort::deadline() const {
  if (over_) return std::nullopt;
  return last_ + (is_open() ? config_.limits.idle_time : config_.limits.opening_time);
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
