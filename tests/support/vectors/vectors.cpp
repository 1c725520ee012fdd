#include "tests/support/vectors/vectors.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "protocol/wire/cipher.hpp"

namespace cam32100::vectors {
namespace {

using nlohmann::json;

std::filesystem::path folder() { return std::filesystem::path{CAM32100_TESTS_DIR} / "vectors"; }

json load(const std::string& file) {
  std::ifstream in(folder() / file);
  if (!in) throw std::runtime_error("cannot open vectors/" + file);
  return json::parse(in);
}

// Reads the keys of one row and, at the end, refuses those nobody asked for.
class Row {
 public:
  explicit Row(const json& object) : left_(object) {}

  [[nodiscard]] json take(const char* key) {
    if (!left_.contains(key)) throw std::runtime_error(std::string{"row without "} + key);
    json value = left_.at(key);
    left_.erase(key);
    return value;
  }
  [[nodiscard]] std::string text(const char* key) { return take(key).get<std::string>(); }
  [[nodiscard]] std::string text_or_empty(const char* key) {
    return left_.contains(key) ? text(key) : std::string{};
  }
  [[nodiscard]] protocol::Bytes bytes(const char* key) {
    protocol::Bytes out;
    if (!protocol::from_hex(text(key), out))
      throw std::runtime_error(std::string{key} + " not hex");
    return out;
  }
  void done() const {
    if (!left_.empty()) throw std::runtime_error("nobody reads " + left_.dump());
  }

 private:
  json left_;
};

std::vector<CrcRow> load_crc(const char* kind, bool bad) {
  std::vector<CrcRow> rows;
  const json file = load("crc.json");
  for (const auto& object : file.at(kind)) {
    Row row{object};
    CrcRow out;
    out.key = row.text("key");
    if (!bad) out.plain = row.bytes("plain");
    out.sealed = row.bytes("cipher");
    if (bad) static_cast<void>(row.text("why"));
    row.done();
    rows.push_back(std::move(out));
  }
  return rows;
}

std::vector<InitString> load_init(const char* kind) {
  std::vector<InitString> rows;
  const json file = load("init_strings.json");
  for (const auto& object : file.at(kind)) {
    Row row{object};
    InitString out{row.text("text"), row.take("servers").get<std::vector<std::string>>(),
                   row.text_or_empty("psk")};
    row.done();
    rows.push_back(std::move(out));
  }
  return rows;
}

Expected expected(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  return value.get<std::vector<std::uint64_t>>();
}

}  // namespace

std::vector<CipherPair> cipher_pairs() {
  std::vector<CipherPair> rows;
  const json file = load("cipher.json");
  for (const auto& object : file.at("vectors")) {
    Row outer{object};
    const auto psk = outer.text("psk");
    const auto key = outer.text("key");
    for (const auto& pair : outer.take("pairs")) {
      Row row{pair};
      rows.push_back({psk, key, row.bytes("plain"), row.bytes("cipher")});
      row.done();
    }
    outer.done();
  }
  return rows;
}

std::vector<CrcRow> crc_rows() { return load_crc("vectors", false); }
std::vector<CrcRow> bad_crc_rows() { return load_crc("bad", true); }
std::vector<InitString> cs2_strings() { return load_init("cs2"); }
std::vector<InitString> ilnk_strings() { return load_init("ilnk"); }

std::vector<UidBytes> valid_uids() {
  std::vector<UidBytes> rows;
  const json file = load("uid.json");
  for (const auto& object : file.at("valid")) {
    Row row{object};
    UidBytes out{row.text("text"), row.bytes("bytes")};
    row.done();
    rows.push_back(std::move(out));
  }
  return rows;
}

std::vector<std::string> invalid_uids() {
  return load("uid.json").at("invalid").get<std::vector<std::string>>();
}

std::vector<UidSpelling> uid_spellings() {
  std::vector<UidSpelling> rows;
  const json file = load("uid.json");
  for (const auto& object : file.at("spellings")) {
    Row row{object};
    UidSpelling out{row.text("text"), row.text("canonical")};
    row.done();
    rows.push_back(std::move(out));
  }
  return rows;
}

std::vector<std::string> refused_aliases() {
  return load("uid.json").at("aliases_refused").get<std::vector<std::string>>();
}

std::vector<Capture> captures() {
  std::vector<Capture> rows;
  const json file = load("captures.json");
  for (const auto& object : file.at("captures")) {
    Row row{object};
    Capture out;
    out.n = row.text("n");
    out.bytes = row.bytes("hex");
    if (const auto psk = row.take("psk"); !psk.is_null()) out.psk = psk.get<std::string>();
    out.kind = row.text("kind");
    out.whole = row.take("whole").get<bool>();
    const json expect = row.take("expect");
    for (const auto& [key, value] : expect.items()) out.expect.emplace(key, expected(value));
    out.what = row.text("what");
    row.done();
    rows.push_back(std::move(out));
  }
  return rows;
}

std::vector<protocol::Bytes> plain_datagrams() {
  std::vector<protocol::Bytes> all;
  const auto add = [&all](const protocol::Bytes& bytes) {
    if (std::find(all.begin(), all.end(), bytes) == all.end()) all.push_back(bytes);
  };
  for (auto& capture : captures()) {
    protocol::Cipher{std::string_view{capture.psk.value_or("")}}.decrypt(capture.bytes);
    add(capture.bytes);
  }
  for (const auto& pair : cipher_pairs()) add(pair.plain);
  return all;
}

std::map<std::string, std::size_t> row_counts() {
  std::map<std::string, std::size_t> counts;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (!entry.is_regular_file()) continue;
    const auto file = entry.path().filename().string();
    const json content = load(file);
    for (const auto& [kind, rows] : content.items()) {
      if (kind != "source") counts[file + "/" + kind] = rows.size();
    }
  }
  // One row of cipher.json holds all pairs of a key.
  std::size_t pairs = 0;
  const json cipher = load("cipher.json");
  for (const auto& row : cipher.at("vectors")) pairs += row.at("pairs").size();
  counts["cipher.json/vectors"] = pairs;
  return counts;
}

}  // namespace cam32100::vectors
