#include <algorithm>
#include <array>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"

namespace cam32100::protocol {
namespace {

enum class Match { none, header, packet };

// The cipher needs no more than the bytes in front, so the header is tried alone first.
Match match(BytesView datagram, const Cipher& cipher) noexcept {
  if (datagram.size() < kHeaderBytes) return Match::none;
  std::array<std::byte, kHeaderBytes> head{};
  std::copy_n(datagram.begin(), head.size(), head.begin());
  cipher.decrypt(head);
  const auto header = decode_header(head);
  if (!header || name(static_cast<MessageType>(header->type)).empty()) return Match::none;
  const std::size_t size = kHeaderBytes + header->payload_length;
  if (size > datagram.size()) return Match::none;

  std::array<std::byte, kMaxDatagramBytes> whole;
  if (size > whole.size()) return Match::header;
  const auto packet = MutableBytesView{whole}.first(size);
  std::copy_n(datagram.begin(), size, packet.begin());
  cipher.decrypt(packet);
  return decode(packet) ? Match::packet : Match::header;
}

}  // namespace

std::optional<std::size_t> recognise(BytesView datagram,
                                     std::span<const Cipher> candidates) noexcept {
  std::optional<std::size_t> best;
  const auto plain = match(datagram, Cipher{});
  if (plain == Match::packet) return kPlainRecognised;
  if (plain == Match::header) best = kPlainRecognised;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto found = match(datagram, candidates[i]);
    if (found == Match::packet) return i;
    if (found == Match::header && !best) best = i;
  }
  return best;
}

}  // namespace cam32100::protocol
