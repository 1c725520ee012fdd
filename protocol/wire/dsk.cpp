#include <algorithm>

#include "protocol/wire/message.hpp"

namespace cam32100::protocol {

Result<Dsk> to_dsk(std::string_view text) {
  constexpr std::size_t kLongest = 20;
  if (text.empty() || text.size() > kLongest) return make_error_code(Errc::bad_length);
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; })) {
    return make_error_code(Errc::bad_dsk);
  }
  Dsk dsk{};
  std::copy(text.begin(), text.end(), dsk.begin());
  return dsk;
}

}  // namespace cam32100::protocol
