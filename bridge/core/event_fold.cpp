#include "bridge/core/event_fold.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace cam32100::bridge {
namespace {

constexpr std::array<std::string_view, 8> kFolded{
    "ping", "pong", "ack", "http", "video", "audio", "unknown_message", "unknown_sender"};

std::uint64_t count_of(const nlohmann::json& fields) {
  const auto count = fields.find("count");
  return count != fields.end() && count->is_number_unsigned() ? count->get<std::uint64_t>() : 1;
}

}  // namespace

bool EventFold::folds(const std::string& type) noexcept {
  return std::find(kFolded.begin(), kFolded.end(), type) != kFolded.end();
}

std::optional<EventFold::Folded> EventFold::add(protocol::TimePoint now, const std::string& type,
                                                nlohmann::json fields) {
  if (!fields.is_object()) fields = nlohmann::json::object();
  auto& waiting = types_[type];
  waiting.count += count_of(fields);
  waiting.fields = std::move(fields);
  if (now < waiting.next) return std::nullopt;
  waiting.next = now + kInterval;
  Folded out{type, std::move(waiting.fields)};
  out.fields["count"] = std::exchange(waiting.count, 0);
  return out;
}

std::vector<EventFold::Folded> EventFold::on_time(protocol::TimePoint now) {
  std::vector<Folded> due;
  for (auto& [type, waiting] : types_) {
    if (waiting.count == 0 || now < waiting.next) continue;
    waiting.next = now + kInterval;
    due.push_back({type, std::move(waiting.fields)});
    due.back().fields["count"] = std::exchange(waiting.count, 0);
  }
  return due;
}

std::optional<protocol::TimePoint> EventFold::deadline() const {
  std::optional<protocol::TimePoint> first;
  for (const auto& [type, waiting] : types_) {
    if (waiting.count > 0 && (!first || waiting.next < *first)) first = waiting.next;
  }
  return first;
}

}  // namespace cam32100::bridge
