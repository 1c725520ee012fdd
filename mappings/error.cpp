#include "mappings/error.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace cam32100::mappings {
namespace {

struct CodeFacts {
  std::string_view text;
  bool retryable;
};

constexpr std::array<CodeFacts, 20> kCodes{{
    {"bad_json", false},       {"bad_argument", false},  {"unknown_command", false},
    {"unknown_camera", false}, {"not_supported", false}, {"retained_command", false},
    {"rate_limited", true},    {"lookup_failed", true},  {"camera_offline", true},
    {"connect_timeout", true}, {"auth_failed", false},   {"busy", true},
    {"session_lost", true},    {"superseded", true},     {"cgi_error", false},
    {"timeout", true},         {"too_large", false},     {"forbidden", false},
    {"shutting_down", true},   {"internal", false},
}};
static_assert(kCodes.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);

const CodeFacts& facts(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < kCodes.size() ? kCodes[index] : kCodes.back();
}

}  // namespace

std::string_view to_text(ErrorCode code) noexcept { return facts(code).text; }

bool is_retryable(ErrorCode code) noexcept { return facts(code).retryable; }

void throw_exception_from_error(const CommandError& error, const boost::source_location&) {
  throw std::logic_error(std::string{to_text(error.code)} + ": " + error.message);
}

}  // namespace cam32100::mappings
