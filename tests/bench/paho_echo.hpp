#pragma once

#include <string>

namespace cam32100::bench {

// The floor beside the bridge: a client that does nothing but answer, through Paho with the
// bridge's own remedies. A message on `topic` says what to publish, as " 0:60000,*1:677": QoS and
// bytes of each, retained; the one with the star goes to `answer_topic`, the others below it.
// Ends with the process, or by an exception when the broker is gone.
void run_echo(const std::string& url, const std::string& topic, const std::string& answer_topic);

// The order that makes the echo publish what the bridge publishes for a command: one is sent to
// `camera` ("cam32100/UID/") and everything that follows is counted. The star is at `answer`.
[[nodiscard]] std::string echo_order(const std::string& url, const std::string& camera,
                                     const std::string& command, const std::string& answer);

}  // namespace cam32100::bench
