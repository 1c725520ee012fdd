#pragma once

#include <string>

namespace cam32100::bridge {

// "mqtt://host:1883", "tcp://", "mqtts://", "ssl://" taken apart; an empty host: not a broker URL.
struct BrokerUrl {
  bool tls = false;
  std::string host, port;  // an IPv6 address without its brackets, as the system wants it
  [[nodiscard]] std::string authority() const;  // "host:port", "[::1]:1883"
};
[[nodiscard]] BrokerUrl parse_broker_url(const std::string& url);

}  // namespace cam32100::bridge
