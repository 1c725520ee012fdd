#pragma once

#include <cstddef>

namespace cam32100::bridge {

// Raises the soft limit of file descriptors, where it is lower, so that `wanted` more can be open
// beside those of the process itself; never lowers it. The hard limit is the system's: false when
// that is in the way, with a sentence on standard error.
[[nodiscard]] bool allow_descriptors(std::size_t wanted);

}  // namespace cam32100::bridge
