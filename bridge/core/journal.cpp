#include "bridge/core/journal.hpp"

#include <algorithm>
#include <chrono>

#include "bridge/core/iso_time.hpp"
#include "bridge/core/json_text.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {
namespace {

std::string shortened(const std::string& uid) {
  if (uid.empty()) return {};
  const auto parsed = protocol::Uid::parse(uid);
  return parsed ? parsed->redacted() : std::string{};
}

}  // namespace

void Journal::write(const Moment& now, LogLevel level, std::string_view logger,
                    std::string_view uid, std::string_view message) {
  take(now, {level, std::string{logger}, std::string{uid}, protocol::redact_uids(message)});
}

void Journal::relay(const Moment& now, LogLevel level, std::string_view logger,
                    std::string_view message) {
  take(now, {level, std::string{logger}, {}, protocol::redact_uids(message), Reach::mqtt});
}

void Journal::take(const Moment& now, Line line) {
  const auto found = lately_.find(line);
  if (found != lately_.end() && now.steady - found->second.since < kWindow) {
    ++found->second.count;
    return;
  }
  if (found == lately_.end() && lately_.size() >= kMaxRemembered) forget_oldest(now);
  emit(now, line, found == lately_.end() ? 0 : found->second.count);
  lately_[std::move(line)] = {now.steady, 0};
}

void Journal::forget_oldest(const Moment& now) {
  const auto oldest = std::min_element(
      lately_.begin(), lately_.end(),
      [](const auto& a, const auto& b) { return a.second.since < b.second.since; });
  if (oldest->second.count > 0) emit(now, oldest->first, oldest->second.count);
  lately_.erase(oldest);
}

void Journal::emit(const Moment& now, const Line& line, std::uint64_t count) {
  if (!second_ || now.steady - *second_ >= std::chrono::seconds{1}) {
    second_ = now.steady;
    in_second_ = 0;
  }
  if (in_second_ >= kLinesPerSecond) {
    ++left_out_;
    return;
  }
  ++in_second_;
  put_out(now, line, count);
}

void Journal::put_out(const Moment& now, const Line& line, std::uint64_t count) {
  std::string message = line.message;
  if (count > 0) message += " (" + std::to_string(count) + " more times)";
  if (line.reach == Reach::both)
    ports_.log({line.level, line.logger, shortened(line.uid), message});
  if (line.level < level_ || !outbox_.is_live()) return;
  ObjectText text;
  text.add_text("ts", to_iso_text(now.wall));
  text.add_text("level", to_text(line.level));
  text.add_text("logger", line.logger);
  if (!line.uid.empty()) text.add_text("uid", line.uid);
  text.add_text("message", line.message);
  if (count > 0) text.add_number("count", static_cast<std::int64_t>(count));
  outbox_.send({.topic = topic_,
                .payload = std::move(text).take(),
                .qos = 0,
                .content_type = "application/json"});
}

void Journal::on_time(const Moment& now) {
  for (auto item = lately_.begin(); item != lately_.end();) {
    if (now.steady - item->second.since < kWindow) {
      ++item;
      continue;
    }
    if (item->second.count > 0) emit(now, item->first, item->second.count);
    item = lately_.erase(item);
  }
  if (left_out_ > 0 && second_ && now.steady - *second_ >= std::chrono::seconds{1}) {
    const auto left_out = std::exchange(left_out_, 0);
    emit(now,
         {LogLevel::warning, "bridge", {}, std::to_string(left_out) + " log lines were left out"},
         0);
  }
}

std::optional<protocol::TimePoint> Journal::deadline() const {
  std::optional<protocol::TimePoint> first;
  const auto consider = [&first](protocol::TimePoint when) {
    if (!first || when < *first) first = when;
  };
  for (const auto& [line, repeats] : lately_) {
    if (repeats.count > 0) consider(repeats.since + kWindow);
  }
  if (left_out_ > 0 && second_) consider(*second_ + std::chrono::seconds{1});
  return first;
}

}  // namespace cam32100::bridge
