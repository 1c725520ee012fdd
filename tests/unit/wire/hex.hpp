#pragma once

#include <stdexcept>
#include <string_view>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// Bytes spelt in a test.
inline Bytes hex(std::string_view text) {
  Bytes out;
  if (!from_hex(text, out)) throw std::invalid_argument("hex in a test");
  return out;
}

}  // namespace cam32100::protocol
