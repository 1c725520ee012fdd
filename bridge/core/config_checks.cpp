#include "bridge/core/config_checks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "bridge/core/config_faults.hpp"
#include "mappings/topics.hpp"
#include "protocol/wire/address.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

namespace {

constexpr std::array<std::string_view, 4> kSchemes{"mqtt", "tcp", "mqtts", "ssl"};

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool is_port(std::string_view text) {
  std::uint32_t port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  return ec == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' &&
         all(text, [](char c) {
           return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
         });
}

// "host" or "host:port"; in a URL also "[v6]" and "[v6]:port".
std::optional<std::string> check_host_and_port(std::string_view text, bool with_v6) {
  std::string_view host = text;
  std::string_view rest;
  if (with_v6 && !text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return "has a '[' without its ']'";
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    const bool v6 = !host.empty() && all(host, [](char c) {
      return is_digit(c) || is_letter(c) || c == ':' || c == '.' || c == '%';
    });
    if (!v6) return in_quotes(host) + " is not an IPv6 address";
  } else {
    const auto colon = text.find(':');
    host = text.substr(0, colon);
    if (colon != std::string_view::npos) rest = text.substr(colon);
    if (!is_host_name(host)) return in_quotes(host) + " is not a host name or address";
  }
  if (rest.empty()) return std::nullopt;
  if (rest.front() == ':' && is_port(rest.substr(1))) return std::nullopt;
  return "has no port in 1..65535 after the host";
}

}  // namespace

std::optional<std::string> check_broker_url(std::string_view text) {
  // Asked first: whatever else is wrong, such a URL may hold a password and is never shown.
  if (text.find('@') != std::string_view::npos) {
    return "holds a user before '@'; set mqtt.user and mqtt.password instead";
  }
  const auto end = text.find("://");
  if (end == std::string_view::npos) {
    return "has no scheme; allowed are " + one_of(kSchemes) + ", as in mqtt://localhost:1883";
  }
  const std::string_view scheme = text.substr(0, end);
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end()) {
    return "has the scheme " + in_quotes(scheme) + "; allowed are " + one_of(kSchemes);
  }
  return check_host_and_port(text.substr(end + 3), true);
}

std::optional<std::string> check_base_topic(std::string_view text) {
  if (mappings::Topics::is_valid_base(text)) return std::nullopt;
  return in_quotes(text) +
         " cannot be a base topic: no '+' or '#', no '$' in front, no empty level";
}

std::optional<std::string> check_status_topic(std::string_view text) {
  if (text.empty() || mappings::Topics::is_valid_base(text)) return std::nullopt;
  return in_quotes(text) + " cannot be a topic: no '+' or '#', no '$' in front, no empty level";
}

std::optional<std::string> check_listen(std::string_view text) {
  if (text.empty() ||
      (text.find(':') != std::string_view::npos && protocol::Address::parse(text, 0)))
    return std::nullopt;
  return in_quotes(text) + " is not a.b.c.d:port";
}

std::optional<std::string> check_public_url(std::string_view text) {
  if (text.empty()) return std::nullopt;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme) || text.size() == scheme.size()) continue;
    const bool clean = text.find_first_of(" \"<>?#@\\") == std::string_view::npos;
    if (clean && text.back() != '/') return std::nullopt;
  }
  return in_quotes(text) + " is not http://host:port or https://host, without a slash at the end";
}

std::optional<std::string> check_instance(std::string_view text) {
  const bool good = !text.empty() && all(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-';
  });
  if (good) return std::nullopt;
  return in_quotes(text) + " is not made of letters, digits, '_' and '-'";
}

std::optional<std::string> check_uid(std::string_view text) {
  const auto uid = protocol::Uid::parse(text);
  if (uid) return std::nullopt;
  if (uid.error() == protocol::Errc::cloud_alias) {
    return "is an id of the vendor's cloud, which only its app resolves; give the id of the form "
           "letters-digits-letters that 'cam32100 discover' shows";
  }
  return in_quotes(text) + " is not a camera id of the form letters-digits-letters";
}

