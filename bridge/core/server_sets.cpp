#include "bridge/core/server_sets.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::bridge {
namespace {

void append(std::vector<protocol::ServerAddress>& out, const ServerSets::Set& set) {
  const auto cipher = protocol::cipher_of(set.config.psk);
  for (const auto& address : set.addresses()) {
    const protocol::ServerAddress server{address, cipher};
    const bool known = std::any_of(out.begin(), out.end(), [&server](const auto& other) {
      return other.address == server.address && other.cipher == server.cipher;
    });
    if (!known) out.push_back(server);
  }
}

protocol::Duration retry_after(unsigned misses) {
  protocol::Duration wait = ServerSets::kFirstRetry;
  for (unsigned i = 1; i < misses && wait < ServerSets::kLastRetry; ++i) wait *= 2;
  return std::min(wait, ServerSets::kLastRetry);
}

}  // namespace

std::vector<protocol::Address> ServerSets::Set::addresses() const {
  std::vector<protocol::Address> out;
  for (const auto& host : hosts) {
    for (const auto& address : host.addresses) {
      if (std::find(out.begin(), out.end(), address) == out.end()) out.push_back(address);
    }
  }
  return out;
}

std::vector<std::string> ServerSets::Set::not_found() const {
  std::vector<std::string> out;
  for (const auto& host : hosts) {
    if (host.misses > 0) out.push_back(host.text);
  }
  return out;
}

std::vector<ServerSets::Host> ServerSets::hosts_of(const ServerSetConfig& config) {
  std::vector<Host> out;
  for (const auto& text : config.hosts) {
    // Known without a name service, so that a camera's first search has it.
    if (const auto dotted = protocol::Address::parse(text, protocol::kServerPort)) {
      out.push_back({.text = text, .addresses = {*dotted}});
    } else {
      out.push_back({.text = text, .number = next_number_++});
    }
  }
  return out;
}

void ServerSets::assign(const std::vector<ServerSetConfig>& configs) {
  const std::vector<Set> before = std::exchange(sets_, {});
  for (const auto& config : configs) {
    Set set{config, hosts_of(config)};
    const auto same = std::find_if(before.begin(), before.end(), [&config](const Set& old) {
      return old.config.name == config.name;
    });
    for (auto& host : set.hosts) {
      if (same == before.end()) break;
      const auto known = std::find_if(same->hosts.begin(), same->hosts.end(),
                                      [&host](const Host& old) { return old.text == host.text; });
      if (known != same->hosts.end()) host = *known;
    }
    sets_.push_back(std::move(set));
  }
}

const ServerSets::Set& ServerSets::add(ServerSetConfig config) {
  auto hosts = hosts_of(config);
  return sets_.emplace_back(Set{std::move(config), std::move(hosts)});
}

bool ServerSets::remove(const std::string& name) {
  return std::erase_if(sets_, [&name](const Set& set) { return set.config.name == name; }) > 0;
}

const ServerSets::Set* ServerSets::find(std::string_view name) const {
  const auto found = std::find_if(sets_.begin(), sets_.end(),
                                  [name](const Set& set) { return set.config.name == name; });
  return found == sets_.end() ? nullptr : &*found;
}

template <class Visit>
void ServerSets::for_each_name(Visit visit) {
  for (auto& set : sets_) {
    for (auto& host : set.hosts) {
      if (host.number != 0) visit(host);
    }
  }
}

std::vector<ServerSets::Question> ServerSets::take_due(protocol::TimePoint now) {
  std::vector<Question> out;
  for_each_name([&](Host& host) {
    if (host.ask_at > now) return;
    host.ask_at = now + kFreshFor;
    out.push_back({host.number, host.text});
  });
  return out;
}

std::optional<protocol::TimePoint> ServerSets::deadline() const {
  std::optional<protocol::TimePoint> first;
  for (const auto& set : sets_) {
    for (const auto& host : set.hosts) {
      if (host.number != 0 && (!first || host.ask_at < *first)) first = host.ask_at;
    }
  }
  return first;
}

void ServerSets::ask_all_again() {
  for_each_name([](Host& host) { host.ask_at = {}; });
}

std::optional<ServerSets::Answered> ServerSets::resolved(
    protocol::TimePoint now, std::uint64_t number,
    const std::vector<protocol::Address>& addresses) {
  std::optional<Answered> answered;
  for_each_name([&](Host& host) {
    if (host.number != number) return;
    answered = Answered{.host = host.text};
    if (addresses.empty()) {
      answered->lost = host.misses++ == 0;
      host.ask_at = now + retry_after(host.misses);
      return;
    }
    answered->found_again = std::exchange(host.misses, 0) > 0;
    host.ask_at = now + kFreshFor;
    // Name services turn the order round at each answer; that is no news.
    answered->changed = !std::is_permutation(addresses.begin(), addresses.end(),
                                             host.addresses.begin(), host.addresses.end());
    if (answered->changed) host.addresses = addresses;
  });
  return answered;
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
    const bool asked =
        prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& first) {
          return uid_prefix.starts_with(first);
        });
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
