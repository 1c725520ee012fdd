#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace cam32100::bridge {

// GET /metrics: the figures of BridgeInfo::health() in Prometheus' text form, version 0.0.4. Names
// begin with cam32100_; what counts up ends in _total, times are in seconds, sizes in bytes.
// Cameras are told apart by the label `uid`.
[[nodiscard]] std::string metrics_text(const nlohmann::json& health, bool mqtt_connected);

// The same for `cam32100 server`, of RendezvousProcess::status().
[[nodiscard]] std::string server_metrics_text(const nlohmann::json& status);

}  // namespace cam32100::bridge
