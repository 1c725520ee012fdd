#include "protocol/transport/relay_client.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/transport/relay_client_impl.hpp"
#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {

namespace {

using std::chrono::milliseconds;

constexpr unsigned kMostTries = 4;
constexpr unsigned kMostHellos = 10;
constexpr Duration kHelloRepeat = milliseconds{200};
// Three more of them soon after guard against loss, and make up for what a server may owe a source
// that it does not know: its answers are never larger than what it got.
constexpr unsigned kQuickPorts = 3;
constexpr Duration kQuickPortRepeat = milliseconds{20};
constexpr Duration kPortRepeat = milliseconds{100};  // the vendor's tick
// Servers of before LIST_REQ1 know LIST_REQ alone: each third round asks that way.
constexpr unsigned kOldListRound = 3;
constexpr Duration kShortest = milliseconds{1};

Operation awaited(RelayStage stage) noexcept {
  switch (stage) {
    case RelayStage::hello:
      return Operation::awaiting_relay_hello;
    case RelayStage::port:
      return Operation::awaiting_relay_port;
    case RelayStage::request:
      return Operation::awaiting_relay_ack;
    case RelayStage::ready:
    case RelayStage::open:
      return Operation::awaiting_relay_ready;
  }
  return Operation::none;
}

}  // namespace

const char* to_text(RelayStage stage) noexcept {
  switch (stage) {
    case RelayStage::hello:
      return "hello";
    case RelayStage::port:
      return "port";
    case RelayStage::request:
      return "request";
    case RelayStage::ready:
      return "ready";
    case RelayStage::open:
      return "open";
  }
  return "";
}

RelayClient::RelayClient(TimePoint now, RelayConfig config) : impl_{std::make_unique<Impl>()} {
  config.repeat = std::max(config.repeat, kShortest);
  config.per_relay = std::max(config.per_relay, kShortest);
  config.timeout = std::max(config.timeout, kShortest);
  impl_->config = std::move(config);
  impl_->started = now;
  impl_->next_round = now + impl_->config.repeat;
  for (const ServerAddress& each : impl_->config.servers) {
    const bool again = std::any_of(impl_->servers.begin(), impl_->servers.end(),
                                   [&](const Impl::Server& known) { return known.where == each; });
    if (again || !each.address.is_usable()) continue;
    Impl::Server server;
    server.where = each;
    impl_->servers.push_back(server);
  }
}
RelayClient::~RelayClient() = default;

bool RelayClient::is_concerned_by(const Address& from) const noexcept {
  const Impl& it = *impl_;
  return std::any_of(it.servers.begin(), it.servers.end(),
                     [&](const auto& each) { return each.where.address == from; }) ||
         std::any_of(it.relays.begin(), it.relays.end(),
                     [&](const auto& each) { return each.report.relay == from; }) ||
         (!it.finished && it.current && it.current->leg && it.current->leg->relay() == from);
}

bool RelayClient::Impl::hello_is_open(const Relay& relay) noexcept {
  return !relay.report.rtt && relay.hellos < kMostHellos;
}

bool RelayClient::Impl::is_poor(const Address& relay) const {
  return std::find(config.poor.begin(), config.poor.end(), relay) != config.poor.end();
}

bool RelayClient::Impl::another_waits() const {
  return tries < kMostTries && std::any_of(relays.begin(), relays.end(), [](const Relay& each) {
           return each.report.rtt && !each.report.tried;
         });
}

// The nearest of those that answered and were not tried.
void RelayClient::Impl::choose(TimePoint now) {
  if (finished || current || tries >= kMostTries) return;
  std::optional<std::size_t> best;
  const auto rank = [this](std::size_t i) {
    return std::pair{is_poor(relays[i].report.relay), *relays[i].report.rtt};
  };
  for (std::size_t i = 0; i < relays.size(); ++i) {
    if (relays[i].report.tried || !relays[i].report.rtt) continue;
    if (!best || rank(i) < rank(*best)) best = i;
  }
  if (!best) return;
  ++tries;
  order.push_back(*best);
  Try next;
  next.relay = *best;
  next.until = now + config.per_relay;
  next.patient_until = now + config.impatience;
  next.next_port = now + kQuickPortRepeat;
  current = next;  // clang 14 would not emplace() it: it takes a nested aggregate for incomplete
  tried().tried = true;
  tried().stage = RelayStage::port;
}

void RelayClient::Impl::give_up_try() {
  current.reset();
  for (Server& server : servers) server.request_waits = false;
}

RelayFailed RelayClient::Impl::failure() const noexcept {
  if (relays.empty()) {
    const bool listed =
        std::any_of(servers.begin(), servers.end(), [](const Server& each) { return each.listed; });
    return {listed ? Errc::no_relay : Errc::timed_out, Operation::awaiting_relay_list};
  }
  const auto furthest = std::max_element(
      relays.begin(), relays.end(),
      [](const Relay& a, const Relay& b) { return a.report.stage < b.report.stage; });
  return {Errc::timed_out, awaited(furthest->report.stage)};
}

// The most telling one, in the locator's order: who knows the camera outweighs who does not.
Errc RelayClient::Impl::refusal() const noexcept {
  constexpr std::array kByWeight{std::pair{ResultCode::offline, Errc::device_offline},
                                 std::pair{ResultCode::invalid_dsk, Errc::invalid_dsk},
                                 std::pair{ResultCode::invalid_uid, Errc::invalid_uid},
                                 std::pair{ResultCode::invalid_prefix, Errc::invalid_prefix}};
  for (const auto& [result, code] : kByWeight) {
    const bool said =
        std::any_of(servers.begin(), servers.end(),
                    [said = result](const Server& each) { return each.answer == said; });
    if (said) return code;
  }
  return Errc::refused;  // a code that no source explains
}

