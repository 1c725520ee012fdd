#include "bridge/core/server_sets.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::bridge {
namespace {

void append(std::vector<protocol::ServerAddress>& out, const ServerSets::Set& set) {
  const protocol::Cipher cipher{set.config.psk};
  for (const auto& address : set.addresses) {
    const protocol::ServerAddress server{address, cipher};
    const bool known = std::any_of(out.begin(), out.end(), [&server](const auto& other) {
      return other.address == server.address && other.cipher == server.cipher;
    });
    if (!known) out.push_back(server);
  }
}

// Known without a name service, so that a camera's first search has them.
std::vector<protocol::Address> dotted(const std::vector<std::string>& hosts) {
  std::vector<protocol::Address> out;
  for (const auto& host : hosts) {
    if (const auto address = protocol::Address::parse(host, protocol::kServerPort))
      out.push_back(*address);
  }
  return out;
}

}  // namespace

std::vector<const ServerSets::Set*> ServerSets::assign(
    const std::vector<ServerSetConfig>& configs) {
  std::vector<Set> before = std::exchange(sets_, {});
  std::vector<bool> is_new;
  for (const auto& config : configs) {
    const auto same = std::find_if(before.begin(), before.end(), [&config](const Set& set) {
      return set.config.name == config.name && set.config.hosts == config.hosts;
    });
    is_new.push_back(same == before.end());
    if (same == before.end()) {
      sets_.push_back({next_number_++, config, dotted(config.hosts)});
    } else {
      sets_.push_back({same->number, config, same->addresses});
    }
  }
  std::vector<const Set*> unresolved;
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    if (is_new[i]) unresolved.push_back(&sets_[i]);
  }
  return unresolved;
}

const ServerSets::Set& ServerSets::add(ServerSetConfig config) {
  auto known = dotted(config.hosts);
  return sets_.emplace_back(Set{next_number_++, std::move(config), std::move(known)});
}

bool ServerSets::remove(const std::string& name) {
  return std::erase_if(sets_, [&name](const Set& set) { return set.config.name == name; }) > 0;
}

const ServerSets::Set* ServerSets::find(std::string_view name) const {
  const auto found = std::find_if(sets_.begin(), sets_.end(),
                                  [name](const Set& set) { return set.config.name == name; });
  return found == sets_.end() ? nullptr : &*found;
}

bool ServerSets::resolved(std::uint64_t number, const std::vector<protocol::Address>& addresses) {
  const auto found = std::find_if(sets_.begin(), sets_.end(),
                                  [number](const Set& set) { return set.number == number; });
  if (found == sets_.end()) return false;
  found->addresses = addresses;
  return true;
}

std::vector<protocol::ServerAddress> ServerSets::addresses() const {
  std::vector<protocol::ServerAddress> out;
  for (const auto& set : sets_) append(out, set);
  return out;
}

std::vector<protocol::ServerAddress> ServerSets::for_prefix(std::string_view uid_prefix) const {
  std::vector<protocol::ServerAddress> out;
  for (const auto& set : sets_) {
    const auto& prefixes = set.config.prefixes;
    const bool asked = prefixes.empty() ||
                       std::find(prefixes.begin(), prefixes.end(), uid_prefix) != prefixes.end();
    if (asked) append(out, set);
  }
  return out;
}

std::vector<protocol::ServerAddress> ServerSets::of(const Set& set) {
  std::vector<protocol::ServerAddress> out;
  append(out, set);
  return out;
}

}  // namespace cam32100::bridge
