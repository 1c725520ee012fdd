#include "tests/bench/compare.hpp"

#include <algorithm>
#include <array>

#include "tests/bench/process_facts.hpp"

namespace cam32100::bench {

LoadPlan Comparison::plan_of(const LoadCase& wanted) const {
  LoadPlan plan;
  plan.qos = wanted.qos;
  plan.outstanding = wanted.outstanding;
  plan.total = std::max(wanted.each_round, rig_.fleet().count() * wanted.outstanding);
  return plan;
}

const std::string& Comparison::order_of(const Question& question) {
  auto& order = orders_[question.command];
  if (order.empty()) order = echo_order(rig_.url(), camera_topic(rig_.fleet().uid_at(0)), question);
  return order;
}

Compared Comparison::run(const LoadCase& wanted) {
  auto echo = plan_of(wanted), bridge = plan_of(wanted);
  echo.payload = order_of(wanted.question);
  for (std::size_t place = 0; place < rig_.fleet().count(); ++place) {
    const std::string number = "/" + std::to_string(place);
    echo.asked.push_back({kEchoIn + number, kEchoOut + number});
    const auto camera = camera_topic(rig_.fleet().uid_at(place));
    bridge.asked.push_back(
        {camera + "command/" + wanted.question.command, camera + wanted.question.answer});
  }
  driver_.subscribe(kEchoOut + "/+", wanted.qos);
  driver_.subscribe(camera_topic("+") + wanted.question.answer, wanted.qos);
  if (!wanted.question.picture.empty()) {
    driver_.subscribe(kEchoOut + "/+/picture", wanted.qos);
    driver_.subscribe(camera_topic("+") + wanted.question.picture, wanted.qos);
  }
  Compared seen;
  for (std::size_t round = 0; round < wanted.rounds; ++round) {
    run_round(echo, rig_.echo_pid(), seen.echo);
    run_round(bridge, rig_.bridge_pid(), seen.bridge);
  }
  return seen;
}

void Comparison::run_round(const LoadPlan& plan, pid_t pid, LoadFigures& figures) {
  const std::array pids{pid, rig_.broker_pid(), rig_.fleet().pid()};
  std::array<Nanoseconds, pids.size()> before{};
  std::transform(pids.begin(), pids.end(), before.begin(), cpu_time);
  const auto seen = run_load(driver_, plan);
  const auto each = static_cast<double>(std::max<std::size_t>(seen.samples.count(), 1));
  const auto spent_us = [&](std::size_t whose) {
    return static_cast<double>((cpu_time(pids[whose]) - before[whose]).count()) / 1e3 / each;
  };
  figures.per_second.add(seen.per_second);
  figures.p50_ms.add(in_ms(seen.samples.percentile(50)));
  figures.p99_ms.add(in_ms(seen.samples.percentile(99)));
  figures.max_ms.add(in_ms(seen.samples.max()));
  figures.cpu_us.add(spent_us(0));
  figures.broker_us.add(spent_us(1));
  figures.cameras_us.add(spent_us(2));
  figures.missing += seen.missing;
}

void append_rows(std::vector<Row>& rows, const std::string& name, const Compared& seen,
                 std::optional<Goal> rate_goal) {
  const auto add = [&](const char* what, const char* unit, Repeats LoadFigures::*figure,
                       std::optional<Goal> goal = std::nullopt) {
    rows.push_back({name + what, unit, seen.bridge.*figure,
                    Floor{"echo", (seen.echo.*figure).median()}, goal});
  };
  add("", "/s", &LoadFigures::per_second, rate_goal);
  add(", p50", "ms", &LoadFigures::p50_ms);
  add(", p99", "ms", &LoadFigures::p99_ms);
  add(", max", "ms", &LoadFigures::max_ms);
  add(", CPU each", "us", &LoadFigures::cpu_us);
  add(", broker's CPU each", "us", &LoadFigures::broker_us);
  add(", cameras' CPU each", "us", &LoadFigures::cameras_us);
  rows.push_back({name + ", missing",
                  "",
                  {static_cast<double>(seen.bridge.missing)},
                  Floor{"echo", static_cast<double>(seen.echo.missing)},
                  value_at_most(0)});
}

}  // namespace cam32100::bench
