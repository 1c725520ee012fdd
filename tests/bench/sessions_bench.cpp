// What open sessions cost while nothing is asked: memory and CPU against their number, and how long
// it takes until all of them are open. What a camera costs that is configured, and what a session
// costs besides, are told apart.
#include "tests/bench/bench_main.hpp"
#include "tests/bench/paho_echo.hpp"
#include "tests/bench/session_cost.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;

constexpr double kRestGoal = 1.35;        // RSS, beside the echo's
constexpr double kMostKilobytesMore = 8;  // for each session
constexpr double kMostPercentOfAThousand = 3;
constexpr double kFlatGoal = 1.25;  // a session's cost among the most, beside that among a hundred
constexpr std::size_t kFew = 100, kMany = 1000;

std::string text_of(std::size_t count) {
  auto text = std::to_string(count);
  return text.size() > 3 ? text.insert(text.size() - 3, ",") : text;
}

// From one number of cameras to the next.
class Table {
 public:
  explicit Table(Cost alone) : alone_{std::move(alone)} {
    const Floor echo{"echo", alone_.echo_memory.resident_mb};
    rows_.push_back(
        {"no camera, RSS", "MB", {alone_.memory.resident_mb}, echo, ratio_at_most(kRestGoal)});
    rows_.push_back({"no camera, private",
                     "MB",
                     {alone_.memory.private_mb},
                     Floor{"echo", alone_.echo_memory.private_mb}});
    rows_.push_back(
        {"no camera, CPU", "%", alone_.percent, Floor{"echo", alone_.echo_percent.median()}});
  }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  // Of what a session costs besides, how much is what the camera told, which stays when the session
  // is over, and how much is the session.
  void add_known(std::size_t count, const Cost& silent, const Cost& known, const Cost& open) {
    const auto each = [count](const Cost& more, const Cost& less) {
      return (more.memory.resident_mb - less.memory.resident_mb) * 1000 /
             static_cast<double>(count);
    };
    rows_.push_back(
        {text_of(count) + " cameras known, none open, each besides", "kB", {each(known, silent)}});
    rows_.push_back({text_of(count) + " sessions, each session itself",
                     "kB",
                     {each(open, known)},
                     {},
                     value_at_most(kMostKilobytesMore)});
  }
  void add_one(const Cost& open) {
    rows_.push_back({"1 session, RSS",
                     "MB",
                     {open.memory.resident_mb},
                     Floor{"no camera", alone_.memory.resident_mb}});
    add_open(1, open);
  }
  void add(std::size_t count, const Cost& silent, const Cost& open) {
    const auto name = text_of(count) + " sessions, ";
    rows_.push_back({name + "configured only, RSS",
                     "MB",
                     {silent.memory.resident_mb},
                     Floor{"no camera", alone_.memory.resident_mb}});
    rows_.push_back({name + "RSS",
                     "MB",
                     {open.memory.resident_mb},
                     Floor{"configured only", silent.memory.resident_mb}});
    add_open(count, open);
    add_each(count, name, silent, open);
  }

 private:
  struct Each {
    double camera_kb = 0, session_kb = 0, cpu_us_per_s = 0;
  };

  void add_open(std::size_t count, const Cost& open) {
    const auto name = text_of(count) + (count == 1 ? " session, " : " sessions, ");
    rows_.push_back({name + "CPU", "%", open.percent, Floor{"no camera", alone_.percent.median()}});
    if (count == kMany) rows_.back().goal = value_at_most(kMostPercentOfAThousand);
    rows_.push_back({name + "until all are open", "ms", {in_ms(open.until_there)}});
  }

  void add_each(std::size_t count, const std::string& name, const Cost& silent, const Cost& open) {
    const auto many = static_cast<double>(count);
    const auto kb = [many](const Cost& more, const Cost& less) {
      return (more.memory.resident_mb - less.memory.resident_mb) * 1000 / many;
    };
    const double percent = open.percent.median() - alone_.percent.median();
    const Each each{kb(silent, alone_), kb(open, silent), percent * 10'000 / many};
    if (!among_few_) among_few_ = each;
    const auto add = [&](const char* what, const char* unit, double Each::*figure) -> Row& {
      Row row{name + what, unit, {each.*figure}};
      if (count > kFew) row.floor = Floor{"each of 100", (*among_few_).*figure};
      return rows_.emplace_back(std::move(row));
    };
    add("each camera", "kB", &Each::camera_kb);
    add("each session besides", "kB", &Each::session_kb).goal = value_at_most(kMostKilobytesMore);
    // Of the most alone: between fewer is noise.
    const auto flat =
        count > kMany ? std::optional{ratio_at_most(kFlatGoal)} : std::optional<Goal>{};
    if (flat) add("each session besides, flat", "kB", &Each::session_kb).goal = flat;
    add("CPU each, a second", "us", &Each::cpu_us_per_s).goal = flat;
  }

  Cost alone_;
  std::optional<Each> among_few_;
  std::vector<Row> rows_;
};

int run(const BenchOptions& options) {
  const CpuLook look = options.pick(CpuLook{3, 10s}, CpuLook{1, 3s});
  const CpuLook short_look = options.pick(look, CpuLook{3, 500ms});
  std::vector<std::size_t> counts{kFew, kMany};
  if (!options.quick) counts.push_back(5000);
  Table table{cost_alone(short_look)};
  table.add_one(cost_open(1, short_look));
  for (const auto count : counts) {
    const auto silent = cost_configured(count);
    const auto open = cost_open(count, look);
    table.add(count, silent, open);
    if (!options.quick && count <= kMany) table.add_known(count, silent, cost_known(count), open);
  }
  return report("Sessions: open and silent", table.rows(), options.json_file) ? 0 : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo(argc, argv, cam32100::bench::run);
}
