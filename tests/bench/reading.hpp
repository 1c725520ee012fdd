#pragma once

#include <chrono>
#include <thread>

#include "tests/integration/support/loop.hpp"

namespace cam32100::bench {

// Reads what the processes write while this thread waits for the broker: a full pipe would stop
// them.
class Reading {
 public:
  explicit Reading(integration::Loop& loop)
      : thread_{[&loop](const std::stop_token& stop) {
          while (!stop.stop_requested())
            (void)loop.run_until([&] { return stop.stop_requested(); },
                                 std::chrono::milliseconds{100});
        }} {}

 private:
  std::jthread thread_;
};

}  // namespace cam32100::bench
