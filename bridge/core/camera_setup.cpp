#include "bridge/core/camera_setup.hpp"

#include <algorithm>
#include <map>

#include "protocol/wire/cipher.hpp"

namespace cam32100::bridge {
namespace {

void append(std::vector<protocol::NamedCipher>& out, protocol::NamedCipher cipher) {
  const bool known = std::any_of(out.begin(), out.end(), [&cipher](const auto& other) {
    return other.cipher == cipher.cipher;
  });
  if (!known) out.push_back(std::move(cipher));
}

}  // namespace

protocol::NamedCipher named_cipher(std::string_view psk) {
  const auto cipher = protocol::cipher_of(psk);
  const auto known = protocol::known_psk_of(cipher);
  if (!known) return {"configured", cipher};
  return {known->empty() ? "plain" : std::string{*known}, cipher};
}

// Made once: the cameras' copies share their tables.
const protocol::CipherList& known_ciphers() {
  static const protocol::CipherList all = [] {
    std::vector<protocol::NamedCipher> out;
    for (const auto& known : protocol::known_psks()) append(out, named_cipher(known.psk));
    return out;
  }();
  return all;
}

namespace {

// What the prefix is known for first, then plain, then the others. One list for all cameras of a
// prefix.
const protocol::CipherList& guesses_for(std::string_view uid_prefix) {
  static const auto of_key = [] {
    std::map<std::string_view, protocol::CipherList> lists;
    for (const auto& known : protocol::known_psks()) {
      std::vector<protocol::NamedCipher> list{named_cipher(known.psk)};
      for (const auto& cipher : known_ciphers()) append(list, cipher);
      lists.emplace(known.psk, std::move(list));
    }
    return lists;
  }();
  const auto found = of_key.find(protocol::psk_for_prefix(uid_prefix).value_or(""));
  return found == of_key.end() ? known_ciphers() : found->second;
}

}  // namespace

protocol::CipherList ciphers_for(const std::string& psk, std::string_view uid_prefix) {
  if (psk == "plain") return {named_cipher("")};
  if (psk == "auto") return guesses_for(uid_prefix);
  std::vector<protocol::NamedCipher> out;
  append(out, named_cipher(psk));
  append(out, named_cipher(""));
  return out;
}

SupervisorConfig supervisor_config(const CameraConfig& camera, const Config& config,
                                   const ServerSets& servers,
                                   const std::vector<protocol::Address>& lan_targets,
                                   const OwnHost& own) {
  SupervisorConfig out;
  out.uid = camera.uid;
  out.credentials = {camera.user, camera.password.reveal()};
  out.address = camera.address;
  out.ciphers = ciphers_for(camera.psk, camera.uid.prefix());
  if (camera.psk != "auto") out.other_ciphers = known_ciphers();
  out.servers = servers.for_prefix(camera.uid.prefix());
  if (const auto dsk = protocol::to_dsk(camera.dsk)) out.dsk = *dsk;
  out.lan_targets = lan_targets;
  out.own = own;
  out.relays = config.relay.allowed;
  out.relay_after = config.relay.after_ms;
  out.on_demand = camera.session == SessionMode::on_demand;
  out.connect_timeout = config.timing.connect_timeout_ms;
  out.request_timeout = config.timing.request_timeout_ms;
  out.idle_logout = config.timing.idle_logout_s;
  out.presence_check = config.timing.presence_check_s;
  out.offline_grace = config.timing.offline_grace_s;
  out.backoff_max = config.timing.backoff_max_s;
  out.packet_events = !config.events.verbose.empty();
  return out;
}

}  // namespace cam32100::bridge
