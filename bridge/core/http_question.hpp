#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cam32100::bridge {

// What came in on the HTTP server, without the wire: one answer belongs to each ticket.
struct HttpQuestion {
  std::uint64_t ticket = 0;
  std::string method;  // "GET", "HEAD", ...
  std::string path;    // "/cameras/VSTC-123456-ABCDE/snapshot.jpg", decoded
  std::map<std::string, std::string> query;
};

// The path and query of a request target, percent-decoded. nullopt: not one ("*", bad escapes, a
// NUL, more than 2048 bytes).
struct HttpTarget {
  std::string path;
  std::map<std::string, std::string> query;
};
[[nodiscard]] std::optional<HttpTarget> parse_target(std::string_view target);

// Whether a request may see anything: always where no token is set. Else the Authorization header
// holds "Bearer <token>", or "Basic" with the token as the password of any user. The comparison
// takes the same time for every wrong token.
[[nodiscard]] bool is_authorised(std::string_view token, std::string_view authorization);

}  // namespace cam32100::bridge
