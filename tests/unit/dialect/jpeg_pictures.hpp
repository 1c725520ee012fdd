#pragma once

#include <cstddef>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// A well-formed JPEG skeleton of exactly `size` bytes (at least kSmallestPicture): SOI, APP1 that
// carries a whole thumbnail with its own end marker, SOF0 of 640x360, SOS, entropy-coded filling
// with stuffed FF 00 and restart markers, EOI. Not decodable as an image; its segments are what
// matters.
constexpr std::size_t kSmallestPicture = 64;
[[nodiscard]] Bytes picture_of(std::size_t size);

// 01 0a | id | body's size modulo 65536 | 00 01 | body
[[nodiscard]] Bytes reply_block(unsigned id, BytesView body);
[[nodiscard]] Bytes reply_block(unsigned id, const char* text);
void append(Bytes& to, BytesView more);

}  // namespace cam32100::protocol
