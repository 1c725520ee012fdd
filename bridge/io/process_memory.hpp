#pragma once

#include <cstdint>

namespace cam32100::bridge {

// Of this process, in bytes; 0 where /proc is not there.
[[nodiscard]] std::uint64_t resident_bytes();

}  // namespace cam32100::bridge
