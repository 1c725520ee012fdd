#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bridge/core/bridge.hpp"
#include "tests/support/sim_network/sim_network.hpp"

namespace cam32100::testing {

// What the process does for the bridge, in memory: endpoints become nodes of a simulated network.
class FakePorts final : public bridge::BridgePorts {
 public:
  using Clock = std::function<bridge::Moment()>;
  // Without a network endpoints are only remembered.
  FakePorts(Clock clock, sim::SimNetwork* net) : clock_{std::move(clock)}, net_{net} {}

  void attach(bridge::Bridge& bridge) { bridge_ = &bridge; }

  std::map<std::string, std::string> secrets;      // plain names -> content
  std::map<std::string, protocol::Address> names;  // what the name service knows
  bool answers_resolve_at_once = true;             // within the call; else never
  bool reaches_the_disk = true;                    // what is saved, within the call; else never
  std::vector<bridge::LogRecord> logs;
  std::vector<std::string> saved;                                  // every save_state()
  std::map<std::uint64_t, std::vector<bridge::HttpAnswer>> pages;  // by ticket
  std::vector<bridge::LogLevel> levels;
  std::map<std::string, std::uint64_t> http_refused;
  std::size_t restarts = 0, reloads = 0, resolves = 0;
  std::map<bridge::EndpointId, sim::NodeId> nodes;
  std::map<bridge::EndpointId, protocol::Endpoint*> endpoints;
  [[nodiscard]] bool has_logged(const std::string& part) const;

  void open_endpoint(bridge::EndpointId id, protocol::Endpoint& endpoint) override;
  void close_endpoint(bridge::EndpointId id) override;
  void wake_endpoint(bridge::EndpointId id) override;
  void resolve(std::uint64_t question, std::string host) override;
  void save_state(std::string json) override;
  [[nodiscard]] std::string random_token() override;
  [[nodiscard]] mappings::CommandResult<std::string> read_secret(std::string_view name) override;
  void log(bridge::LogRecord record) override { logs.push_back(std::move(record)); }
  void set_log_level(bridge::LogLevel level) override { levels.push_back(level); }
  void restart() override { ++restarts; }
  void answer_http(std::uint64_t ticket, bridge::HttpAnswer answer) override {
    pages[ticket].push_back(std::move(answer));
  }
  void reload() override { ++reloads; }
  [[nodiscard]] bridge::ProcessFacts process_facts() const override {
    return {9'000'000, {11, 12, 13, 14, 15}, http_refused};
  }

 private:
  Clock clock_;
  sim::SimNetwork* net_;
  bridge::Bridge* bridge_ = nullptr;
  std::uint16_t next_port_ = 40000;
  std::size_t tokens_ = 0;
};

}  // namespace cam32100::testing