std::optional<std::string> check_alias(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text == "bridge") return "\"bridge\" is taken by the bridge's own topics";
  if (protocol::Uid::parse(text)) return "has the shape of a camera id; choose a plain word";
  if (text.front() == '$' || text.find_first_of("/+#") != std::string_view::npos) {
    return in_quotes(text) + " is not one topic level: no '/', '+' or '#', no '$' in front";
  }
  return std::nullopt;
}

std::optional<std::string> check_camera_address(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto address = protocol::Address::parse(text, protocol::kLanPort);
  if (address && address->is_usable()) return std::nullopt;
  return in_quotes(text) + " is not an address of the form a.b.c.d or a.b.c.d:port of one camera";
}

std::optional<std::string> check_psk_form(std::string_view text) {
  if (protocol::is_psk_text(text)) return std::nullopt;
  constexpr std::size_t kMark = std::string_view{"key:"}.size();
  constexpr std::size_t kDigits = 8;
  const std::size_t seen = text.size() - kMark;
  return "begins with \"key:\", behind which the " + std::to_string(kDigits) +
         " hex digits of a key are wanted, as in " + protocol::key_text({0x01, 0x23, 0xAB, 0xCD}) +
         "; " +
         (seen == kDigits ? "not all that stands there is hex digits"
                          : std::to_string(seen) + " characters stand there");
}

std::optional<std::string> check_psk(std::string_view text) {
  if (auto fault = check_psk_form(text)) return fault;
  // Only the first 20 characters take part in the cipher: a longer one is a mistake.
  if (text.size() <= 20) return std::nullopt;
  return "has " + std::to_string(text.size()) + " characters, at most 20 count";
}

std::optional<std::string> check_dsk(std::string_view text) {
  if (text.empty() || protocol::to_dsk(text)) return std::nullopt;
  return std::string{"is no device key: wanted are 1 to 20 printable characters without blanks"};
}

std::optional<std::string> check_secret_name(std::string_view text) {
  if (text.find('/') == std::string_view::npos && text.find("..") == std::string_view::npos &&
      text != ".") {
    return std::nullopt;
  }
  return in_quotes(text) +
         " is a path; a plain file name inside secrets.directory is wanted, without '/' and '..'";
}

std::optional<std::string> check_variable_name(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool good = !is_digit(text.front()) &&
                    all(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
  if (!good) return in_quotes(text) + " is not the name of an environment variable";
  if (text.substr(0, 9) == "CAM32100_") {
    return in_quotes(text) + " begins like the bridge's own settings; choose another name";
  }
  return std::nullopt;
}

bool looks_like_init_string(std::string_view text) {
  const std::string_view letters = text.substr(0, text.find_first_of(":-"));
  return letters.size() >= 16 && all(letters, is_upper);
}

std::optional<std::string> check_server_host(std::string_view text) {
  if (!looks_like_init_string(text)) return check_host_and_port(text, false);
  const auto list = protocol::decode_init_string(text);
  const bool good =
      list && !list->hosts.empty() &&
      std::none_of(list->hosts.begin(), list->hosts.end(), [](const std::string& host) {
        return looks_like_init_string(host) || check_host_and_port(host, false).has_value();
      });
  if (good) return check_psk(list->psk);
  return "looks like an init string, but does not decode to servers; copy it whole";
}

std::optional<std::string> check_uid_prefix(std::string_view text) {
  std::string capitals{text};
  for (char& c : capitals) {
    if (is_letter(c) && !is_upper(c)) c = static_cast<char>(c - 'a' + 'A');
  }
  if (protocol::Uid::is_prefix(capitals)) return std::nullopt;
  return in_quotes(text) +
         " is not how camera ids begin (a letter, then up to six letters and digits)";
}

std::optional<std::string> check_lan_target(std::string_view text) {
  if (text == "broadcast") return std::nullopt;
  const auto address = protocol::Address::parse(text, protocol::kLanPort);
  if (address && address->port != 0) return std::nullopt;
  return in_quotes(text) + " is neither \"broadcast\" nor an address a.b.c.d or a.b.c.d:port";
}

}  // namespace cam32100::bridge
