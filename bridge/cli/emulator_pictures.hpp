#pragma once

#include <string>
#include <vector>

#include "protocol/wire/bytes.hpp"

namespace cam32100::bridge {

// The pictures the emulated camera shows: every *.jpg of `directory`, by name; with no directory
// those in the binary. Throws std::runtime_error when the directory has none, or holds a file of
// more than 4 MiB.
[[nodiscard]] std::vector<protocol::Bytes> emulator_pictures(const std::string& directory);

}  // namespace cam32100::bridge
