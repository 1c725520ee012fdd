#include "bridge/core/dedup_cache.hpp"

#include <utility>

namespace cam32100::bridge {

std::string DedupCache::key(const std::string& uid, const std::string& command,
                            const std::string& id) {
  // NUL can stand in no topic and in no UID, so no two triples give the same key.
  std::string key = uid;
  key += '\0';
  key += command;
  key += '\0';
  key += id;
  return key;
}

void DedupCache::running(const std::string& key, std::uint64_t request) { running_[key] = request; }

std::optional<std::uint64_t> DedupCache::find_running(const std::string& key) const {
  const auto found = running_.find(key);
  if (found == running_.end()) return std::nullopt;
  return found->second;
}

void DedupCache::forget_running(const std::string& key) { running_.erase(key); }

void DedupCache::answered(protocol::TimePoint now, const std::string& key, std::string envelope) {
  running_.erase(key);
  expire(now);
  const std::size_t size = key.size() + envelope.size();
  if (size > kMaxBytes || answers_.contains(key)) return;
  while (answers_.size() >= kMaxEntries || bytes_ + size > kMaxBytes) drop_oldest();
  answers_.emplace(key, std::move(envelope));
  order_.push_back({now, key});
  bytes_ += size;
}

const std::string* DedupCache::find_answer(protocol::TimePoint now, const std::string& key) {
  expire(now);
  const auto found = answers_.find(key);
  return found == answers_.end() ? nullptr : &found->second;
}

void DedupCache::drop_oldest() {
  const auto found = answers_.find(order_.front().key);
  bytes_ -= found->first.size() + found->second.size();
  answers_.erase(found);
  order_.pop_front();
}

void DedupCache::expire(protocol::TimePoint now) {
  while (!order_.empty() && now - order_.front().since >= kKept) drop_oldest();
}

}  // namespace cam32100::bridge
