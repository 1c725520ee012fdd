#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/figures.hpp"
#include "tests/bench/mqtt_driver.hpp"

namespace cam32100::bench {

// Who is asked: answers of one asked come in the order of its questions.
struct Asked {
  std::string topic, answer_topic;
};

struct LoadPlan {
  std::vector<Asked> asked;
  std::string payload;
  std::uint8_t qos = 0;
  std::size_t outstanding = 1;                         // of each
  std::size_t total = 0;                               // questions of all together
  std::function<bool(const std::string&)> is_right{};  // of an answer's payload; none: all are
};

struct LoadResult {
  Samples samples;
  double per_second = 0;
  std::size_t wrong = 0;
  std::size_t missing = 0;  // answers that did not come within ten seconds of the last one
};

// Keeps `outstanding` questions under way to each of them until all are answered. The driver has
// subscribed to the answers.
[[nodiscard]] LoadResult run_load(MqttDriver& driver, const LoadPlan& plan);

}  // namespace cam32100::bench
