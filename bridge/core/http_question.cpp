#include "bridge/core/http_question.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "mappings/base64.hpp"
#include "mappings/text.hpp"
#include "protocol/wire/address.hpp"

namespace cam32100::bridge {
namespace {

constexpr std::size_t kMaxTarget = 2048;
constexpr std::size_t kMaxParameters = 16;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  return out;
}

bool is_token(std::string_view token, std::string_view given) {
  return token.size() == given.size() &&
         CRYPTO_memcmp(token.data(), given.data(), token.size()) == 0;
}

// Of "name:port" or "[v6]:port" what stands before the port; empty when the rest is none.
std::string_view without_port(std::string_view authority) {
  const bool bracket = authority.starts_with('[');
  const auto end = bracket ? authority.find(']') + 1 : authority.find(':');
  const std::string_view port = authority.substr(std::min(end, authority.size()));
  const bool is_port =
      port.empty() ||
      (port.front() == ':' && port.find_first_not_of("0123456789", 1) == std::string_view::npos);
  return is_port ? authority.substr(0, end) : std::string_view{};
}

// No name in the DNS looks like either.
bool is_ip_address(std::string_view name) {
  if (!name.starts_with('[')) return protocol::Address::parse(name, 0).has_value();
  return name.find_first_not_of("0123456789abcdef:.", 1) == name.size() - 1;
}

std::string host_of_url(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  return mappings::to_lower(without_port(url.substr(0, url.find('/'))));
}

}  // namespace

std::optional<HttpTarget> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/' || target.size() > kMaxTarget) return std::nullopt;
  const auto question = std::min(target.find('?'), target.size());
  auto path = decoded(target.substr(0, question));
  if (!path) return std::nullopt;
  HttpTarget out{std::move(*path), {}};
  target.remove_prefix(std::min(question + 1, target.size()));
  while (!target.empty()) {
    const auto end = std::min(target.find('&'), target.size());
    const std::string_view pair = target.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals));
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || out.query.size() == kMaxParameters) return std::nullopt;
    out.query[std::move(*name)] = std::move(*value);
    target.remove_prefix(std::min(end + 1, target.size()));
  }
  return out;
}

bool is_authorised(std::string_view token, std::string_view authorization) {
  if (token.empty()) return true;
  const auto space = std::min(authorization.find(' '), authorization.size());
  const std::string scheme = mappings::to_lower(authorization.substr(0, space));
  const std::string_view rest = authorization.substr(std::min(space + 1, authorization.size()));
  if (scheme == "bearer") return is_token(token, rest);
  if (scheme != "basic") return false;
  const auto pair = mappings::from_base64(rest);
  if (!pair) return false;
  const auto colon = pair->find(':');
  return colon != std::string::npos && is_token(token, std::string_view{*pair}.substr(colon + 1));
}

bool is_own_host(std::string_view host, std::string_view public_url) {
  if (host.empty()) return true;
  const std::string name = mappings::to_lower(without_port(host));
  if (name.empty()) return false;
  return name == "localhost" || is_ip_address(name) || name == host_of_url(public_url);
}

}  // namespace cam32100::bridge
