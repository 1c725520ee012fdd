#include "protocol/transport/byte_ring.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace cam32100::protocol {

namespace {

constexpr std::size_t kFirstBlockBytes = 256;  // one request
constexpr std::size_t kFirstBlockIndices = 16;

}  // namespace

void ByteRing::grow(std::size_t needed) {
  Bytes larger(std::max(kFirstBlockBytes, std::bit_ceil(needed)));
  const Pieces all = peek(0, size_);
  const auto middle = std::copy(all.first.begin(), all.first.end(), larger.begin());
  std::copy(all.second.begin(), all.second.end(), middle);
  block_ = std::move(larger);
  head_ = 0;
}

void ByteRing::push(BytesView bytes) {
  if (bytes.empty()) return;
  if (size_ + bytes.size() > block_.size()) grow(size_ + bytes.size());
  const std::size_t start = (head_ + size_) & (block_.size() - 1);
  const std::size_t until_end = std::min(bytes.size(), block_.size() - start);
  std::copy_n(bytes.begin(), until_end, block_.begin() + static_cast<std::ptrdiff_t>(start));
  const BytesView wrapped = bytes.subspan(until_end);
  std::copy(wrapped.begin(), wrapped.end(), block_.begin());
  size_ += bytes.size();
}

void ByteRing::pop(std::size_t count) noexcept {
  assert(count <= size_);
  size_ -= count;
  head_ = size_ == 0 ? 0 : (head_ + count) & (block_.size() - 1);
}

ByteRing::Pieces ByteRing::peek(std::size_t offset, std::size_t count) const noexcept {
  assert(offset + count <= size_);
  if (count == 0) return {};
  const BytesView block{block_};
  const std::size_t start = (head_ + offset) & (block_.size() - 1);
  const std::size_t until_end = std::min(count, block_.size() - start);
  return {block.subspan(start, until_end), block.first(count - until_end)};
}

void IndexRing::push(std::uint16_t index) {
  if (size_ == block_.size()) {
    std::vector<std::uint16_t> larger(std::max(kFirstBlockIndices, 2 * block_.size()));
    for (std::size_t i = 0; i < size_; ++i) larger[i] = block_[(head_ + i) & (block_.size() - 1)];
    block_ = std::move(larger);
    head_ = 0;
  }
  block_[(head_ + size_) & (block_.size() - 1)] = index;
  ++size_;
}

std::uint16_t IndexRing::pop() noexcept {
  assert(size_ > 0);
  const std::uint16_t oldest = block_[head_];
  head_ = (head_ + 1) & (block_.size() - 1);
  --size_;
  return oldest;
}

}  // namespace cam32100::protocol
