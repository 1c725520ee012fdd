#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

// The PSK chain ("PropEnc") over a whole datagram. A cipher without a key (plain) leaves bytes
// alone. Self-synchronising, no integrity: a damaged byte harms itself and its successor.
class Cipher {
 public:
  Cipher() = default;                                // plain
  explicit Cipher(std::string_view psk);             // first 20 characters count; empty = plain
  explicit Cipher(std::array<std::uint8_t, 4> key);  // the four bytes a PSK boils down to

  void encrypt(MutableBytesView datagram) const noexcept;  // in place
  void decrypt(MutableBytesView datagram) const noexcept;  // in place
  [[nodiscard]] bool is_plain() const noexcept { return plain_; }
  [[nodiscard]] const std::array<std::uint8_t, 4>& key() const noexcept { return key_; }

  friend bool operator==(const Cipher&, const Cipher&) = default;

 private:
  std::array<std::uint8_t, 4> key_{};
  std::array<std::uint8_t, 256> stream_{};  // key byte for each preceding ciphertext byte
  bool plain_ = true;
};

// A PSK people know, with the name we show for it (the vendor's string itself: these are public).
struct KnownPsk {
  std::string_view psk;                        // "" = plain
  std::span<const std::string_view> prefixes;  // UID prefixes known to use it
};
// Plain first, then the table of protocol/README.md in its order. The table is open: a camera may
// use a key that is not in it.
[[nodiscard]] std::span<const KnownPsk> known_psks() noexcept;
// The key of a UID's prefix (upper case, whole). nullopt: the prefix is not in the table; "":
// plain.
[[nodiscard]] std::optional<std::string_view> psk_for_prefix(std::string_view prefix) noexcept;

// Which of `candidates` turns `datagram` into a sane PPPP packet (magic F1, known code, length that
// fits); plain is always tried first. Returns the index into candidates, kPlainRecognised for a
// plain datagram, or nullopt. Keys that share their first bytes (vstarcam2021
// and aqarakr19kn) give the same header; a candidate whose whole packet decodes goes before one
// that has only a sane header.
constexpr std::size_t kPlainRecognised = static_cast<std::size_t>(-1);
[[nodiscard]] std::optional<std::size_t> recognise(BytesView datagram,
                                                   std::span<const Cipher> candidates) noexcept;

// CRCEnc (protocol/README.md): output is 4 bytes longer than the input.
[[nodiscard]] Bytes crc_encrypt(std::string_view key, BytesView plain);
// Errors: truncated (under 4 bytes), bad_checksum.
[[nodiscard]] Result<Bytes> crc_decrypt(std::string_view key, BytesView sealed);

// The two bytes that close the header of a TCP frame (CS2's way to its servers where UDP is
// blocked), the first of them in the high byte. From the vendor's library; no capture confirms it,
// and no source says whether the data is taken before or after its ciphers.
[[nodiscard]] std::uint16_t tcp_frame_crc(BytesView data) noexcept;

// The server list of an app: "EBGDEOBO...:PSK" (CS2) or "ATBBARAS...-$$" (iLnk).
struct ServerList {
  std::vector<std::string> hosts;  // names or dotted addresses, in order, empty fields dropped
  std::string psk;                 // after ':'; may be empty
};
// Either form, with or without the iLnk ending; blanks around it are ignored. At most 16 hosts of
// DNS characters. Errors: bad_init_string.
[[nodiscard]] Result<ServerList> decode_init_string(std::string_view text);
// The CS2 form in letters A..P, with ":PSK" when there is one.
[[nodiscard]] std::string encode_cs2_init_string(const ServerList& list);

}  // namespace cam32100::protocol
