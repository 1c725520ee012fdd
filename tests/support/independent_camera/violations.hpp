#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace cam32100::independent {

using Complaints = std::vector<std::string>;

// The record of what a client did wrong. Bounded: what comes after the limit is only counted.
class Violations {
 public:
  static constexpr std::size_t kLimit = 200;

  void add(const std::string& who, const std::string& what) {
    if (list_.size() < kLimit) {
      list_.push_back(who + ": " + what);
    } else {
      ++dropped_;
    }
  }

  [[nodiscard]] const Complaints& list() const { return list_; }
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  Complaints list_;
  std::size_t dropped_ = 0;
};

}  // namespace cam32100::independent
