#include <algorithm>
#include <map>
#include <utility>

#include "bridge/core/config_checks.hpp"
#include "bridge/core/config_draft.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/known_servers.hpp"

namespace cam32100::bridge {

namespace {

constexpr std::string_view kVendor = "vendor";

bool names_vendor(const ServerSetConfig& servers) {
  return std::find(servers.hosts.begin(), servers.hosts.end(), kVendor) != servers.hosts.end();
}

// What the one word "vendor" stands for: the known servers of each maker, for their ids alone. Keys
// and prefixes are theirs; a name of the user's own goes before.
std::vector<ServerDraft> vendor_drafts(const ServerDraft& draft, Faults& faults) {
  const ServerSetConfig& values = draft.values;
  if (values.hosts.size() > 1 || !values.psk.empty() || !values.prefixes.empty()) {
    faults.add(
        draft.place_of("hosts"),
        "\"vendor\" brings hosts, psk and prefixes of its own; it stands alone, make two sets");
    return {};
  }
  std::vector<ServerDraft> out;
  for (const auto& known : protocol::known_servers()) {
    ServerDraft one = draft;
    one.values.name = (values.name.empty() ? std::string{kVendor} : values.name) + ' ';
    one.values.name += known.prefixes.front();
    one.values.hosts = {std::string{known.init_string}};
    one.values.prefixes.assign(known.prefixes.begin(), known.prefixes.end());
    out.push_back(std::move(one));
  }
  return out;
}

// Hosts that check_server_host() let pass; an init string becomes its hosts and gives its PSK.
void decode_hosts(ServerSetConfig& servers, const Place& place, Faults& faults) {
  if (names_vendor(servers)) {
    faults.add(place, "\"vendor\" is several sets of servers; it goes into the configuration file");
    return;
  }
  if (std::none_of(servers.hosts.begin(), servers.hosts.end(), looks_like_init_string)) return;
  if (servers.hosts.size() > 1) {
    faults.add(place, "holds an init string beside other hosts; it stands alone, make two sets");
    return;
  }
  auto decoded = protocol::decode_init_string(servers.hosts.front());
  if (!decoded) return;
  protocol::ServerList list = std::move(decoded).value();
  if (!list.psk.empty()) {
    if (!servers.psk.empty() && protocol::cipher_of(servers.psk) != protocol::cipher_of(list.psk)) {
      faults.add(
          place,
          "the init string brings a psk of its own that differs from the key psk; remove one");
      return;
    }
    servers.psk = std::move(list.psk);
  }
  servers.hosts = std::move(list.hosts);
}

void to_upper(std::string& text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
}

}  // namespace

ServerSetConfig finish_server(ServerDraft draft, Faults& faults) {
  require_keys(draft, server_fields(), faults);
  ServerSetConfig& servers = draft.values;
  const Place place = draft.place_of("hosts");
  decode_hosts(servers, place, faults);
  // "plain" is a word of ours, as for cameras; here plain is also the default.
  if (servers.psk == "plain") servers.psk.clear();
  std::for_each(servers.prefixes.begin(), servers.prefixes.end(), to_upper);
  if (servers.name.empty() && !servers.hosts.empty()) servers.name = servers.hosts.front();
  return std::move(servers);
}

void add_servers(Config& config, std::vector<ServerDraft> configured, std::vector<ServerDraft> kept,
                 Faults& faults) {
  struct Holder {
    Place place;
    bool kept;
  };
  std::map<std::string, Holder> names;
  const auto add = [&](ServerDraft draft, bool is_kept) {
    const Place place = draft.place_of("name");
    ServerSetConfig servers = finish_server(std::move(draft), faults);
    servers.from_state_file = is_kept;
    if (!servers.name.empty()) {
      const auto [found, fresh] = names.emplace(servers.name, Holder{place, is_kept});
      const Holder& holder = found->second;
      // As with cameras, the file has the last word on what was also added over MQTT.
      if (!fresh && is_kept && !holder.kept) return;
      if (!fresh) {
        faults.add(place, "the name " + in_quotes(servers.name) + " is taken already at " +
                              holder.place.text());
      }
    }
    config.servers.push_back(std::move(servers));
  };
  for (auto& draft : configured) {
    if (!names_vendor(draft.values)) {
      add(std::move(draft), false);
    } else {
      for (auto& one : vendor_drafts(draft, faults)) add(std::move(one), false);
    }
  }
  for (auto& draft : kept) add(std::move(draft), true);
}

}  // namespace cam32100::bridge
