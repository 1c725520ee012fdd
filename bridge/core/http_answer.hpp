#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/error.hpp"

namespace cam32100::bridge {

// What goes back to who asked on the HTTP server, without the wire.
struct HttpAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// An error, {"code":..,"message":..}: the one place where it is written. `code` is a word of the
// MQTT envelope.
[[nodiscard]] HttpAnswer refusal_answer(int status, std::string_view code,
                                        std::string_view message);
// The error of a command, with the status that fits its code; Retry-After where the error knows.
[[nodiscard]] HttpAnswer error_answer(const mappings::CommandError& error);
// A picture, and what its `snapshot/meta` says of it in headers.
[[nodiscard]] HttpAnswer picture_answer(std::string jpeg, const std::string& meta);

}  // namespace cam32100::bridge
