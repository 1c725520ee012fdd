#include "bridge/core/supervisor_availability.hpp"

namespace cam32100::bridge {

bool Availability::seen(protocol::TimePoint now) {
  missing_since_.reset();
  last_seen_ = now;
  if (verdict_ == Verdict::online) return false;
  verdict_ = Verdict::online;
  return true;
}

bool Availability::missed(protocol::TimePoint now, protocol::Duration grace) {
  if (!missing_since_) missing_since_ = now;
  return on_time(now, grace);
}

bool Availability::on_time(protocol::TimePoint now, protocol::Duration grace) {
  if (!missing_since_ || verdict_ == Verdict::offline || now < *missing_since_ + grace)
    return false;
  verdict_ = Verdict::offline;
  return true;
}

std::optional<protocol::TimePoint> Availability::deadline(protocol::Duration grace) const {
  if (!missing_since_ || verdict_ == Verdict::offline) return std::nullopt;
  return *missing_since_ + grace;
}

}  // namespace cam32100::bridge
