#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/figures.hpp"

namespace cam32100::bench {

// One way of asking, and its figures: one from each round.
struct Turn {
  std::string what;
  std::function<Nanoseconds()> ask;
  std::optional<pid_t> pid{};  // whose CPU counts
  Repeats p50_ms{}, p99_ms{}, max_ms{};
  // Rounds of less than a hundred have no 99th: p99_ms is one figure then, of all of them together,
  // and no goal is judged by it unless those are a hundred.
  Samples all{};
  bool has_tail = true;
  // Back to back alone.
  Repeats per_second{}, cpu_us{};
};

struct Rounds {
  std::size_t rounds = 1, each = 1;
};
constexpr std::size_t kLeastForTail = 100;

// All of them take turns within each round, so that a disturbance of the machine meets all; who
// begins a round changes.
// Many of one in a row:
void ask_back_to_back(std::vector<Turn>& turns, const Rounds& rounds);
// One of each, in a new order each time, `pause` before each: it gets how many turns there are, for
// whoever wants the same time between two of one turn however many there are.
void ask_spaced(std::vector<Turn>& turns, const Rounds& rounds,
                const std::function<void(std::size_t turns)>& pause);

// What two do one after the other, round by round.
[[nodiscard]] Turn operator+(const Turn& one, const Turn& other);

struct TurnGoals {
  std::optional<Goal> p50{}, p99{};
};
// p50 and p99 beside the floor's, named "what, p50"; and the slowest of all.
void append_latency(std::vector<Row>& rows, const Turn& turn, const Turn* floor,
                    const TurnGoals& goals = {});
void append_slowest(std::vector<Row>& rows, const Turn& turn, const Turn* floor);
// Of turns back to back.
void append_rate(std::vector<Row>& rows, const Turn& turn, const Turn* floor);
void append_cpu(std::vector<Row>& rows, const Turn& turn, const Turn* floor);

}  // namespace cam32100::bench
