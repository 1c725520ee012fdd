#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "tests/support/sim_network/nat_box.hpp"
#include "tests/support/sim_network/trace.hpp"

namespace cam32100::sim {

using protocol::Address;
using protocol::Duration;
using protocol::Endpoint;
using protocol::TimePoint;

// What happens to the datagrams of one direction. Probabilities are 0..1, each datagram by itself.
struct LinkConfig {
  double loss = 0;
  double duplicate = 0;  // delivered twice, the second time with a delay of its own
  Duration delay{std::chrono::milliseconds{10}};
  Duration jitter{};  // 0..jitter is added to each datagram: beyond the gap of two it reorders them
};

enum class NodeId : std::size_t {};
enum class RouterId : std::size_t {};

// What a host's steady clock does while it sleeps.
enum class SleepingClock {
  jumps,         // it counts the sleep: the endpoint wakes up hours later
  stands_still,  // it does not: nothing happened for us, but the peers have forgotten us
};

// A network in virtual time that drives Endpoints as their contract says: datagrams in, time in,
// events drained by the owner (`after_input`), datagrams out, then the deadline. Everything that is
// random comes from the seed: same seed, same calls, same trace. Violations of the Endpoint
// contract (a deadline that does not advance, an endless drain) are reported as test failures. When
// the running test has failed, the destructor prints the last datagrams decoded.
//
// Typical use:
//   SimNetwork net{seed, {.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 80ms}};
//   Session session{net.now(), ...};
//   const auto us = net.attach(session, {{192, 168, 1, 2}, 40000}, take_events);
//   const auto camera = net.attach(emulated, {{192, 168, 1, 20}, 20000});
//   net.listen_lan(camera);
//   EXPECT_TRUE(net.run_until([&] { return session.state() == Session::State::ready; }, 5s));
class SimNetwork {
 public:
  // Called after one batch of on_datagram() calls, or after on_time(), and before datagrams are
  // taken: take the endpoint's events here. May call into the endpoint and the network's pump(),
  // not run_*().
  using AfterInput = std::function<void(TimePoint local_now)>;

  explicit SimNetwork(std::uint64_t seed, LinkConfig everywhere = {});
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;
  ~SimNetwork();

  // --- who is there
  // `endpoint` must outlive its attachment. The address must be free. A change of
  // socket_generation() gives the node a new port on the same host; what was under way to the old
  // port is lost.
  NodeId attach(Endpoint& endpoint, const Address& address, AfterInput after_input = {});
  // The process is gone, without a word; what was under way to it is lost.
  void detach(NodeId node);
  // The same endpoint is elsewhere from now on (DHCP lease, NAT rebinding).
  void move(NodeId node, const Address& address);
  // Receives broadcasts to 255.255.255.255:port, and unicast to that port of its own host.
  void listen_lan(NodeId node, std::uint16_t port = protocol::kLanPort);
  [[nodiscard]] Address address(NodeId node) const;

  // --- routers
  // A router with its outside in the world. Who stands behind it reaches the world through it, and
  // is reached from there as it allows; addresses behind another one lead nowhere. Everybody else
  // is in one network without any.
  [[nodiscard]] RouterId add_router(std::array<std::uint8_t, 4> outside, NatConfig config);
  void put_behind(NodeId node, RouterId router);
  void restart_router(RouterId router, std::array<std::uint8_t, 4> outside);

  // --- what the network does
  void set_all_links(const LinkConfig& config);                     // also forgets single links
  void set_link(NodeId from, NodeId to, const LinkConfig& config);  // this direction only
  void cut(NodeId a, NodeId b);                                     // nothing passes, either way
  void heal(NodeId a, NodeId b);
  void cut_off(NodeId node);  // from everybody
  void reconnect(NodeId node);
  // Delivers a datagram that no endpoint sent, subject to no link: forged, replayed or malformed
  // input.
  void inject(const Address& from, const Address& to, protocol::BytesView datagram);

  // --- time
  [[nodiscard]] TimePoint now() const noexcept { return now_; }  // of the world
  [[nodiscard]] TimePoint now(NodeId node) const;                // as the node's own clock shows it
  // The host of `node` sleeps from now on: it sees nothing and receives nothing for `length`.
  void suspend(NodeId node, Duration length, SleepingClock clock);
  void jump_clock(NodeId node, Duration forward);  // its clock leaps; the world goes on
  // Runs `action` at that moment of the world, then drains every node. Same moment: in order of
  // calls.
  void at(TimePoint when, std::function<void()> action);
  void after(Duration delay, std::function<void()> action) { at(now_ + delay, std::move(action)); }

  // Takes what an endpoint has to send after it was called from outside, and learns its new
  // deadline. run_*() and at() do it for every node by themselves.
  void pump(NodeId node);
  void pump_all();
  void run_until(TimePoint when);
  void run_for(Duration length) { run_until(now_ + length); }
  // True as soon as `done` holds (asked before each step); false when `limit` has passed without
  // it, or nothing can happen any more.
  [[nodiscard]] bool run_until(const std::function<bool()>& done, Duration limit);

