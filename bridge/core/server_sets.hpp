#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/core/config.hpp"
#include "protocol/transport/locator.hpp"

namespace cam32100::bridge {

// The 32100 servers: what is configured, and what their names resolved to.
class ServerSets {
 public:
  struct Set {
    std::uint64_t number = 0;  // of BridgePorts::resolve()
    ServerSetConfig config;
    std::vector<protocol::Address> addresses;
  };

  // Takes the configured sets; addresses of sets with the same hosts are kept. Returns those to
  // resolve.
  [[nodiscard]] std::vector<const Set*> assign(const std::vector<ServerSetConfig>& configs);
  [[nodiscard]] const Set& add(ServerSetConfig config);
  bool remove(const std::string& name);
  [[nodiscard]] const Set* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Set>& all() const noexcept { return sets_; }
  // False when the number is unknown: the set was removed meanwhile.
  bool resolved(std::uint64_t number, const std::vector<protocol::Address>& addresses);

  [[nodiscard]] std::vector<protocol::ServerAddress> addresses() const;  // of all sets
  [[nodiscard]] std::vector<protocol::ServerAddress> for_prefix(std::string_view uid_prefix) const;
  [[nodiscard]] static std::vector<protocol::ServerAddress> of(const Set& set);

 private:
  std::vector<Set> sets_;
  std::uint64_t next_number_ = 1;
};

}  // namespace cam32100::bridge
