#include "tests/bench/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

namespace cam32100::bench {

Nanoseconds Samples::percentile(double percent) const {
  if (samples_.empty()) return Nanoseconds::zero();
  auto sorted = samples_;
  std::sort(sorted.begin(), sorted.end());
  const auto rank = std::ceil(percent / 100.0 * static_cast<double>(sorted.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

double in_ms(Nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

Row latency_row(std::string what, const Samples& samples) {
  return {std::move(what),
          {{"n", static_cast<double>(samples.count())},
           {"p50_ms", in_ms(samples.percentile(50))},
           {"p99_ms", in_ms(samples.percentile(99))},
           {"max_ms", in_ms(samples.max())}}};
}

namespace {

const double* figure_of(const Row& row, const std::string& name) {
  for (const auto& [figure, value] : row.figures) {
    if (figure == name) return &value;
  }
  return nullptr;
}

std::string verdict(const Row& row) {
  if (!row.goal) return {};
  const auto* value = figure_of(row, row.goal->first);
  char text[80];
  std::snprintf(text, sizeof text, "  goal %s <= %g: %s", row.goal->first.c_str(), row.goal->second,
                value != nullptr && *value <= row.goal->second ? "met" : "MISSED");
  return text;
}

nlohmann::ordered_json to_json(const std::string& title, const std::vector<Row>& rows) {
  nlohmann::ordered_json out{{"title", title}, {"rows", nlohmann::ordered_json::array()}};
  for (const auto& row : rows) {
    nlohmann::ordered_json line{{"what", row.what}};
    for (const auto& [name, value] : row.figures) line[name] = value;
    if (row.goal) line["goal"] = {{"figure", row.goal->first}, {"at_most", row.goal->second}};
    out["rows"].push_back(std::move(line));
  }
  return out;
}

}  // namespace

bool report(const std::string& title, const std::vector<Row>& rows, const std::string& json_file) {
  std::printf("%s\n", title.c_str());
  for (const auto& row : rows) {
    std::printf("  %-44s", row.what.c_str());
    for (const auto& [name, value] : row.figures) std::printf("  %s %.6g", name.c_str(), value);
    std::printf("%s\n", verdict(row).c_str());
  }
  if (json_file.empty()) return true;
  std::ofstream file{json_file};
  file << to_json(title, rows).dump(2) << "\n";
  return file.good();
}

}  // namespace cam32100::bench
