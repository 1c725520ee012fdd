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
  bool cross_site = false;  // a browser says that a page of another site asks (Sec-Fetch-Site)
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

// Whether a Host header is one that no stranger can have pointed at us: an IP address, localhost,
// the host of http.public_url, with or without a port, or none at all, which no browser sends. A
// page whose own name was made to lead here afterwards (DNS rebinding) still says that name.
[[nodiscard]] bool is_own_host(std::string_view host, std::string_view public_url);

}  // namespace cam32100::bridge
