#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/support/process.hpp"

namespace cam32100::integration {

// render.py: Home Assistant's templates by real Jinja2.
class TemplateRenderer {
 public:
  explicit TemplateRenderer(Loop& loop)
      : process_{loop,
                 {"python3", CAM32100_SOURCE_DIR "/tests/integration/home_assistant/render.py"}} {}

  // What `source` makes of a message. A template that fails fails the test, and gives "".
  [[nodiscard]] std::string value(const std::string& source, const std::string& payload) {
    return render({{"template", source}, {"payload", payload}});
  }
  // What is sent for a value that was chosen.
  [[nodiscard]] std::string command(const std::string& source, const std::string& chosen) {
    return render({{"template", source}, {"value", chosen}});
  }

 private:
  std::string render(const nlohmann::json& question) {
    process_.write(question.dump() + "\n");
    const auto line = process_.wait_for_line(answers_, [](const std::string&) { return true; });
    if (!line) {
      ADD_FAILURE() << "render.py does not answer: " << process_.errors();
      return {};
    }
    answers_ = *line + 1;
    const auto answer = nlohmann::json::parse(process_.lines()[*line]);
    if (answer.contains("text")) return answer["text"];
    ADD_FAILURE() << question.dump() << ": " << answer.dump();
    return {};
  }

  Process process_;
  std::size_t answers_ = 0;
};

}  // namespace cam32100::integration
