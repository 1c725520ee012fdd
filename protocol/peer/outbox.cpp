#include "protocol/peer/outbox.hpp"

#include <algorithm>

namespace cam32100::protocol {

void Outbox::put(const Address& to, const Cipher& cipher, const Message& message) {
  if (!to.is_usable()) return;
  if (waiting_.size() >= max_datagrams_) {
    ++dropped_;
    return;
  }
  Waiting waiting;
  waiting.to = to;
  const auto size = encode(message, waiting.bytes);
  if (!size) {
    ++dropped_;
    return;
  }
  waiting.size = *size;
  cipher.encrypt(MutableBytesView{waiting.bytes}.first(waiting.size));
  waiting_.push_back(waiting);
}

std::size_t Outbox::size_of(const Message& message) {
  std::array<std::byte, sizeof(Waiting::bytes)> space;
  const auto size = encode(message, space);
  return size ? *size : 0;
}

bool Outbox::take(Datagram& out) {
  if (waiting_.empty()) return false;
  const Waiting& next = waiting_.front();
  out.to = next.to;
  out.size = next.size;
  std::copy_n(next.bytes.begin(), next.size, out.bytes.begin());
  waiting_.pop_front();
  return true;
}

}  // namespace cam32100::protocol
