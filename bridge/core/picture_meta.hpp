#pragma once

#include <string>

#include "protocol/wire/bytes.hpp"

namespace cam32100::bridge {

// A pure function of libcrypto; nothing else of it is used in the core.
[[nodiscard]] std::string sha256_hex(protocol::BytesView bytes);  // 64 lower case digits

}  // namespace cam32100::bridge
