#pragma once

#include <string>
#include <variant>
#include <vector>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/message.hpp"

namespace cam32100::protocol {

// A decoded datagram as named values, for `cam32100 decode` and for traces of failed simulations.
struct Field {
  std::string name;  // snake_case: "message", "uid", "address", "channel"
  std::variant<std::string, std::uint64_t, std::vector<std::uint64_t>> value;
};
// message, code, payload_length, then the message's own fields; byte fields as hex under
// "data"/"extra"/"body". REPORT_SESSION_READY shows what is under its seal, as far as that opens.
[[nodiscard]] std::vector<Field> describe(const Packet& packet);
// One line for a trace: "DRW ch0 #12 1024 bytes", or "? 17 bytes: bad_magic". UIDs shortened.
[[nodiscard]] std::string one_line(BytesView datagram);

}  // namespace cam32100::protocol
