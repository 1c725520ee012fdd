#pragma once

#include <string>
#include <vector>

#include "protocol/wire/message.hpp"

namespace cam32100::protocol {

// One filled message of each kind beside the bytes it must be, written out by hand from the tables
// of protocol/README.md and not by the code under test.
struct Sample {
  Message message;
  Bytes datagram;
  std::size_t required = 0;  // a payload shorter than this many bytes is truncated
};

[[nodiscard]] std::vector<Sample> samples();

}  // namespace cam32100::protocol
