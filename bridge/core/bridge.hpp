#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/core/bridge_identity.hpp"
#include "bridge/core/config.hpp"
#include "bridge/core/http_question.hpp"
#include "bridge/core/mqtt_port.hpp"
#include "bridge/core/own_host.hpp"
#include "bridge/core/ports.hpp"
#include "mappings/device.hpp"

namespace cam32100::bridge {

// N cameras and MQTT in, actions out: the whole of the MQTT contract. One thread; never blocks.
class Bridge {
 public:
  // `mapping`, `mqtt` and `ports` outlive the bridge. `state` is what the state file held.
  // Calls no port: the first call from outside (best set_lan_targets()) opens the endpoints.
  Bridge(Moment now, Config config, SavedState state, const mappings::DeviceMapping& mapping,
         MqttPort& mqtt, BridgePorts& ports, BridgeIdentity identity, std::uint64_t seed);
  ~Bridge();
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  // --- MQTT
  void on_mqtt_connected(Moment now, const MqttConnection& connection);
  void on_mqtt_lost(Moment now, const std::string& reason);
  void on_subscribed(Moment now, const std::string& filter, int reason_code);  // >= 0x80: refused
  void on_mqtt_message(Moment now, MqttMessage message);

  // --- cameras and other endpoints
  void on_progress(Moment now, EndpointId id);  // the driver fed this endpoint: take its events
  void on_resolved(Moment now, std::uint64_t question,
                   const std::vector<protocol::Address>& addresses);
  void on_reloaded(Moment now, boost::system::result<Config, ConfigErrors> config);
  void set_lan_targets(Moment now,
                       std::vector<protocol::Address> targets);  // "broadcast" spelled out by io
  void set_own_host(Moment now, OwnHost own);                    // again when it has changed

  // A line of the process around it (socket, state file, MQTT client), which has logged it: for
  // bridge/log.
  void on_log(Moment now, LogLevel level, std::string_view logger, std::string_view text);
  // One that may come as often as strangers like, and was not logged yet: folded, for both logs.
  void on_remark(Moment now, std::string_view logger, std::string_view text);

  // --- HTTP: answered by BridgePorts::answer_http(), now or later
  void on_http(Moment now, const HttpQuestion& question);

  // A camera calls: GET /alarm/<token>. 404 for everybody else.
  [[nodiscard]] HttpAnswer on_alarm_call(Moment now, const HttpQuestion& question);

  // --- time
  void on_time(Moment now);
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;
  void on_resume(Moment now);                              // the host slept
  void on_state_saved(Moment now, std::string_view text);  // save_state() is on the disk

  // --- end: what waits is answered shutting_down, CLOSE goes to every camera, the endpoints are
  // closed, then bridge/availability says offline. is_stopped() within 1.5 s; from then on every
  // call is ignored. A bridge destroyed without stop() calls no port: its owner stops the drivers
  // first.
  void stop(Moment now);
  [[nodiscard]] bool is_stopped() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::bridge
