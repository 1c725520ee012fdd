// Any text as what a stranger's HTTP request brings: target, Authorization and Host, one a line.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bridge/core/http_question.hpp"
#include "mappings/base64.hpp"

namespace {

using namespace cam32100;

constexpr std::string_view kToken = "s3cret";

// An assert that also holds in a release build: what it says is the point of the target.
void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_line(std::string_view& rest) {
  const auto at = rest.find('\n');
  const std::string_view line = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return line;
}

void read_target(std::string_view line) {
  const auto target = bridge::parse_target(line);
  if (!target) return;
  require(line.starts_with('/') && target->path.starts_with('/'));
  require(target->path.size() <= line.size() && target->query.size() <= 16);
  require(target->path.find('\0') == std::string::npos);
}

// Only who writes the token gets in, plainly or in Base64.
void read_authorization(std::string_view line) {
  require(bridge::is_authorised("", line));
  if (!bridge::is_authorised(kToken, line)) return;
  const std::string_view rest = line.substr(line.find(' ') + 1);
  if (rest == kToken) return;
  const auto pair = mappings::from_base64(rest);
  require(pair && pair->ends_with(kToken));
  require(mappings::to_base64(protocol::as_bytes(*pair)) == rest);
}

// A name that somebody can register is never ours by itself.
void read_host(std::string_view line) {
  const bool ours = bridge::is_own_host(line, "");
  require(!ours || bridge::is_own_host(line, "http://cams.example"));
  require(!bridge::is_own_host(std::string{line} + ".example", ""));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  std::string_view rest{text};
  read_target(take_line(rest));
  read_authorization(take_line(rest));
  read_host(take_line(rest));
  return 0;
}
