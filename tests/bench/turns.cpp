#include "tests/bench/turns.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/bench/process_facts.hpp"

namespace cam32100::bench {

namespace {

void take(Turn& turn, const Samples& round) {
  turn.p50_ms.add(in_ms(round.percentile(50)));
  if (round.count() >= kLeastForTail) turn.p99_ms.add(in_ms(round.percentile(99)));
  turn.max_ms.add(in_ms(round.max()));
  turn.all.add(round);
}

void finish(std::vector<Turn>& turns) {
  for (auto& turn : turns) {
    if (turn.p99_ms.count() > 0) continue;
    turn.p99_ms.add(in_ms(turn.all.percentile(99)));
    turn.has_tail = turn.all.count() >= kLeastForTail;
  }
}

void ask_in_a_row(Turn& turn, std::size_t count) {
  Samples round;
  const auto cpu_before = turn.pid ? cpu_time(*turn.pid) : Nanoseconds{};
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) round.add(turn.ask());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  turn.per_second.add(static_cast<double>(count) / took.count());
  if (turn.pid) {
    const auto spent = static_cast<double>((cpu_time(*turn.pid) - cpu_before).count());
    turn.cpu_us.add(spent / 1e3 / static_cast<double>(count));
  }
  take(turn, round);
}

}  // namespace

void ask_back_to_back(std::vector<Turn>& turns, const Rounds& rounds) {
  for (auto& turn : turns) (void)turn.ask();
  for (std::size_t round = 0; round < rounds.rounds; ++round) {
    for (std::size_t i = 0; i < turns.size(); ++i)
      ask_in_a_row(turns[(round + i) % turns.size()], rounds.each);
  }
  finish(turns);
}

void ask_spaced(std::vector<Turn>& turns, const Rounds& rounds,
                const std::function<void(std::size_t turns)>& pause) {
  for (auto& turn : turns) (void)turn.ask();
  std::vector<std::size_t> order(turns.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random{1};
  for (std::size_t round = 0; round < rounds.rounds; ++round) {
    std::vector<Samples> samples(turns.size());
    for (std::size_t n = 0; n < rounds.each; ++n) {
      // Shuffled: nobody shall always find awake what another has just used.
      std::shuffle(order.begin(), order.end(), random);
      for (const auto whose : order) {
        pause(turns.size());
        samples[whose].add(turns[whose].ask());
      }
    }
    for (std::size_t i = 0; i < turns.size(); ++i) take(turns[i], samples[i]);
  }
  finish(turns);
}

Turn operator+(const Turn& one, const Turn& other) {
  Turn sum;
  sum.what = one.what + " + " + other.what;
  sum.p50_ms = one.p50_ms + other.p50_ms;
  sum.p99_ms = one.p99_ms + other.p99_ms;
  sum.max_ms = one.max_ms + other.max_ms;
  sum.has_tail = one.has_tail && other.has_tail;
  sum.per_second = (one.per_second.inverse() + other.per_second.inverse()).inverse();
  return sum;
}

namespace {

void append(std::vector<Row>& rows, const Turn& turn, const Turn* floor, const char* what,
            const char* unit, Repeats Turn::*figure, std::optional<Goal> goal = std::nullopt) {
  Row row{turn.what + what, unit, turn.*figure};
  if (floor != nullptr) row.floor = Floor{floor->what, (floor->*figure).median()};
  row.goal = goal;
  rows.push_back(std::move(row));
}

}  // namespace

void append_latency(std::vector<Row>& rows, const Turn& turn, const Turn* floor,
                    const TurnGoals& goals) {
  append(rows, turn, floor, ", p50", "ms", &Turn::p50_ms, goals.p50);
  append(rows, turn, floor, ", p99", "ms", &Turn::p99_ms, turn.has_tail ? goals.p99 : std::nullopt);
}

void append_slowest(std::vector<Row>& rows, const Turn& turn, const Turn* floor) {
  append(rows, turn, floor, ", max", "ms", &Turn::max_ms);
}

void append_rate(std::vector<Row>& rows, const Turn& turn, const Turn* floor) {
  append(rows, turn, floor, ", rate", "/s", &Turn::per_second);
}

void append_cpu(std::vector<Row>& rows, const Turn& turn, const Turn* floor) {
  append(rows, turn, floor, ", CPU each", "us", &Turn::cpu_us);
}

}  // namespace cam32100::bench
