#include "tests/bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace cam32100::bench {

double in_ms(Nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

Nanoseconds Samples::percentile(double percent) const {
  if (samples_.empty()) return Nanoseconds::zero();
  auto sorted = samples_;
  std::sort(sorted.begin(), sorted.end());
  const auto rank = std::ceil(percent / 100.0 * static_cast<double>(sorted.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

namespace {
std::vector<double> sorted(std::vector<double> figures) {
  if (figures.empty()) throw std::logic_error{"a figure that was never taken"};
  std::sort(figures.begin(), figures.end());
  return figures;
}
}  // namespace

double Repeats::median() const {
  const auto all = sorted(figures_);
  const auto middle = all.size() / 2;
  return all.size() % 2 == 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
}
double Repeats::least() const { return sorted(figures_).front(); }
double Repeats::most() const { return sorted(figures_).back(); }

Repeats operator+(const Repeats& one, const Repeats& other) {
  if (one.count() != other.count()) throw std::logic_error{"parts of different rounds"};
  Repeats sum;
  for (std::size_t i = 0; i < one.count(); ++i) sum.add(one.figures_[i] + other.figures_[i]);
  return sum;
}

Repeats Repeats::inverse() const {
  Repeats out;
  for (const double figure : figures_) out.add(1 / figure);
  return out;
}

std::optional<double> Row::ratio() const {
  if (!floor || floor->value == 0) return std::nullopt;
  return repeats.median() / floor->value;
}

bool Row::is_met() const {
  if (!goal) return true;
  const auto seen = goal->of == Goal::Of::ratio ? ratio() : repeats.median();
  if (!seen) return false;
  return goal->bound == Goal::Bound::at_most ? *seen <= goal->number : *seen >= goal->number;
}

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Goal& goal) {
  return {{"on", goal.of == Goal::Of::ratio ? "ratio" : "value"},
          {goal.bound == Goal::Bound::at_most ? "at_most" : "at_least", goal.number}};
}

Json to_json(const Row& row) {
  Json out{
      {"what", row.what},           {"unit", row.unit},          {"value", row.repeats.median()},
      {"min", row.repeats.least()}, {"max", row.repeats.most()}, {"repeats", row.repeats.count()}};
  if (row.floor) out["floor"] = {{"what", row.floor->what}, {"value", row.floor->value}};
  if (const auto ratio = row.ratio()) out["ratio"] = *ratio;
  if (row.goal) {
    out["goal"] = to_json(*row.goal);
    out["met"] = row.is_met();
  }
  return out;
}

}  // namespace

bool report(const std::string& title, const std::vector<Row>& rows, const std::string& json_file) {
  Json out{{"title", title}, {"rows", Json::array()}};
  for (const auto& row : rows) out["rows"].push_back(to_json(row));
  const auto text = out.dump(2) + "\n";
  if (json_file.empty()) return std::fputs(text.c_str(), stdout) >= 0;
  std::ofstream file{json_file};
  file << text;
  file.close();
  if (!file.good()) std::fprintf(stderr, "%s: cannot be written\n", json_file.c_str());
  return file.good();
}

}  // namespace cam32100::bench
