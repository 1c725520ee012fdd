#include "protocol/wire/uid.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "protocol/wire/uid_parts.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kPrefixField = 8;
constexpr std::size_t kCheckField = 8;
constexpr std::size_t kCheckOffset = 12;
constexpr std::size_t kMaxLetters = 7;  // the vendor copies seven and a NUL
constexpr std::size_t kMaxText = 63;    // the vendor's rule
constexpr std::size_t kMinSerialDigits = 6;
constexpr std::size_t kMaskedDigits = 2;

// The alphabet of check codes differs between licensors and is broken in the wild (WONJM, INQAX),
// so any letter goes; only the vendor can compute the code.
bool is_check(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxLetters &&
         std::all_of(text.begin(), text.end(), is_upper);
}

bool parse_serial(std::string_view text, std::uint32_t& serial) noexcept {
  if (text.empty() || text.size() > 10 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return false;
  }
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value > std::numeric_limits<std::uint32_t>::max()) return false;
  serial = static_cast<std::uint32_t>(value);
  return true;
}

// Ids that only the vendor's HTTPS service turns into a UID. They have the undashed shape too; read
// as UIDs they would name cameras that are offline for ever. VC0 reads as prefix VC and a leading
// zero.
bool is_cloud_alias(const UidParts& parts) noexcept {
  if (parts.prefix == "BD" || parts.prefix == "VE") return true;
  if (parts.serial.front() != '0') return false;
  return parts.prefix == "VC" || parts.serial.size() >= 7;
}

// The text before the first NUL of a padded field; empty when a byte follows that NUL.
std::string_view padded_text(const char* field, std::size_t size) noexcept {
  const std::string_view all{field, size};
  const auto end = std::min(all.find('\0'), size);
  if (all.find_first_not_of('\0', end) != std::string_view::npos) return {};
  return all.substr(0, end);
}

std::string_view chars_at(const std::array<std::byte, Uid::kBytes>& bytes, std::size_t offset,
                          std::size_t size) noexcept {
  // char may alias any object.
  return padded_text(reinterpret_cast<const char*>(bytes.data()) + offset, size);
}

}  // namespace

bool Uid::is_prefix(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxLetters && is_upper(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_upper(c) || is_digit(c); });
}

Result<Uid> Uid::parse(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return make_error_code(Errc::bad_uid);
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  if (text.size() > kMaxText) return make_error_code(Errc::bad_uid);
  std::array<char, kMaxText> upper{};
  std::transform(text.begin(), text.end(), upper.begin(), to_upper);
  const std::string_view canonical{upper.data(), text.size()};

  const auto parts = split_uid(canonical);
  if (!parts) return make_error_code(Errc::bad_uid);
  if (!parts->dashed && is_cloud_alias(*parts)) return make_error_code(Errc::cloud_alias);
  std::uint32_t serial = 0;
  if (!is_prefix(parts->prefix) || !is_check(parts->check) ||
      !parse_serial(parts->serial, serial)) {
    return make_error_code(Errc::bad_uid);
  }
  Uid uid;
  Writer out{uid.bytes_};
  out.bytes(as_bytes(parts->prefix));
  out.zeros(kPrefixField - parts->prefix.size());
  out.u32_be(serial);
  out.bytes(as_bytes(parts->check));
  return uid;
}

Result<Uid> Uid::from_bytes(BytesView bytes) {
  if (bytes.size() < kBytes) return make_error_code(Errc::truncated);
  Uid uid;
  std::copy_n(bytes.begin(), kBytes, uid.bytes_.begin());
  if (!is_prefix(uid.prefix()) || !is_check(chars_at(uid.bytes_, kCheckOffset, kCheckField))) {
    return make_error_code(Errc::bad_uid);
  }
  return uid;
}

std::string Uid::text() const {
  if (is_zero()) return {};
  std::string digits = std::to_string(serial());
  if (digits.size() < kMinSerialDigits) digits.insert(0, kMinSerialDigits - digits.size(), '0');
  std::string out{prefix()};
  out.append("-").append(digits).append("-");
  return out.append(chars_at(bytes_, kCheckOffset, kCheckField));
}

std::string Uid::redacted() const {
  const std::string full = text();
  const auto parts = split_uid(full);
  return parts ? redact_parts(*parts) : std::string{};
}

std::string_view Uid::prefix() const noexcept { return chars_at(bytes_, 0, kPrefixField); }

std::uint32_t Uid::serial() const noexcept {
  Reader in{bytes()};
  in.skip(kPrefixField);
  return in.u32_be();
}

bool Uid::is_zero() const noexcept { return *this == Uid{}; }

std::optional<UidParts> split_uid(std::string_view upper) noexcept {
  if (upper.empty() || !is_upper(upper.front())) return std::nullopt;
  const auto dash = upper.find('-');
  if (dash != std::string_view::npos) {
    const auto second = upper.find('-', dash + 1);
    if (second == std::string_view::npos) return std::nullopt;
    return UidParts{upper.substr(0, dash), upper.substr(dash + 1, second - dash - 1),
                    upper.substr(second + 1), true};
  }
  const auto* const digit = std::find_if(upper.begin(), upper.end(), is_digit);
  const auto* const check = std::find_if_not(digit, upper.end(), is_digit);
  const bool shaped = digit != upper.end() && check != upper.end() &&
                      std::all_of(upper.begin(), digit, is_upper) &&
                      std::all_of(check, upper.end(), is_upper);
  if (!shaped) return std::nullopt;
  const auto prefix_size = static_cast<std::size_t>(digit - upper.begin());
  const auto serial_size = static_cast<std::size_t>(check - digit);
  return UidParts{upper.substr(0, prefix_size), upper.substr(prefix_size, serial_size),
                  upper.substr(prefix_size + serial_size), false};
}

std::string redact_parts(const UidParts& parts) {
  const auto kept = parts.serial.size() - std::min(parts.serial.size(), kMaskedDigits);
  std::string out{parts.prefix};
  out.append("-").append(parts.serial.substr(0, kept)).append("**-*****");
  return out;
}

}  // namespace cam32100::protocol
