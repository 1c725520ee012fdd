#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/core/config.hpp"
#include "protocol/transport/locator.hpp"

namespace cam32100::bridge {

// The 32100 servers: what is configured, and what their names resolved to. A name that is not found
// is asked for again, 5 s later at first and once a minute at last; every name is asked for again
// after kFreshFor, because servers move. Until an answer brings others, the addresses of the last
// one stay in use.
class ServerSets {
 public:
  static constexpr protocol::Duration kFreshFor = std::chrono::minutes{10};
  static constexpr protocol::Duration kFirstRetry = std::chrono::seconds{5};
  static constexpr protocol::Duration kLastRetry = std::chrono::seconds{60};

  struct Host {
    std::string text;          // as configured
    std::uint64_t number = 0;  // of BridgePorts::resolve(); 0: a dotted address, never asked for
    std::vector<protocol::Address> addresses{};
    unsigned misses = 0;  // answers in a row without an address
    protocol::TimePoint ask_at{};
  };
  struct Set {
    ServerSetConfig config;
    std::vector<Host> hosts;
    [[nodiscard]] std::vector<protocol::Address> addresses() const;
    [[nodiscard]] std::vector<std::string> not_found() const;  // names whose last answer was empty
  };

  // Takes the configured sets; what is known of hosts of a set of the same name is kept.
  void assign(const std::vector<ServerSetConfig>& configs);
  const Set& add(ServerSetConfig config);
  bool remove(const std::string& name);
  [[nodiscard]] const Set* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Set>& all() const noexcept { return sets_; }

  // --- names
  struct Question {
    std::uint64_t number = 0;
    std::string host;
  };
  // What is to be asked now. An answer that never comes is asked for again after kFreshFor.
  [[nodiscard]] std::vector<Question> take_due(protocol::TimePoint now);
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;
  void ask_all_again();  // the network may be another one
  struct Answered {
    std::string host;
    bool changed = false;                    // other addresses than before
    bool lost = false, found_again = false;  // the first of several misses, and their end
  };
  // nullopt: nobody asks any more, the set was removed meanwhile.
  [[nodiscard]] std::optional<Answered> resolved(protocol::TimePoint now, std::uint64_t number,
                                                 const std::vector<protocol::Address>& addresses);

  [[nodiscard]] std::vector<protocol::ServerAddress> addresses() const;  // of all sets
  [[nodiscard]] std::vector<protocol::ServerAddress> for_prefix(std::string_view uid_prefix) const;
  [[nodiscard]] static std::vector<protocol::ServerAddress> of(const Set& set);

 private:
  [[nodiscard]] std::vector<Host> hosts_of(const ServerSetConfig& config);
  template <class Visit>
  void for_each_name(Visit visit);

  std::vector<Set> sets_;
  std::uint64_t next_number_ = 1;
};

}  // namespace cam32100::bridge
