#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace cam32100::bench {

using Nanoseconds = std::chrono::nanoseconds;

// Durations of one kind. percentile(50) is the median; no value lies between two samples.
class Samples {
 public:
  void add(Nanoseconds sample) { samples_.push_back(sample); }
  [[nodiscard]] std::size_t count() const noexcept { return samples_.size(); }
  [[nodiscard]] Nanoseconds percentile(double percent) const;  // zero without samples
  [[nodiscard]] Nanoseconds max() const { return percentile(100); }

 private:
  std::vector<Nanoseconds> samples_;
};

// One line of the table: a name, figures in a unit, and the goal that one of them has.
struct Row {
  std::string what;
  std::vector<std::pair<std::string, double>> figures;   // "p50_ms" -> 0.21
  std::optional<std::pair<std::string, double>> goal{};  // "p50_ms" -> 0.5: at most so much
};

[[nodiscard]] Row latency_row(std::string what, const Samples& samples);
[[nodiscard]] double in_ms(Nanoseconds duration);

// Prints the rows as a table on standard output; with a file name, also writes them as JSON.
// Returns false when the file cannot be written.
[[nodiscard]] bool report(const std::string& title, const std::vector<Row>& rows,
                          const std::string& json_file);

}  // namespace cam32100::bench
