#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/core/camera_setup.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/describe.hpp"

namespace cam32100::bridge {

namespace {

using protocol::Bytes;
using protocol::Cipher;

// Decrypts in place; the name of the key that fitted, or nothing.
std::optional<std::string> decrypt(Bytes& bytes, const std::string& psk) {
  if (psk != "auto") {
    const auto given = named_cipher(psk == "plain" ? "" : psk);
    given.cipher.decrypt(bytes);
    return given.name;
  }
  std::vector<Cipher> candidates;
  std::vector<std::string> names;
  for (const auto& known : protocol::known_psks()) {
    if (known.psk.empty()) continue;
    candidates.emplace_back(known.psk);
    names.emplace_back(known.psk);
  }
  const auto found = protocol::recognise(bytes, candidates);
  if (!found) return std::nullopt;
  if (*found == protocol::kPlainRecognised) return "plain";
  candidates[*found].decrypt(bytes);
  return names[*found];
}

int decode(const std::string& hex, const std::string& psk) {
  Bytes bytes;
  if (!protocol::from_hex(hex, bytes)) {
    std::fputs("cam32100: wanted an even number of hex digits\n", stderr);
    return kExitUsage;
  }
  nlohmann::ordered_json out;
  const auto name = decrypt(bytes, psk);
  if (!name) {
    out["psk"] = nullptr;
    out["error"] =
        "neither plain nor under a known PSK does this start with F1 and a fitting length";
    out["bytes"] = protocol::to_hex(bytes);
    std::printf("%s\n", out.dump(2).c_str());
    std::fputs("cam32100: no known key fits; try --psk TEXT, or find-psk\n", stderr);
    return kExitFailed;
  }
  out["psk"] = *name;
  const auto packet = protocol::decode(bytes);
  if (!packet) {
    out["error"] = packet.error().message();
    out["plain"] = protocol::to_hex(bytes);
    std::printf("%s\n", out.dump(2).c_str());
    return kExitFailed;
  }
  for (const auto& field : protocol::describe(*packet)) {
    std::visit([&](const auto& value) { out[field.name] = value; }, field.value);
  }
  std::printf("%s\n",
              out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
  return kExitOk;
}

}  // namespace

void add_decode(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("decode", "Print the fields of one datagram as JSON");
  auto hex = std::make_shared<std::string>();
  auto psk = std::make_shared<std::string>("auto");
  command->add_option("hex", *hex, "The datagram's bytes")->required()->type_name("HEX");
  add_psk_option(*command, *psk);
  command->callback([&line, hex, psk] { line.run = [hex, psk] { return decode(*hex, *psk); }; });
}

}  // namespace cam32100::bridge
