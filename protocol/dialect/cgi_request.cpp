#include <algorithm>
#include <array>
#include <cctype>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxText = 0xFFFF;  // the block's length field
constexpr std::string_view kHidden = "***";
constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_alnum(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_cgi_name(std::string_view cgi) noexcept {
  constexpr std::string_view kSuffix = ".cgi";
  if (!cgi.ends_with(kSuffix) || cgi.size() == kSuffix.size()) return false;
  cgi.remove_suffix(kSuffix.size());
  return std::all_of(cgi.begin(), cgi.end(), [](char c) { return is_alnum(c) || c == '_'; });
}

bool is_parameter_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alnum(c) || c == '_' || c == '[' || c == ']';
  });
}

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

void append_encoded(std::string_view value, std::string& out) {
  for (const char c : value) {
    if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0x0FU];
  }
}

void append_pair(std::string_view name, std::string_view value, std::string& out) {
  out += name;
  out += '=';
  append_encoded(value, out);
  out += '&';
}

// The CGIs whose own parameters are called user and pwd: there the viewer pair cannot be told from
// them.
bool owns_user_and_pwd(std::string_view cgi) noexcept {
  return cgi == "set_ftp.cgi" || cgi == "set_mail.cgi" || cgi == "set_ddns.cgi" ||
         cgi == "set_pppoe.cgi";
}

bool sends_viewer_pair(const CgiRequest& request) noexcept {
  return !owns_user_and_pwd(request.cgi) &&
         std::none_of(request.parameters.begin(), request.parameters.end(),
                      [](const auto& p) { return p.first == "user" || p.first == "pwd"; });
}

// Firmware finds `user=` in the middle of `rtspuser=` too: then the credentials have to come first.
bool hides_viewer_pair(const CgiRequest& request) noexcept {
  return sends_viewer_pair(request) &&
         std::any_of(request.parameters.begin(), request.parameters.end(), [](const auto& p) {
           return p.first.ends_with("user") || p.first.ends_with("pwd");
         });
}

void append_credentials(const CgiRequest& request, const Credentials& credentials,
                        std::string& text) {
  append_pair("loginuse", credentials.user, text);
  append_pair("loginpas", credentials.password, text);
  if (!sends_viewer_pair(request)) return;
  append_pair("user", credentials.user, text);
  append_pair("pwd", credentials.password, text);
}

void append_hidden(std::string_view name, std::string& text) {
  append_encoded(name, text);
  text += '=';
  text += kHidden;
  text += '&';
}

void append_hidden_credentials(const CgiRequest& request, std::string& text) {
  append_hidden("loginuse", text);
  append_hidden("loginpas", text);
  if (!sends_viewer_pair(request)) return;
  append_hidden("user", text);
  append_hidden("pwd", text);
}

bool is_secret_name(std::string_view name) {
  std::string lower{name};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 6> kParts{"pwd", "pass",  "psk",
                                                   "wpa", "token", "loginpas"};
  if (std::any_of(kParts.begin(), kParts.end(), [&](auto part) { return contains(lower, part); })) {
    return true;
  }
  if (lower.ends_with("key")) return true;
  return lower.size() > 3 && lower.back() >= '1' && lower.back() <= '4' &&
         std::string_view{lower}.substr(0, lower.size() - 1).ends_with("key");
}

std::optional<unsigned> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10U;
  return std::nullopt;
}

std::optional<std::string> decode_value(std::string_view encoded) {
  std::string value;
  value.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      value += encoded[i];
      continue;
    }
    if (encoded.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(encoded[i + 1]);
    const auto low = hex_digit(encoded[i + 2]);
    if (!high || !low) return std::nullopt;
    value += static_cast<char>(static_cast<unsigned char>(*high << 4U | *low));
    i += 2;
  }
  return value;
}

