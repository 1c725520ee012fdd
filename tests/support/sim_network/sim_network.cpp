#include "tests/support/sim_network/sim_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cassert>
#include <iostream>

namespace cam32100::sim {

namespace {

// Far from zero, so that a "never" written as a zero time point shows itself.
constexpr TimePoint kBeginning{std::chrono::hours{1000}};
constexpr std::uint16_t kFirstFreshPort = 50000;

std::size_t position(NodeId id) noexcept { return static_cast<std::size_t>(id); }

bool is_broadcast(const Address& address) noexcept {
  return address.ip == std::array<std::uint8_t, 4>{255, 255, 255, 255};
}

}  // namespace

SimNetwork::SimNetwork(std::uint64_t seed, LinkConfig everywhere)
    : now_{kBeginning},
      seed_{seed},
      random_state_{seed},
      everywhere_{everywhere},
      next_port_{kFirstFreshPort} {}

SimNetwork::~SimNetwork() {
  if (!::testing::Test::HasFailure()) return;
  std::cerr << "last datagrams, network seed " << seed_ << ":\n";
  for (const auto& line : trace_.lines(kBeginning)) std::cerr << "  " << line << '\n';
}

SimNetwork::Node& SimNetwork::node(NodeId id) { return nodes_.at(position(id)); }
const SimNetwork::Node& SimNetwork::node(NodeId id) const { return nodes_.at(position(id)); }

NodeId SimNetwork::attach(Endpoint& endpoint, const Address& address, AfterInput after_input) {
  assert(std::none_of(nodes_.begin(), nodes_.end(), [&](const Node& other) {
    return other.endpoint != nullptr && other.address == address;
  }));
  Node added;
  added.endpoint = &endpoint;
  added.after_input = std::move(after_input);
  added.address = address;
  added.generation = endpoint.socket_generation();
  nodes_.push_back(std::move(added));
  endpoint.on_bound(address);
  learn_deadline(nodes_.back());
  return NodeId{nodes_.size() - 1};
}

void SimNetwork::detach(NodeId id) {
  node(id).endpoint = nullptr;
  node(id).wake.reset();
}

void SimNetwork::move(NodeId id, const Address& address) { node(id).address = address; }
void SimNetwork::listen_lan(NodeId id, std::uint16_t port) { node(id).lan_port = port; }
Address SimNetwork::address(NodeId id) const { return node(id).address; }
TimePoint SimNetwork::now(NodeId id) const { return local(node(id)); }

void SimNetwork::set_all_links(const LinkConfig& config) {
  everywhere_ = config;
  links_.clear();
}

void SimNetwork::set_link(NodeId from, NodeId to, const LinkConfig& config) {
  links_[{position(from), position(to)}] = config;
}

void SimNetwork::cut(NodeId a, NodeId b) { cut_.insert(std::minmax(position(a), position(b))); }
void SimNetwork::heal(NodeId a, NodeId b) { cut_.erase(std::minmax(position(a), position(b))); }
void SimNetwork::cut_off(NodeId id) { node(id).cut_off = true; }
void SimNetwork::reconnect(NodeId id) { node(id).cut_off = false; }

const LinkConfig& SimNetwork::link(std::size_t from, std::size_t to) const {
  const auto single = links_.find({from, to});
  return single == links_.end() ? everywhere_ : single->second;
}

bool SimNetwork::passes(std::size_t from, std::size_t to) const {
  return !nodes_[from].cut_off && !nodes_[to].cut_off && !cut_.contains(std::minmax(from, to));
}

bool SimNetwork::owns(const Node& candidate, const Address& address) const {
  if (candidate.endpoint == nullptr) return false;
  if (candidate.address == address) return true;
  if (candidate.lan_port != address.port) return false;
  return is_broadcast(address) || candidate.address.ip == address.ip;
}

// The nodes are few; a datagram that nobody owns is seen by nobody, as in the real world.
void SimNetwork::route(std::size_t from, const protocol::Datagram& datagram) {
  ++counters_.sent;
  counters_.bytes += datagram.size;
  bool reached = false;
  Address source = nodes_[from].address;
  for (std::size_t to = 0; to < nodes_.size(); ++to) {
    // In one's own network, and nowhere else, addresses are what they are.
    if (to == from || nodes_[to].router != nodes_[from].router) continue;
    if (!owns(nodes_[to], datagram.to)) continue;
    reached = true;
    transmit(from, to, source, datagram.to, datagram);
  }
  if (reached || is_broadcast(datagram.to)) return;
  Address target = datagram.to;
  if (const auto to = receiver_behind(from, source, target)) {
    return transmit(from, *to, source, target, datagram);
  }
  ++counters_.unreachable;
  trace_.add(now_, Fate::unreachable, nodes_[from].address, datagram.to, datagram.view());
}

// Out of the sender's router, across the world, into the receiver's.
std::optional<std::size_t> SimNetwork::receiver_behind(std::size_t from, Address& source,
                                                       Address& target) {
  const auto own = nodes_[from].router;
  if (own) source = routers_[*own].out(now_, source, target);
  for (std::size_t i = 0; i < routers_.size(); ++i) {
    if (routers_[i].outside() != target.ip) continue;
    if (own == i && !routers_[i].config().hairpins) return std::nullopt;
    const auto inside = routers_[i].in(now_, source, target.port);
    if (!inside) return std::nullopt;
    target = *inside;
    for (std::size_t to = 0; to < nodes_.size(); ++to) {
      if (nodes_[to].router == i && owns(nodes_[to], target)) return to;
    }
    return std::nullopt;
  }
  for (std::size_t to = 0; own && to < nodes_.size(); ++to) {
    if (!nodes_[to].router && owns(nodes_[to], target)) return to;
  }
  return std::nullopt;
}

RouterId SimNetwork::add_router(std::array<std::uint8_t, 4> outside, NatConfig config) {
  routers_.emplace_back(outside, config, seed_ + routers_.size());
  return RouterId{routers_.size() - 1};
}

void SimNetwork::put_behind(NodeId id, RouterId router) {
  node(id).router = static_cast<std::size_t>(router);
}

void SimNetwork::restart_router(RouterId router, std::array<std::uint8_t, 4> outside) {
  routers_.at(static_cast<std::size_t>(router)).restart(outside);
}

void SimNetwork::transmit(std::size_t from, std::size_t to, const Address& source,
                          const Address& target, const protocol::Datagram& datagram) {
  const LinkConfig& config = link(from, to);
  if (!passes(from, to) || chance(config.loss)) {
    ++counters_.lost;
    trace_.add(now_, Fate::lost, source, target, datagram.view());
    return;
  }
  const bool twice = chance(config.duplicate);
  if (twice) ++counters_.duplicated;
  for (int copy = 0; copy < (twice ? 2 : 1); ++copy) {
    Flight flight;
    const auto spread = static_cast<std::uint64_t>(config.jitter.count());
    flight.when = now_ + config.delay + Duration{static_cast<Duration::rep>(random(spread + 1))};
    flight.to = to;
    flight.from = source;
    flight.target = target;
    flight.bytes.assign(datagram.view().begin(), datagram.view().end());
    enqueue(std::move(flight));
  }
}

void SimNetwork::inject(const Address& from, const Address& to, protocol::BytesView datagram) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!owns(nodes_[i], to)) continue;
    Flight flight;
    flight.when = now_;
    flight.to = i;
    flight.from = from;
    flight.target = to;
    flight.bytes.assign(datagram.begin(), datagram.end());
    enqueue(std::move(flight));
  }
}

// SplitMix64 [Steele, Lea, Flood 2014]: the same numbers on every platform and library.
std::uint64_t SimNetwork::random(std::uint64_t bound) {
  random_state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  z ^= z >> 31;
  return bound == 0 ? 0 : z % bound;
}

bool SimNetwork::chance(double probability) {
  constexpr std::uint64_t kSteps = 1'000'000'000;
  // Drawn even for 0 and 1, so that changing a probability does not shift all later numbers.
  return static_cast<double>(random(kSteps)) < probability * static_cast<double>(kSteps);
}

void SimNetwork::violation(std::size_t index, const std::string& what) {
  ++violations_;
  if (report_violations_) {
    ADD_FAILURE() << "node " << index << " (" << nodes_[index].address.text() << "): " << what
                  << ", network seed " << seed_;
  }
}

void SimNetwork::gauge(const std::string& name, std::function<std::size_t()> read) {
  gauges_[name] = Gauge{std::move(read), 0};
}

std::size_t SimNetwork::peak(const std::string& name) const { return gauges_.at(name).peak; }

}  // namespace cam32100::sim
