#pragma once

#include <string>

namespace cam32100::bench {

// The floor beside the bridge: a client that does nothing but answer, through Paho with the
// bridge's own remedies. Each message on `topic` holds a number; so many bytes go, retained and at
// the QoS the message came with, to `answer_topic`. Ends with the process, or by an exception when
// the broker is gone.
void run_echo(const std::string& url, const std::string& topic, const std::string& answer_topic);

}  // namespace cam32100::bench
