// The event loop of SimNetwork: what happens next, and the driver's part of the Endpoint contract.
#include <algorithm>
#include <cassert>

#include "tests/support/sim_network/sim_network.hpp"

namespace cam32100::sim {

namespace {

// More than any honest endpoint sends in answer to one batch; an endless drain stops here.
constexpr std::size_t kMaxDatagramsPerDrain = 100'000;
// Events of one moment before the simulation is called stuck.
constexpr std::size_t kMaxStepsPerMoment = 1'000'000;

}  // namespace

void SimNetwork::enqueue(Flight flight) {
  flight.order = next_order_++;
  if (!flight.action) counters_.peak_in_flight = std::max(counters_.peak_in_flight, ++in_flight_);
  flights_.push_back(std::move(flight));
  std::push_heap(flights_.begin(), flights_.end(), Later{});
}

SimNetwork::Flight SimNetwork::pop() {
  std::pop_heap(flights_.begin(), flights_.end(), Later{});
  Flight flight = std::move(flights_.back());
  flights_.pop_back();
  if (!flight.action) --in_flight_;
  return flight;
}

void SimNetwork::at(TimePoint when, std::function<void()> action) {
  Flight flight;
  flight.when = std::max(when, now_);
  flight.action = std::move(action);
  enqueue(std::move(flight));
}

void SimNetwork::suspend(NodeId id, Duration length, SleepingClock clock) {
  Node& sleeper = node(id);
  sleeper.asleep_until = now_ + length;
  if (clock == SleepingClock::stands_still) sleeper.owed_clock += length;
  at(now_ + length, [this, id] {
    Node& woken = node(id);
    if (!woken.asleep_until || *woken.asleep_until > now_) return;  // put to sleep again meanwhile
    woken.asleep_until.reset();
    woken.clock_behind += woken.owed_clock;
    woken.owed_clock = Duration{};
  });
}

void SimNetwork::jump_clock(NodeId id, Duration forward) {
  node(id).clock_behind -= forward;
  learn_deadline(node(id));
}

std::optional<TimePoint> SimNetwork::next_moment() const {
  std::optional<TimePoint> first;
  if (!flights_.empty()) first = flights_.front().when;
  for (const Node& each : nodes_) {
    if (each.wake && !each.asleep_until && (!first || *each.wake < *first)) first = each.wake;
  }
  return first;
}

void SimNetwork::run_until(TimePoint when) {
  (void)run_until([] { return false; }, when - now_);
}

bool SimNetwork::run_until(const std::function<bool()>& done, Duration limit) {
  const TimePoint end = now_ + limit;
  TimePoint moment = now_;
  std::size_t steps = 0;
  pump_all();
  while (!done()) {
    const auto next = next_moment();
    if (!next || *next > end) {
      now_ = std::max(now_, end);
      return done();
    }
    now_ = std::max(now_, *next);
    steps = now_ == moment ? steps + 1 : 0;
    moment = now_;
    if (steps > kMaxStepsPerMoment) {
      violation(0, "time stands still: endless traffic without delay");
      return false;
    }
    step();
  }
  return true;
}

void SimNetwork::step() {
  if (!flights_.empty() && flights_.front().when <= now_) {
    Flight flight = pop();
    if (flight.action) {
      flight.action();
      pump_all();
    } else {
      deliver(std::move(flight));
    }
    return;
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].wake && *nodes_[i].wake <= now_ && !nodes_[i].asleep_until) wake(i);
  }
}

// Datagrams that arrive at one node at one moment are one batch: several inputs, one drain.
void SimNetwork::deliver(Flight flight) {
  const std::size_t to = flight.to;
  bool any = false;
  for (;;) {
    Node& target = nodes_[to];
    const bool there = !target.asleep_until && owns(target, flight.target);
    trace_.add(now_, there ? Fate::delivered : Fate::lost, flight.from, flight.target,
               flight.bytes);
    ++(there ? counters_.delivered : counters_.lost);
    if (there) {
      target.endpoint->on_datagram(local(target), flight.from, flight.bytes);
      any = true;
    }
    if (flights_.empty() || flights_.front().when > now_ || flights_.front().action ||
        flights_.front().to != to) {
      break;
    }
    flight = pop();
  }
  if (any) drain(to);
}

void SimNetwork::wake(std::size_t index) {
  const TimePoint before = local(nodes_[index]);
  nodes_[index].endpoint->on_time(before);
  drain(index);
  Node& woken = nodes_[index];
  if (woken.endpoint == nullptr || !woken.wake || *woken.wake > now_) return;
  violation(index, "its deadline is not later after on_time(*deadline())");
  woken.wake = now_ + std::chrono::seconds{1};  // so that the simulation goes on to its report
}

void SimNetwork::pump(NodeId id) {
  if (node(id).endpoint != nullptr && !node(id).asleep_until) {
    drain(static_cast<std::size_t>(id));
  }
}

void SimNetwork::pump_all() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) pump(NodeId{i});
}

// nodes_ may grow, and this node be detached, while after_input runs: no reference is held across
// it.
void SimNetwork::drain(std::size_t index) {
  if (nodes_[index].draining) return;  // after_input of this very node pumped it
  nodes_[index].draining = true;
  if (const AfterInput after_input = nodes_[index].after_input) after_input(local(nodes_[index]));
  std::size_t taken = 0;
  while (nodes_[index].endpoint != nullptr) {
    follow_generation(nodes_[index]);
    out_.size = 0;
    if (!nodes_[index].endpoint->take_datagram(local(nodes_[index]), out_)) break;
    follow_generation(nodes_[index]);
    if (++taken > kMaxDatagramsPerDrain) {
      violation(index, "take_datagram() does not come to an end");
      break;
    }
    route(index, out_);
  }
  nodes_[index].draining = false;
  learn_deadline(nodes_[index]);
  for (auto& [name, gauge] : gauges_) gauge.peak = std::max(gauge.peak, gauge.read());
}

void SimNetwork::follow_generation(Node& owner) {
  const std::uint32_t generation = owner.endpoint->socket_generation();
  if (generation == owner.generation) return;
  owner.generation = generation;
  owner.address.port = next_port_++;
  if (next_port_ == 0) next_port_ = 50000;
  owner.endpoint->on_bound(owner.address);
}

void SimNetwork::learn_deadline(Node& owner) {
  owner.wake.reset();
  if (owner.endpoint == nullptr) return;
  if (const auto deadline = owner.endpoint->deadline()) owner.wake = *deadline + owner.clock_behind;
}

}  // namespace cam32100::sim
