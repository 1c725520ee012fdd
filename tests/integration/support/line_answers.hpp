#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"

namespace cam32100::integration {

// A script that answers each line of JSON with one.
class LineAnswers {
 public:
  LineAnswers(Loop& loop, std::vector<std::string> words) : process_{loop, std::move(words)} {}

  // Fails the test, and gives null, when no answer comes.
  [[nodiscard]] nlohmann::json ask(const nlohmann::json& question) {
    process_.write(question.dump() + "\n");
    const auto line = process_.wait_for_line(answers_, [](const std::string&) { return true; });
    if (!line) {
      ADD_FAILURE() << "no answer to " << question.dump().substr(0, 300) << ": "
                    << process_.errors();
      return nullptr;
    }
    answers_ = *line + 1;
    return nlohmann::json::parse(process_.lines()[*line]);
  }

 private:
  Process process_;
  std::size_t answers_ = 0;
};

}  // namespace cam32100::integration
