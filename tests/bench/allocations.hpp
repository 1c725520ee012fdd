#pragma once

#include <cstddef>

namespace cam32100::bench {

// Calls of operator new by this program until now.
[[nodiscard]] std::size_t allocation_count() noexcept;

}  // namespace cam32100::bench
