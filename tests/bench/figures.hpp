#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace cam32100::bench {

using Nanoseconds = std::chrono::nanoseconds;

[[nodiscard]] double in_ms(Nanoseconds duration);

// Durations of one kind. percentile(50) is the median; no value lies between two samples.
class Samples {
 public:
  void add(Nanoseconds sample) { samples_.push_back(sample); }
  void add(const Samples& more) {
    samples_.insert(samples_.end(), more.samples_.begin(), more.samples_.end());
  }
  [[nodiscard]] std::size_t count() const noexcept { return samples_.size(); }
  [[nodiscard]] Nanoseconds percentile(double percent) const;  // zero without samples
  [[nodiscard]] Nanoseconds max() const { return percentile(100); }

 private:
  std::vector<Nanoseconds> samples_;
};

// The same figure of each round. The median is what is told; the least and the most are the noise.
class Repeats {
 public:
  Repeats() = default;
  Repeats(std::initializer_list<double> figures) : figures_{figures} {}

  void add(double figure) { figures_.push_back(figure); }
  [[nodiscard]] std::size_t count() const noexcept { return figures_.size(); }
  // These throw without a figure: nothing must pass for a zero.
  [[nodiscard]] double median() const;
  [[nodiscard]] double least() const;
  [[nodiscard]] double most() const;
  // Round by round, of parts that were measured in the same rounds.
  friend Repeats operator+(const Repeats& one, const Repeats& other);
  [[nodiscard]] Repeats inverse() const;

 private:
  std::vector<double> figures_;
};

// What the same machine needs at least, measured in the same run.
struct Floor {
  std::string what;
  double value = 0;
};

struct Goal {
  enum class Of { value, ratio };
  enum class Bound { at_most, at_least };
  Of of = Of::value;
  Bound bound = Bound::at_most;
  double number = 0;
};
[[nodiscard]] inline Goal value_at_most(double number) {
  return {Goal::Of::value, Goal::Bound::at_most, number};
}
[[nodiscard]] inline Goal value_at_least(double number) {
  return {Goal::Of::value, Goal::Bound::at_least, number};
}
[[nodiscard]] inline Goal ratio_at_most(double number) {
  return {Goal::Of::ratio, Goal::Bound::at_most, number};
}
[[nodiscard]] inline Goal ratio_at_least(double number) {
  return {Goal::Of::ratio, Goal::Bound::at_least, number};
}

// One line of the table.
struct Row {
  std::string what, unit;
  Repeats repeats;
  std::optional<Floor> floor{};
  std::optional<Goal> goal{};

  [[nodiscard]] std::optional<double> ratio() const;  // to the floor
  [[nodiscard]] bool is_met() const;                  // true without a goal
};

// Writes the rows as JSON for tests/bench/table.py; without a name, to standard output. Returns
// false when the file cannot be written.
[[nodiscard]] bool report(const std::string& title, const std::vector<Row>& rows,
                          const std::string& json_file);

}  // namespace cam32100::bench