bool has_control_character(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

// Puts one decoded parameter where it belongs. The first of several credentials counts, as in
// firmware.
void sort_in(std::string_view name, std::string value, bool keep_user, ReceivedCgiRequest& received,
             std::array<bool, 4>& seen) {
  const auto take = [&](std::size_t slot, std::optional<Credentials>& pair, bool is_user) {
    if (!pair) pair = Credentials{"", ""};
    if (!seen[slot]) (is_user ? pair->user : pair->password) = std::move(value);
    seen[slot] = true;
  };
  if (name == "loginuse") return take(0, received.manager, true);
  if (name == "loginpas") return take(1, received.manager, false);
  if (name == "user" && !keep_user) return take(2, received.viewer, true);
  if (name == "pwd" && !keep_user) return take(3, received.viewer, false);
  received.request.parameters.emplace_back(std::string{name}, std::move(value));
}

}  // namespace

Result<std::string> to_text(const CgiRequest& request, const Credentials& credentials) {
  if (!is_cgi_name(request.cgi)) return make_error_code(Errc::bad_length);
  std::string text = "GET /" + request.cgi + "?";
  const bool credentials_first = hides_viewer_pair(request);
  if (request.authenticate && credentials_first) append_credentials(request, credentials, text);
  for (const auto& [name, value] : request.parameters) {
    if (!is_parameter_name(name) || contains(name, "loginuse") || contains(name, "loginpas")) {
      return make_error_code(Errc::bad_length);
    }
    // Before encoding, which triples at most: a huge value must not be copied first.
    if (value.size() > kMaxText) return make_error_code(Errc::bad_length);
    append_pair(name, value, text);
    if (text.size() > kMaxText) return make_error_code(Errc::bad_length);
  }
  if (request.authenticate && !credentials_first) append_credentials(request, credentials, text);
  if (text.size() > kMaxText) return make_error_code(Errc::bad_length);
  return text;
}

std::string to_redacted_text(const CgiRequest& request) {
  std::string text = "GET /";
  append_encoded(request.cgi, text);
  text += '?';
  const bool credentials_first = hides_viewer_pair(request);
  if (request.authenticate && credentials_first) append_hidden_credentials(request, text);
  for (const auto& [name, value] : request.parameters) {
    if (is_secret_name(name)) {
      append_hidden(name, text);
      continue;
    }
    append_encoded(name, text);
    text += '=';
    append_encoded(value, text);
    text += '&';
  }
  if (request.authenticate && !credentials_first) append_hidden_credentials(request, text);
  return text;
}

Result<ReceivedCgiRequest> parse_received_request(std::string_view text) {
  if (text.starts_with("GET ")) text.remove_prefix(4);
  if (text.starts_with('/')) text.remove_prefix(1);
  if (has_control_character(text)) return make_error_code(Errc::bad_reply);
  const std::size_t mark = text.find('?');
  const std::string_view cgi = text.substr(0, mark);
  std::string_view query = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  if (!is_cgi_name(cgi)) return make_error_code(Errc::bad_reply);

  ReceivedCgiRequest received;
  received.request.cgi = std::string{cgi};
  std::array<bool, 4> seen{};
  const bool keep_user = owns_user_and_pwd(cgi);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    auto value = decode_value(pair.substr(std::min(equals + 1, pair.size())));
    if (!is_parameter_name(name) || !value) return make_error_code(Errc::bad_reply);
    sort_in(name, std::move(*value), keep_user, received, seen);
  }
  return received;
}

Result<CgiRequest> parse_request_text(std::string_view path_and_query) {
  auto received = parse_received_request(path_and_query);
  if (!received) return received.error();
  return std::move(received->request);
}

void append_request_block(std::string_view text, Bytes& out) {
  const std::array<std::byte, 8> header{std::byte{0x01},
                                        std::byte{0x0A},
                                        std::byte{0},
                                        std::byte{0},
                                        static_cast<std::byte>(text.size() & 0xFFU),
                                        static_cast<std::byte>(text.size() >> 8U & 0xFFU),
                                        std::byte{0},
                                        std::byte{0}};
  const BytesView body = as_bytes(text);
  out.reserve(out.size() + header.size() + body.size());
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), body.begin(), body.end());
}

}  // namespace cam32100::protocol
