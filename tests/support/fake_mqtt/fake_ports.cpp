#include "tests/support/fake_mqtt/fake_ports.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::testing {

using mappings::CommandError;
using mappings::ErrorCode;

bool FakePorts::has_logged(const std::string& part) const {
  return std::any_of(logs.begin(), logs.end(), [&part](const auto& record) {
    return record.message.find(part) != std::string::npos;
  });
}

void FakePorts::open_endpoint(bridge::EndpointId id, protocol::Endpoint& endpoint) {
  endpoints[id] = &endpoint;
  if (net_ == nullptr) return;
  nodes[id] = net_->attach(endpoint, {{192, 168, 1, 2}, next_port_++},
                           [this, id](protocol::TimePoint) { bridge_->on_progress(clock_(), id); });
}

void FakePorts::close_endpoint(bridge::EndpointId id) {
  endpoints.erase(id);
  const auto found = nodes.find(id);
  if (found == nodes.end()) return;
  net_->detach(found->second);
  nodes.erase(found);
}

void FakePorts::wake_endpoint(bridge::EndpointId id) {
  const auto found = nodes.find(id);
  if (found != nodes.end()) net_->pump(found->second);
}

void FakePorts::resolve(std::uint64_t question, std::string host) {
  ++resolves;
  if (!answers_resolve_at_once) return;
  std::vector<protocol::Address> found;
  if (const auto known = names.find(host); known != names.end()) found.push_back(known->second);
  bridge_->on_resolved(clock_(), question, found);
}

void FakePorts::save_state(std::string json) {
  saved.push_back(std::move(json));
  if (reaches_the_disk && bridge_ != nullptr)
    bridge_->on_state_saved(clock_(), std::string{saved.back()});
}

std::string FakePorts::random_token() {
  std::string token(32, '0');
  auto number = ++tokens_;
  for (auto digit = token.rbegin(); number != 0; ++digit, number /= 10)
    *digit = static_cast<char>('0' + number % 10);
  return token;
}

mappings::CommandResult<std::string> FakePorts::read_secret(std::string_view name) {
  if (name.find('/') != std::string_view::npos || name.find("..") != std::string_view::npos) {
    return CommandError{ErrorCode::forbidden, "a secret's name holds no / and no ..", nullptr};
  }
  const auto found = secrets.find(std::string{name});
  if (found == secrets.end())
    return CommandError{ErrorCode::bad_argument, "no such secret", nullptr};
  return mappings::CommandResult<std::string>{found->second};
}

}  // namespace cam32100::testing
