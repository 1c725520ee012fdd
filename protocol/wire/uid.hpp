#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"

namespace cam32100::protocol {

// A camera's id (DID): prefix, serial, check code. Compared on its 20 wire bytes.
class Uid {
 public:
  static constexpr std::size_t kBytes = 20;

  Uid() = default;  // all zero; is_zero() is true

  // Any accepted spelling: "VSTB-668515-UZCPK", "vstb668515uzcpk", " xha-994-kmmeb ".
  // Errors: bad_uid; cloud_alias for ids such as BD0227833JJIU, which only the vendor's cloud
  // resolves.
  [[nodiscard]] static Result<Uid> parse(std::string_view text);
  // The first 20 bytes of a message's id field. Errors: truncated, bad_uid (bytes that parse()
  // would never produce: letters or digits missing, something after the first NUL).
  [[nodiscard]] static Result<Uid> from_bytes(BytesView bytes);

  // A capital letter, then at most six more and digits: "VSTB", "VC0".
  [[nodiscard]] static bool is_prefix(std::string_view text) noexcept;

  [[nodiscard]] std::string text() const;      // canonical, serial with at least six digits
  [[nodiscard]] std::string redacted() const;  // "VSTB-6685**-*****", for logs and free text
  [[nodiscard]] std::string_view prefix() const noexcept;  // views this object
  [[nodiscard]] std::uint32_t serial() const noexcept;
  [[nodiscard]] BytesView bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool is_zero() const noexcept;

  friend bool operator==(const Uid&, const Uid&) = default;
  friend auto operator<=>(const Uid&, const Uid&) = default;

 private:
  std::array<std::byte, kBytes> bytes_{};
};

// Replaces every UID spelt in `text` by its redacted form: for free text that came from elsewhere.
[[nodiscard]] std::string redact_uids(std::string_view text);

}  // namespace cam32100::protocol