// Early only when nothing better can come.
void RelayClient::Impl::finish_if_hopeless() {
  if (finished) return;
  if (current && current->leg) {
    const bool all_refused = std::all_of(servers.begin(), servers.end(), [](const Server& each) {
      return each.answer && *each.answer != ResultCode::ok;
    });
    if (!all_refused) return;
    // It is the camera that they refuse, and another relay would not change that.
    return finish(RelayFailed{refusal(), Operation::awaiting_relay_ack});
  }
  if (current) return;
  const bool all_listed =
      std::all_of(servers.begin(), servers.end(), [](const Server& each) { return each.listed; });
  const bool none_left = std::none_of(relays.begin(), relays.end(), [&](const Relay& each) {
    return !each.report.tried && (each.report.rtt || hello_is_open(each));
  });
  if (servers.empty() || tries >= kMostTries || (all_listed && none_left)) finish(failure());
}

void RelayClient::Impl::finish(RelayEvent event) {
  finished = true;
  events.push(event);
}

void RelayClient::Impl::ask_for_lists(TimePoint now) {
  if (now < next_round) return;
  ++round;
  next_round = now + config.repeat;
  for (Server& server : servers) server.list_waits = !server.listed;
}

void RelayClient::Impl::go_on_trying(TimePoint now) {
  if (!current) return;
  if (now >= current->until || (now >= current->patient_until && another_waits()))
    return give_up_try();
  if (current->leg) {
    current->leg->on_time(now);
    if (now < current->next_request) return;
    current->next_request = now + config.repeat;
    // Also those that said yes: RLY_TO to the camera may be lost, and only RLY_RDY shows that it is
    // there.
    for (Server& server : servers)
      server.request_waits = server.answer.value_or(ResultCode::ok) == ResultCode::ok;
  } else if (now >= current->next_port) {
    current->port_waits = true;
    ++current->ports;
    current->next_port = now + (current->ports < kQuickPorts ? kQuickPortRepeat : kPortRepeat);
  }
}

void RelayClient::on_time(TimePoint now) {
  Impl& it = *impl_;
  if (it.finished) return;
  it.ask_for_lists(now);
  for (Impl::Relay& relay : it.relays) {
    if (!Impl::hello_is_open(relay) || !relay.hello_due || now < *relay.hello_due) continue;
    relay.hello_waits = true;
    relay.hello_due = now + kHelloRepeat;
  }
  it.go_on_trying(now);
  it.choose(now);
  if (now >= it.started + it.config.timeout) return it.finish(it.failure());
  it.finish_if_hopeless();
}

std::optional<TimePoint> RelayClient::deadline() const {
  const Impl& it = *impl_;
  if (it.finished) return std::nullopt;
  std::optional<TimePoint> first = std::min(it.next_round, it.started + it.config.timeout);
  for (const Impl::Relay& relay : it.relays) {
    if (Impl::hello_is_open(relay)) earliest(first, relay.hello_due);
  }
  if (it.current) {
    earliest(first, it.current->until);
    if (it.another_waits()) earliest(first, it.current->patient_until);
    if (it.current->leg) {
      earliest(first, it.current->leg->deadline());
      earliest(first, it.current->next_request);
    } else {
      earliest(first, it.current->next_port);
    }
  }
  return first;
}

bool RelayClient::Impl::take_list_request(Datagram& out) {
  for (Server& server : servers) {
    if (!std::exchange(server.list_waits, false) || server.listed) continue;
    const auto& [address, cipher] = server.where;
    const bool old_form = round % kOldListRound == kOldListRound - 1;
    if (config.dsk && !old_form)
      return seal(ListReqDsk{config.uid, *config.dsk, {}}, cipher, address, out);
    if (old_form && !config.dsk) return seal(ListReq{}, cipher, address, out);
    return seal(ListReq1{config.uid, {}}, cipher, address, out);
  }
  return false;
}

bool RelayClient::Impl::take_of_try(Datagram& out) {
  const Relay& relay = relays[current->relay];
  if (!current->leg) {
    return std::exchange(current->port_waits, false) &&
           seal(RlyPort{}, relay.cipher, relay.report.relay, out);
  }
  for (Server& server : servers) {
    if (!std::exchange(server.request_waits, false)) continue;
    RlyReq request;
    request.uid = config.uid;
    request.relay.address = current->leg->relay();
    request.magic_word = current->leg->word();
    return seal(request, server.where.cipher, server.where.address, out);
  }
  return current->leg->take_datagram(out);
}

bool RelayClient::take_datagram(TimePoint now, Datagram& out) {
  Impl& it = *impl_;
  on_time(now);
  if (it.finished) return false;
  if (it.current && it.take_of_try(out)) return true;
  for (Impl::Relay& relay : it.relays) {
    if (!std::exchange(relay.hello_waits, false) || relay.report.rtt) continue;
    if (relay.hellos++ == 0) relay.first_hello = now;
    relay.hello_due = now + kHelloRepeat;
    return seal(RlyHello{}, relay.cipher, relay.report.relay, out);
  }
  return it.take_list_request(out);
}

std::optional<RelayEvent> RelayClient::take_event() { return impl_->events.take(); }

std::vector<RelayReport> RelayClient::report() const {
  std::vector<RelayReport> all;
  for (const std::size_t i : impl_->order) all.push_back(impl_->relays[i].report);
  for (const Impl::Relay& relay : impl_->relays) {
    if (!relay.report.tried) all.push_back(relay.report);
  }
  return all;
}

bool RelayClient::finished() const noexcept { return impl_->finished; }
const RelayCounters& RelayClient::counters() const noexcept { return impl_->counters; }

}  // namespace cam32100::protocol
