#pragma once

#include <string>

namespace cam32100::bridge {

// "mqtt://host:1883", "tcp://", "mqtts://", "ssl://" taken apart; an empty host: not a broker URL.
struct BrokerUrl {
  bool tls = false;
  std::string host, port;
};
[[nodiscard]] BrokerUrl parse_broker_url(const std::string& url);

}  // namespace cam32100::bridge
