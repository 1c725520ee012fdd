#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace cam32100::protocol {

// What waits to be taken, oldest first. Unlike std::deque, which holds half a kilobyte from its
// birth on, an empty one holds no memory: thousands of sessions have several each, and hardly ever
// anything in them. Its owner keeps the cap.
template <class T>
class Fifo {
 public:
  void push(T item) {
    if (items_.size() == items_.capacity()) make_room();
    items_.push_back(std::move(item));
  }
  [[nodiscard]] std::optional<T> take() {
    if (empty()) return std::nullopt;
    std::optional<T> oldest{std::move(items_[taken_++])};
    if (empty()) clear();
    return oldest;
  }
  template <class Predicate>
  auto find_if(Predicate matches) {
    auto each = begin();
    while (each != end() && !matches(*each)) ++each;
    return each;
  }
  // The gap is closed from the front: who has to go is mostly the oldest of its kind.
  void erase(typename std::vector<T>::iterator place) {
    std::move_backward(begin(), place, std::next(place));
    ++taken_;
    if (empty()) clear();
  }
  template <class Predicate>
  void erase_if(Predicate matches) {
    drop_taken();
    std::erase_if(items_, matches);
  }
  void clear() noexcept {
    std::vector<T>{}.swap(items_);
    taken_ = 0;
  }

  [[nodiscard]] std::size_t size() const noexcept { return items_.size() - taken_; }
  [[nodiscard]] bool empty() const noexcept { return taken_ == items_.size(); }
  [[nodiscard]] auto begin() noexcept { return std::next(items_.begin(), offset()); }
  [[nodiscard]] auto end() noexcept { return items_.end(); }

 private:
  static constexpr std::size_t kFirst = 4;

  [[nodiscard]] std::ptrdiff_t offset() const noexcept {
    return static_cast<std::ptrdiff_t>(taken_);
  }
  void drop_taken() {
    items_.erase(items_.begin(), begin());
    taken_ = 0;
  }
  // Those that were taken make room before memory does, once they are the half: each item is moved
  // a bounded number of times.
  void make_room() {
    if (taken_ > 0 && taken_ >= items_.size() / 2) return drop_taken();
    items_.reserve(items_.empty() ? kFirst : 2 * items_.size());
  }

  std::vector<T> items_;
  std::size_t taken_ = 0;  // of the front
};

}  // namespace cam32100::protocol
