#include <cstdlib>
#include <numeric>

#include "tests/support/sim_network/sim_network.hpp"

namespace cam32100::sim {

std::vector<std::uint64_t> seeds(std::size_t count) {
  if (const char* only = std::getenv("CAM32100_SEED"); only != nullptr) {
    return {std::strtoull(only, nullptr, 10)};
  }
  std::vector<std::uint64_t> all(count);
  std::iota(all.begin(), all.end(), std::uint64_t{1});
  return all;
}

}  // namespace cam32100::sim
