#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/wire/bytes.hpp"

// The rows of tests/vectors/*.json as values. Loading throws std::runtime_error when a file is
// missing, a row has a key that nobody reads, or hex is not hex: a vector that is skipped proves
// nothing.
namespace cam32100::vectors {

struct CipherPair {
  std::string psk;
  std::string key_hex;
  protocol::Bytes plain, sealed;
};

struct CrcRow {
  std::string key;
  protocol::Bytes plain, sealed;  // plain is empty in a bad row
};

struct InitString {
  std::string text;
  std::vector<std::string> servers;
  std::string psk;
};

struct UidBytes {
  std::string text;
  protocol::Bytes bytes;
};

struct UidSpelling {
  std::string text, canonical;
};

// The same alternatives as protocol::Field::value.
using Expected = std::variant<std::string, std::uint64_t, std::vector<std::uint64_t>>;

struct Capture {
  std::string n;                   // its number in the table of captures; not unique
  protocol::Bytes bytes;           // as on the wire
  std::optional<std::string> psk;  // set: decrypt first
  std::string kind;                // "capture" or "synthetic"
  bool whole = false;              // false: only the head of a datagram, to be refused as truncated
  std::map<std::string, Expected> expect;
  std::string what;
};

[[nodiscard]] std::vector<CipherPair> cipher_pairs();
[[nodiscard]] std::vector<CrcRow> crc_rows();
[[nodiscard]] std::vector<CrcRow> bad_crc_rows();
[[nodiscard]] std::vector<InitString> cs2_strings();
[[nodiscard]] std::vector<InitString> ilnk_strings();
[[nodiscard]] std::vector<UidBytes> valid_uids();
[[nodiscard]] std::vector<std::string> invalid_uids();
[[nodiscard]] std::vector<UidSpelling> uid_spellings();
[[nodiscard]] std::vector<std::string> refused_aliases();
[[nodiscard]] std::vector<Capture> captures();

// Every distinct plain datagram of captures and cipher vectors, heads included, in file order.
[[nodiscard]] std::vector<protocol::Bytes> plain_datagrams();

// "captures.json/captures" -> rows: every kind present in the files, counted from the JSON itself.
[[nodiscard]] std::map<std::string, std::size_t> row_counts();

}  // namespace cam32100::vectors