  // --- what was seen
  struct Counters {
    std::uint64_t sent = 0, delivered = 0, lost = 0, duplicated = 0, unreachable = 0, bytes = 0;
    std::size_t peak_in_flight = 0;  // datagrams
  };
  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }
  // Asked after every batch of every node; peak() is the largest answer.
  void gauge(const std::string& name, std::function<std::size_t()> read);
  [[nodiscard]] std::size_t peak(const std::string& name) const;
  // Over every datagram so far, its time and its fate.
  [[nodiscard]] std::uint64_t trace_hash() const noexcept { return trace_.hash(); }
  [[nodiscard]] const Trace& trace() const noexcept { return trace_; }
  // A key beside the known ones, for the printed trace.
  void decode_trace_with(const protocol::Cipher& cipher) { trace_.decode_with(cipher); }
  [[nodiscard]] std::size_t violations() const noexcept { return violations_; }
  // The simulator's own tests provoke violations: they are then counted, not reported.
  void count_violations_silently() noexcept { report_violations_ = false; }

  // A number in [0, bound) from the network's own randomness, for tests that need more of it.
  [[nodiscard]] std::uint64_t random(std::uint64_t bound);

 private:
  struct Node {
    Endpoint* endpoint = nullptr;  // null: detached
    AfterInput after_input;
    Address address;
    std::optional<std::uint16_t> lan_port;
    std::optional<std::size_t> router;
    std::uint32_t generation = 0;
    Duration clock_behind{};  // world minus own clock
    Duration owed_clock{};    // added to it when the sleep is over
    std::optional<TimePoint> asleep_until;
    std::optional<TimePoint> wake;  // world time of its deadline
    bool cut_off = false;
    bool draining = false;
  };
  struct Flight {  // a datagram under way, or an action
    TimePoint when;
    std::uint64_t order = 0;
    std::size_t to = 0;  // node
    Address from, target;
    protocol::Bytes bytes;
    std::function<void()> action;
  };
  struct Later {
    bool operator()(const Flight& a, const Flight& b) const noexcept {
      return a.when != b.when ? a.when > b.when : a.order > b.order;
    }
  };
  using Pair = std::pair<std::size_t, std::size_t>;

  Node& node(NodeId id);
  [[nodiscard]] const Node& node(NodeId id) const;
  [[nodiscard]] TimePoint local(const Node& node) const { return now_ - node.clock_behind; }
  void route(std::size_t from, const protocol::Datagram& datagram);
  // Where a datagram comes out: of the router the receiver stands behind, if any.
  [[nodiscard]] std::optional<std::size_t> receiver_behind(std::size_t from, Address& source,
                                                           Address& target);
  void transmit(std::size_t from, std::size_t to, const Address& source, const Address& target,
                const protocol::Datagram& datagram);
  [[nodiscard]] bool passes(std::size_t from, std::size_t to) const;
  [[nodiscard]] const LinkConfig& link(std::size_t from, std::size_t to) const;
  [[nodiscard]] bool owns(const Node& node, const Address& address) const;
  void enqueue(Flight flight);
  [[nodiscard]] Flight pop();
  [[nodiscard]] std::optional<TimePoint> next_moment() const;
  void step();  // everything of the earliest moment that is due first
  void deliver(Flight flight);
  void wake(std::size_t index);
  void drain(std::size_t index);  // after_input, datagrams, deadline
  void follow_generation(Node& node);
  void learn_deadline(Node& node);
  void violation(std::size_t index, const std::string& what);
  [[nodiscard]] bool chance(double probability);

  TimePoint now_;
  std::uint64_t seed_;
  std::uint64_t random_state_;
  LinkConfig everywhere_;
  std::map<Pair, LinkConfig> links_;
  std::set<Pair> cut_;
  std::vector<Node> nodes_;
  std::vector<NatBox> routers_;
  std::vector<Flight> flights_;  // a heap, the earliest on top
  std::uint64_t next_order_ = 0;
  std::size_t in_flight_ = 0;  // datagrams among them
  std::uint16_t next_port_ = 50000;
  Counters counters_;
  struct Gauge {
    std::function<std::size_t()> read;
    std::size_t peak = 0;
  };
  std::map<std::string, Gauge> gauges_;
  Trace trace_;
  std::size_t violations_ = 0;
  bool report_violations_ = true;
  protocol::Datagram out_;
};

// The first `count` seeds of a simulation: 1, 2, 3 ... or, to reproduce a failure, only the one
// that the environment variable CAM32100_SEED names.
[[nodiscard]] std::vector<std::uint64_t> seeds(std::size_t count);

}  // namespace cam32100::sim
