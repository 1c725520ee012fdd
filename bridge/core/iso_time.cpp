#include "bridge/core/iso_time.hpp"

#include <cstdint>

namespace cam32100::bridge {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

void append_digits(std::string& out, std::int64_t value, int width) {
  std::string digits = std::to_string(value);
  for (auto size = static_cast<int>(digits.size()); size < width; ++size) out += '0';
  out += digits;
}

// The digits of text[at, at + width) as a number; -1 when one of them is none.
int number_at(std::string_view text, std::size_t at, std::size_t width) noexcept {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool has_separators(std::string_view text) noexcept {
  return text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':';
}

}  // namespace

std::string to_iso_text(WallTime time) {
  // The system clock counts nanoseconds, 1677 to 2262: the year always has four digits.
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date{day};
  const auto of_day = std::chrono::floor<milliseconds>(time - day).count();
  std::string out;
  out.reserve(24);
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, of_day / 3600000, 2);
  out += ':';
  append_digits(out, of_day / 60000 % 60, 2);
  out += ':';
  append_digits(out, of_day / 1000 % 60, 2);
  out += '.';
  append_digits(out, of_day % 1000, 3);
  out += 'Z';
  return out;
}

std::optional<WallTime> parse_iso_text(std::string_view text) noexcept {
  const bool plain = text.size() == 20 && text[19] == 'Z';
  const bool decimals = text.size() == 24 && text[19] == '.' && text[23] == 'Z';
  if ((!plain && !decimals) || !has_separators(text)) return std::nullopt;
  const int year = number_at(text, 0, 4), month = number_at(text, 5, 2),
            day = number_at(text, 8, 2);
  const int hour = number_at(text, 11, 2), minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2), milli = decimals ? number_at(text, 20, 3) : 0;
  if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60 || milli < 0) {
    return std::nullopt;
  }
  const year_month_day date{std::chrono::year{year},
                            std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + milliseconds{milli};
}

}  // namespace cam32100::bridge
