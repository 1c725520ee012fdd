#pragma once

#include <cstdint>
#include <vector>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// A queue of bytes in one block that doubles when it must and is never given back: no allocation
// once it has seen its largest load. Its owner keeps the cap.
class ByteRing {
 public:
  void push(BytesView bytes);
  void pop(std::size_t count) noexcept;  // count <= size()
  // `count` bytes from `offset`, in at most two pieces. offset + count <= size().
  struct Pieces {
    BytesView first, second;
  };
  [[nodiscard]] Pieces peek(std::size_t offset, std::size_t count) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  void grow(std::size_t needed);

  Bytes block_;  // its size is a power of two, or zero
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

// The same for packet indices.
class IndexRing {
 public:
  void push(std::uint16_t index);
  std::uint16_t pop() noexcept;  // the oldest; not when empty
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  std::vector<std::uint16_t> block_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace cam32100::protocol
