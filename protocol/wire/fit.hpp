#pragma once

#include <cstdint>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// How far plain bytes are what a device would send, the most convincing first. decode() takes much
// more than this calls exact, since devices may pad and extend what they send; here bytes that
// nobody asked for are a reason to doubt the key they were deciphered with.
enum class Fit : std::uint8_t {
  exact,      // one message and nothing else, and every field of it as it must be
  plausible,  // one thing is odd: data that is no text, more behind an id, a serial that long
  cut_text,   // the beginning of a DRW, as a capture with short packets keeps it, with text in it
  cut,        // the same with other data
  padded,     // exact, and bytes behind the announced length
  vague,      // a known code and a length that fits; what is inside says nothing, or is odd twice
  none,
};
// Total: any bytes have a fit.
[[nodiscard]] Fit fit_of(BytesView plain) noexcept;
[[nodiscard]] const char* to_text(Fit fit) noexcept;  // "exact"

}  // namespace cam32100::protocol
