#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "bridge/cli/commands.hpp"
#include "protocol/wire/describe.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/fit.hpp"
#include "protocol/wire/key_search.hpp"

// Which key a camera's datagrams were enciphered with, as far as they tell: offline, as JSON.
namespace cam32100::bridge {

namespace {

using nlohmann::ordered_json;
using protocol::Bytes;
using protocol::CipherKey;

constexpr std::size_t kMostListed = 16;  // of values; more are "any"

struct Search {
  std::vector<Bytes> datagrams;  // as they were given
  std::vector<Bytes> sealed;     // those that are not plain
  std::vector<CipherKey> keys;   // under which all of `sealed` fit
};

ordered_json one_or_several(const std::set<std::string>& values) {
  if (values.size() > kMostListed) return "any";
  if (values.size() == 1) return *values.begin();
  return values;
}

// What a datagram is under each key, or plain. Its id only where all agree in it.
ordered_json describe_datagram(const Bytes& datagram, const std::vector<CipherKey>& keys) {
  const bool plain = protocol::reads_plain(datagram);
  std::set<std::string> messages;
  std::set<std::string> uids;
  std::set<std::string> fits;
  const auto take = [&](const Bytes& bytes) {
    messages.emplace(protocol::name(static_cast<protocol::MessageType>(bytes[1])));
    fits.emplace(protocol::to_text(protocol::fit_of(bytes)));
    const auto packet = protocol::decode(bytes);
    std::string uid;
    for (const auto& field : packet ? protocol::describe(*packet) : std::vector<protocol::Field>{})
      if (field.name == "uid") uid = std::get<std::string>(field.value);
    uids.insert(uid);
  };
  if (plain) take(datagram);
  for (std::size_t i = 0; i < keys.size() && !plain; ++i) {
    auto bytes = datagram;
    protocol::Cipher{keys[i]}.decrypt(bytes);
    take(bytes);
  }
  ordered_json out{{"message", one_or_several(messages)}};
  if (uids.size() == 1 && !uids.begin()->empty()) out["uid"] = *uids.begin();
  out["fit"] = one_or_several(fits);
  if (plain) out["plain"] = true;
  return out;
}

// "2c", a few of such, or "any".
ordered_json show(const protocol::KeyByte& byte) {
  if (byte.any) return "any";
  std::set<std::string> values;
  for (const auto value : byte.values)
    values.insert(protocol::to_hex(std::array{std::byte{value}}));
  return one_or_several(values);
}

ordered_json report(const Search& search) {
  ordered_json out;
  const auto& keys = search.keys;
  if (search.sealed.empty()) {
    out["psk"] = "plain";
  } else {
    std::set<std::string> known;
    for (const auto& key : keys)
      if (const auto psk = protocol::known_psk_of(protocol::Cipher{key})) known.emplace(*psk);
    out["psk"] = nullptr;  // what a configuration takes, once there is no choice
    if (keys.size() == 1)
      out["psk"] = known.empty() ? protocol::key_text(keys.front()) : *known.begin();
    out["key"] = ordered_json::array();
    for (const auto& byte : protocol::key_bytes(keys)) out["key"].push_back(show(byte));
    out["known"] = known;
  }
  out["datagrams"] = ordered_json::array();
  for (const auto& datagram : search.datagrams)
    out["datagrams"].push_back(describe_datagram(datagram, keys));
  return out;
}

std::string sentence_for_one(const Bytes& datagram, const std::string& which) {
  if (datagram.size() < protocol::kHeaderBytes)
    return "wanted at least " + std::to_string(protocol::kHeaderBytes) + " bytes, saw " +
           std::to_string(datagram.size()) + which +
           "; a datagram is one word: put quotes round a dump with blanks";
  return "wanted a datagram of a camera, saw " + std::to_string(datagram.size()) + " bytes" +
         which +
         " that no key of a text turns into a message; give the whole UDP payload and nothing in "
         "front of it";
}

// Why no key fits: of the first datagram that has none by itself, else of all together.
std::string why_none(const Search& search) {
  for (std::size_t i = 0; i < search.datagrams.size(); ++i) {
    const auto& datagram = search.datagrams[i];
    if (protocol::reads_plain(datagram) || !protocol::find_keys(std::span{&datagram, 1}).empty())
      continue;
    const bool alone = search.datagrams.size() == 1;
    return sentence_for_one(datagram, alone ? "" : " in datagram " + std::to_string(i + 1));
  }
  return "wanted datagrams under one key, saw " + std::to_string(search.sealed.size()) +
         " that have none in common, though each has keys; give those of one camera";
}

int find_psk(const std::vector<std::string>& words) {
  if (words.size() > protocol::kMostSearched) {
    std::fprintf(stderr,
                 "cam32100: wanted at most %zu datagrams, saw %zu; a few of them are enough\n",
                 protocol::kMostSearched, words.size());
    return kExitUsage;
  }
  Search search;
  for (std::size_t i = 0; i < words.size(); ++i) {
    Bytes bytes;
    if (!protocol::from_hex(words[i], bytes) || bytes.size() > protocol::kMaxDatagramBytes) {
      std::fprintf(
          stderr,
          "cam32100: datagram %zu: wanted an even number of hex digits, at most %zu bytes\n", i + 1,
          protocol::kMaxDatagramBytes);
      return kExitUsage;
    }
    if (!protocol::reads_plain(bytes)) search.sealed.push_back(bytes);
    search.datagrams.push_back(std::move(bytes));
  }
  search.keys = protocol::find_keys(search.sealed);
  if (search.keys.empty() && !search.sealed.empty()) {
    std::fprintf(stderr, "cam32100: %s\n", why_none(search).c_str());
    return kExitFailed;
  }
  std::printf("%s\n", report(search).dump(2).c_str());
  if (search.keys.size() > 1)
    std::fputs(
        "cam32100: some of the key is still open; more datagrams of this camera settle it, best "
        "one "
        "with its id (PUNCH_PKT, P2P_RDY)\n",
        stderr);
  return kExitOk;
}

}  // namespace

void add_find_psk(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("find-psk", "Find the cipher key of captured datagrams");
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("hex", *words, "Datagrams of one camera and its app")
      ->required()
      ->type_name("HEX");
  command->callback([&line, words] { line.run = [words] { return find_psk(*words); }; });
}

}  // namespace cam32100::bridge
