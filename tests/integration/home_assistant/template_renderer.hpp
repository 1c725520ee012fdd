#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/support/line_answers.hpp"

namespace cam32100::integration {

// render.py: Home Assistant's templates by real Jinja2.
class TemplateRenderer {
 public:
  explicit TemplateRenderer(Loop& loop)
      : script_{loop,
                {"/usr/bin/python3",
                 CAM32100_SOURCE_DIR "/tests/integration/home_assistant/render.py"}} {}

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
    const auto answer = script_.ask(question);
    if (answer.is_null()) return {};
    if (answer.contains("text")) return answer["text"];
    ADD_FAILURE() << question.dump() << ": " << answer.dump();
    return {};
  }

  LineAnswers script_;
};

}  // namespace cam32100::integration
