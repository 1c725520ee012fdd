#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "bridge/core/answers.hpp"
#include "bridge/core/camera_events.hpp"
#include "bridge/core/camera_topics.hpp"
#include "bridge/core/discovery.hpp"
#include "protocol/transport/lan_search.hpp"
#include "protocol/transport/locator.hpp"

namespace cam32100::bridge {

// Questions to the network that belong to no camera: discover, stun, lookup. Each has a socket of
// its own for as long as it takes. At most kMaxQueries at a time; more are answered rate_limited.
class NetworkQueries {
 public:
  static constexpr std::size_t kMaxQueries = 8;
  static constexpr protocol::Duration kDefaultSearch = std::chrono::seconds{3};
  static constexpr protocol::Duration kDefaultLookup = std::chrono::seconds{5};

  NetworkQueries(BridgeContext& context, Answers& answers, CameraTopics& topics,
                 CameraEvents& events, Discovery& discovery)
      : context_{context},
        answers_{answers},
        topics_{topics},
        events_{events},
        discovery_{discovery} {}

  void discover(RequestNumber request, std::optional<std::chrono::milliseconds> timeout);
  void stun(RequestNumber request, std::vector<protocol::ServerAddress> servers,
            std::optional<std::chrono::milliseconds> timeout);
  void lookup(RequestNumber request, const protocol::Uid& uid,
              std::vector<protocol::ServerAddress> servers,
              std::optional<std::chrono::milliseconds> timeout);

  bool on_progress(EndpointId endpoint);  // false: not one of ours
  void on_limit(EndpointId endpoint);     // over at the latest
  void stop();                            // everything is answered shutting_down

 private:
  struct Query {
    RequestNumber request = 0;
    std::unique_ptr<protocol::LanSearch> search;
    std::unique_ptr<protocol::Locator> locator;
    bool stun = false;
    std::vector<protocol::HelloAnswered> hellos;  // stun
    std::optional<protocol::Errc> verdict;        // lookup
    nlohmann::json found = nlohmann::json::array();
  };
  [[nodiscard]] bool has_room(RequestNumber request);
  void open(Query query, protocol::Endpoint& endpoint, protocol::Duration limit);
  void start_locator(RequestNumber request, protocol::LocatorConfig config, bool stun);
  void take_found(Query& query);
  static void take_locator_events(Query& query);
  void finish(EndpointId endpoint);
  void answer(Query& query);

  BridgeContext& context_;
  Answers& answers_;
  CameraTopics& topics_;
  CameraEvents& events_;
  Discovery& discovery_;
  std::map<EndpointId, Query> queries_;
};

}  // namespace cam32100::bridge
