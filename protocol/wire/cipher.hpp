#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

// What a PSK boils down to: all that the PSK chain knows of it.
using CipherKey = std::array<std::uint8_t, 4>;
[[nodiscard]] CipherKey key_of(std::string_view psk) noexcept;  // of its first 20 characters

// The PSK chain ("PropEnc") over a whole datagram. A cipher without a key (plain) leaves bytes
// alone. Self-synchronising, no integrity: a damaged byte harms itself and its successor. Copies
// share one table: every camera has a list of all known keys.
class Cipher {
 public:
  Cipher() = default;                     // plain
  explicit Cipher(std::string_view psk);  // first 20 characters count; empty = plain
  explicit Cipher(CipherKey key);

  void encrypt(MutableBytesView datagram) const noexcept;  // in place
  void decrypt(MutableBytesView datagram) const noexcept;  // in place
  [[nodiscard]] bool is_plain() const noexcept { return stream_ == nullptr; }
  [[nodiscard]] const CipherKey& key() const noexcept { return key_; }

  friend bool operator==(const Cipher& a, const Cipher& b) noexcept {
    return a.is_plain() == b.is_plain() && a.key_ == b.key_;
  }

 private:
  using Stream = std::array<std::uint8_t, 256>;  // key byte for each preceding ciphertext byte
  CipherKey key_{};
  std::shared_ptr<const Stream> stream_;  // none: plain
};

// The chain from the side of one key byte, the one that the low two bits of `previous` (the
// ciphertext byte in front, 0 at the start) choose: what it is XORed with, and, the other way
// round, which byte of a key turned `plain` into `sealed` there.
[[nodiscard]] std::uint8_t stream_byte(std::uint8_t key_byte, std::uint8_t previous) noexcept;
[[nodiscard]] std::uint8_t key_byte_of(std::uint8_t plain, std::uint8_t sealed,
                                       std::uint8_t previous) noexcept;

// What people write where a PSK is wanted: "" for plain, the text that an app holds, or, for a key
// whose text nobody knows, "key:" (any case) and the eight hex digits of its four bytes. Every such
// word becomes a cipher here.
[[nodiscard]] Cipher cipher_of(std::string_view psk);
// False for "key:" with anything but eight hex digits behind it: refuse that where it is written.
// cipher_of() takes it for the text it is.
[[nodiscard]] bool is_psk_text(std::string_view psk) noexcept;
[[nodiscard]] std::string key_text(const CipherKey& key);  // "key:2cd46006"

// A PSK people know, with the name we show for it (the vendor's string itself: these are public).
struct KnownPsk {
  std::string_view psk;                        // "" = plain
  std::span<const std::string_view> prefixes;  // UID prefixes known to use it
};
// Plain first, then the table of protocol/README.md in its order. The table is open: a camera may
// use a key that is not in it.
[[nodiscard]] std::span<const KnownPsk> known_psks() noexcept;
// The entry whose key this is; "" for a plain cipher. nullopt: nobody told its text.
[[nodiscard]] std::optional<std::string_view> known_psk_of(const Cipher& cipher) noexcept;
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
