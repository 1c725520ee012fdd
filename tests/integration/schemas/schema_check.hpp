#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/support/line_answers.hpp"
#include "tests/integration/support/tap.hpp"

namespace cam32100::integration {

// check.py: messages against deploy/asyncapi.yaml. Debian's Python, which has its modules.
class SchemaCheck {
 public:
  using Faults = std::vector<std::string>;

  explicit SchemaCheck(Loop& loop)
      : script_{loop,
                {"/usr/bin/python3", CAM32100_SOURCE_DIR "/tests/integration/schemas/check.py",
                 CAM32100_SOURCE_DIR "/deploy"}} {}

  // Of a message as a tap with --retain-as-published has it.
  [[nodiscard]] Faults message(const Message& one) {
    return faults({{"ask", "message"},
                   {"topic", one.topic},
                   {"payload", hex(one.payload)},
                   {"qos", one.qos},
                   {"retain", one.retained},
                   {"content_type", one.content_type}});
  }
  [[nodiscard]] Faults faults(const nlohmann::json& question) {
    const auto answer = script_.ask(question);
    return answer.is_null() ? Faults{"no answer"} : answer.at("faults").get<Faults>();
  }

 private:
  static std::string hex(const std::string& bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
      out += kDigits[static_cast<unsigned char>(c) >> 4U];
      out += kDigits[static_cast<unsigned char>(c) & 15U];
    }
    return out;
  }

  LineAnswers script_;
};

}  // namespace cam32100::integration
