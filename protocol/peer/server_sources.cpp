#include "protocol/peer/server_sources.hpp"

#include <algorithm>

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMostCredit = 4096;  // bytes; nobody saves up for a burst
constexpr Duration kProvenFor{std::chrono::minutes{10}};
constexpr double kBurst = 2;
// However slow the rate is, a question can be saved up for.
constexpr double kLeastBurst = 1;
constexpr double kSecondsPerMinute = 60;

}  // namespace

ServerSources::Source& ServerSources::source(TimePoint now, const Address& from) {
  const auto found = sources_.find(from.ip);
  if (found != sources_.end()) {
    by_use_.splice(by_use_.end(), by_use_, found->second.place);
    return found->second;
  }
  if (sources_.size() >= std::max<std::size_t>(limits_.max_sources, 1)) {
    sources_.erase(by_use_.front());
    by_use_.pop_front();
  }
  Source fresh;
  fresh.questions = {std::max(limits_.lookups_per_s * kBurst, kLeastBurst), now};
  fresh.unknown = {std::max(limits_.unknown_per_min, kLeastBurst), now};
  fresh.new_devices = {std::max(limits_.new_devices_per_min * kBurst, kLeastBurst), now};
  fresh.proven_until = now;
  fresh.place = by_use_.insert(by_use_.end(), from.ip);
  return sources_.emplace(from.ip, fresh).first->second;
}

void ServerSources::on_received(TimePoint now, const Address& from, std::size_t bytes) {
  Source& it = source(now, from);
  it.credit = std::min(it.credit + bytes, kMostCredit);
}

bool ServerSources::may_answer(TimePoint now, const Address& to, std::size_t bytes) {
  if (limits_.trust_private && to.is_private()) return true;
  Source& it = source(now, to);
  if (now < it.proven_until) return true;
  if (it.credit < bytes) return false;
  it.credit -= bytes;
  return true;
}

bool ServerSources::take(Bucket& bucket, TimePoint now, double per_second, double most) {
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.filled = now;
  bucket.tokens = std::min(bucket.tokens + passed.count() * per_second, most);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

bool ServerSources::may_ask(TimePoint now, const Address& from) {
  return take(source(now, from).questions, now, limits_.lookups_per_s,
              std::max(limits_.lookups_per_s * kBurst, kLeastBurst));
}

bool ServerSources::may_ask_unknown(TimePoint now, const Address& from) {
  return take(source(now, from).unknown, now, limits_.unknown_per_min / kSecondsPerMinute,
              std::max(limits_.unknown_per_min, kLeastBurst));
}

bool ServerSources::may_add_device(TimePoint now, const Address& from, std::size_t there) {
  if (limits_.trust_private && from.is_private()) return true;
  return there < limits_.devices &&
         take(source(now, from).new_devices, now, limits_.new_devices_per_min / kSecondsPerMinute,
              std::max(limits_.new_devices_per_min * kBurst, kLeastBurst));
}

void ServerSources::prove(TimePoint now, const Address& from) {
  source(now, from).proven_until = now + kProvenFor;
}

}  // namespace cam32100::protocol
