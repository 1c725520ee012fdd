#pragma once

#include <utility>

#include "bridge/core/bridge.hpp"
#include "bridge/core/bridge_commands.hpp"
#include "bridge/core/bridge_context.hpp"
#include "bridge/core/camera_commands.hpp"
#include "bridge/core/command_router.hpp"
#include "bridge/core/discovery.hpp"
#include "bridge/core/http_pages.hpp"
#include "bridge/core/life_cycle.hpp"

namespace cam32100::bridge {

// The parts of the bridge, put together. Every call from outside is one handle(): do the work, take
// what the cameras answered, and only then call the ports, which may call back.
struct Bridge::Impl {
  Impl(const Moment& now, Config config, SavedState state, const mappings::DeviceMapping& mapping,
       MqttPort& mqtt, BridgePorts& ports, BridgeIdentity identity, std::uint64_t seed)
      : context{now, std::move(config), std::move(state), mapping, mqtt, ports, std::move(identity),
                seed} {
    context.agenda.set({Task::start, 0}, now.steady);
  }

  template <class Work>
  void handle(const Moment& now, Work work) {
    if (stopped) return;
    context.now = now;
    start_once();
    work();
    settle();
  }

  void start_once();
  void settle();
  void run_task(const TaskKey& key);
  void call_ports();
  void stop();
  void check_stop();
  void finish_stop();

  BridgeContext context;
  CommandGate gate;
  Answers answers{context};
  CameraTopics topics{context};
  CameraEvents events{context};
  BridgeInfo info{context};
  Discovery discovery{context, topics};
  CameraJobs jobs{context, answers, topics, events, discovery};
  CameraFeed feed{context, topics, events, jobs, discovery};
  CameraRoster roster{context, topics, events, feed, discovery};
  HttpPages pages{context, info, topics, jobs};
  NetworkQueries queries{context, answers, topics, events, discovery};
  CameraCommands camera_commands{context, answers, jobs};
  BridgeCommands bridge_commands{context, answers, roster,    topics, events,
                                 queries, info,    discovery, jobs};
  CommandRouter router{context, answers, camera_commands, bridge_commands, gate};
  LifeCycle life{context, topics, events, info, gate, discovery};
  std::vector<EndpointId> woken;  // drained; the driver is told at the end of the call
  bool started = false, settling = false, stopped = false;
};

}  // namespace cam32100::bridge
