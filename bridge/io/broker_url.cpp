#include "bridge/io/broker_url.hpp"

namespace cam32100::bridge {

BrokerUrl parse_broker_url(const std::string& url) {
  BrokerUrl parts;
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return parts;
  const auto scheme = url.substr(0, scheme_end);
  parts.tls = scheme == "mqtts" || scheme == "ssl";
  if (!parts.tls && scheme != "mqtt" && scheme != "tcp") return parts;
  auto rest = url.substr(scheme_end + 3);
  if (const auto slash = rest.find('/'); slash != std::string::npos) rest.resize(slash);
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string::npos && rest.find(']', colon) == std::string::npos;
  parts.host = has_port ? rest.substr(0, colon) : rest;
  parts.port = has_port ? rest.substr(colon + 1) : (parts.tls ? "8883" : "1883");
  if (parts.host.size() > 2 && parts.host.front() == '[' && parts.host.back() == ']')
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  return parts;
}

std::string BrokerUrl::authority() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

}  // namespace cam32100::bridge
