#include "protocol/transport/locator.hpp"

#include <algorithm>
#include <utility>

#include "protocol/transport/sealing.hpp"
#include "protocol/wire/fifo.hpp"

namespace cam32100::protocol {

namespace {

constexpr std::size_t kMostAddresses = 8;   // of one server's PUNCH_TO
constexpr std::size_t kMostEvents = 256;    // beyond, all but LookupFinished are dropped
constexpr Version kClientVersion{4, 0, 0};  // what eufy's client says in P2P_REQ_DSK
// Requests with a device key that a server may leave unanswered before every other one goes
// without: servers older than the DSK forms know only that one [inferred].
constexpr unsigned kDskAlone = 2;
constexpr Duration kShortestAskInterval = std::chrono::milliseconds{1};

}  // namespace

struct Locator::Impl {
  struct Server {
    ServerAddress where;
    ServerReport report;
    bool hello_waits = true;
    bool request_waits = true;
    unsigned requests = 0;     // sent
    bool without_dsk = false;  // the last of them, though there is a key
  };

  void push(LocatorEvent event) {
    if (events.size() < kMostEvents || std::holds_alternative<LookupFinished>(event)) {
      events.push(event);
    } else {
      ++counters.dropped_events;
    }
  }
  void on_hello_ack(TimePoint now, Server& server, const Address& mapped);
  void on_answer(TimePoint now, Server& server, const P2pReqAck& ack);
  void on_punch_to(TimePoint now, Server& server, const Address& address);
  void note_first_answer(TimePoint now, Server& server) const {
    if (!server.report.took) server.report.took = now - started;
  }
  [[nodiscard]] std::uint8_t nat_type() const noexcept;
  [[nodiscard]] static bool wants_hello(const Server& server) noexcept {
    return !server.report.mapped;
  }
  // An accepted request is repeated as well, as the vendor's is while it connects: PUNCH_TO may be
  // lost on both ways, and the camera goes on punching as long as it is told to.
  [[nodiscard]] bool wants_request(const Server& server) const noexcept {
    return config.uid && (!server.report.result || *server.report.result == ResultCode::ok);
  }
  [[nodiscard]] bool is_silent() const noexcept { return finished && !keeps_asking; }
  [[nodiscard]] bool wants_any_hello() const noexcept;
  [[nodiscard]] bool seal_request(Server& server, Datagram& out) const;
  [[nodiscard]] bool any_mapped() const noexcept;
  [[nodiscard]] bool any_ok() const noexcept;
  [[nodiscard]] bool any_address() const noexcept;
  [[nodiscard]] std::optional<Errc> refusal() const noexcept;
  void finish_if_clear();
  void finish_late();
  void finish(std::optional<Errc> error, Operation operation);

  LocatorConfig config;
  TimePoint started;
  TimePoint next_round;
  TimePoint next_hello;
  std::vector<Server> servers;
  Fifo<LocatorEvent> events;
  LocatorCounters counters;
  bool finished = false;
  bool keeps_asking = false;  // found: until the time is up, or the owner has its session
};

Locator::Locator(TimePoint now, LocatorConfig config, std::uint64_t /*seed*/)
    : impl_{std::make_unique<Impl>()} {
  config.repeat = std::max(config.repeat, kShortestAskInterval);
  config.timeout = std::max(config.timeout, kShortestAskInterval);
  config.hello_repeat = std::max(config.hello_repeat, kShortestAskInterval);
  impl_->config = std::move(config);
  impl_->started = now;
  impl_->next_round = now + impl_->config.repeat;
  impl_->next_hello = now + impl_->config.hello_repeat;
  for (const ServerAddress& each : impl_->config.servers) {
    const bool again = std::any_of(impl_->servers.begin(), impl_->servers.end(),
                                   [&](const Impl::Server& known) { return known.where == each; });
    if (again || !each.address.is_usable()) continue;
    Impl::Server server;
    server.where = each;
    server.report.server = each.address;
    impl_->servers.push_back(std::move(server));
  }
}
Locator::~Locator() = default;

bool Locator::is_server(const Address& from) const noexcept {
  return std::any_of(impl_->servers.begin(), impl_->servers.end(),
                     [&](const Impl::Server& each) { return each.where.address == from; });
}

void Locator::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  Impl& it = *impl_;
  const auto is_there = [&](const Impl::Server& each) { return each.where.address == from; };
  const auto first = std::find_if(it.servers.begin(), it.servers.end(), is_there);
  if (first == it.servers.end()) return;
  OpeningSpace space;
  auto server = first;
  Result<Packet> packet = open(datagram, server->where.cipher, space);
  while (!packet) {  // the same address under another key
    server = std::find_if(std::next(server), it.servers.end(), is_there);
    if (server == it.servers.end()) break;
    packet = open(datagram, server->where.cipher, space);
  }
  if (!packet) {
    server = first;
    packet = open(datagram, Cipher{}, space);  // some servers answer plain whatever the PSK
  }
  if (!packet) {
    ++it.counters.malformed;
    return;
  }
  if (const auto* hello = std::get_if<HelloAck>(&packet->message)) {
    it.on_hello_ack(now, *server, hello->address.address);
  } else if (const auto* answer = std::get_if<P2pReqAck>(&packet->message)) {
    it.on_answer(now, *server, *answer);
  } else if (const auto* punch = std::get_if<PunchTo>(&packet->message)) {
    it.on_punch_to(now, *server, punch->address.address);
  }
  it.finish_if_clear();
}

void Locator::Impl::on_hello_ack(TimePoint now, Server& server, const Address& mapped) {
  note_first_answer(now, server);
  if (server.report.mapped == mapped) return;
  server.report.mapped = mapped;
  push(HelloAnswered{server.where.address, mapped, nat_type(), now - started});
}

// The vendor's classes, from what the servers said so far; one answer tells only a public address.
std::uint8_t Locator::Impl::nat_type() const noexcept {
  std::vector<Address> seen;
  for (const Server& server : servers) {
    if (server.report.mapped) seen.push_back(*server.report.mapped);
  }
  const auto differs = [&](const auto& same) {
    return std::any_of(seen.begin(), seen.end(), [&](const Address& each) { return !same(each); });
  };
  if (seen.empty()) return 0;
  if (differs([&](const Address& each) { return each.ip == seen.front().ip; })) return 4;
  if (differs([&](const Address& each) { return each.port == seen.front().port; })) return 3;
  if (seen.front() == config.lan_address.address) return 1;
  return seen.size() > 1 ? 2 : 0;
}

void Locator::Impl::on_answer(TimePoint now, Server& server, const P2pReqAck& ack) {
  if (!config.uid) return;
  note_first_answer(now, server);
  // It knows the DSK forms, then; the next request brings the key again.
  if (server.without_dsk && ack.result == ResultCode::invalid_dsk) return;
  if (server.report.result == ack.result) return;
  server.report.result = ack.result;
  push(LookupAnswered{server.where.address, ack.result, ack.version, now - started});
}

void Locator::Impl::on_punch_to(TimePoint now, Server& server, const Address& address) {
  auto& known = server.report.addresses;
  if (!config.uid) return;
  if (!may_send_us_to(address, server.where.address, config.own)) {
    ++counters.refused_addresses;
    return;
  }
  if (std::find(known.begin(), known.end(), address) != known.end()) return;
  if (known.size() >= kMostAddresses) {
    ++counters.surplus_addresses;
    return;
  }
  note_first_answer(now, server);
  known.push_back(address);
  push(CandidateFound{server.where.address, address, address.is_private(), now - started});
}

bool Locator::Impl::wants_any_hello() const noexcept {
  return std::any_of(servers.begin(), servers.end(), wants_hello);
}

bool Locator::Impl::any_mapped() const noexcept {
  return std::any_of(servers.begin(), servers.end(),
                     [](const Server& each) { return each.report.mapped.has_value(); });
}

bool Locator::Impl::any_ok() const noexcept {
  return std::any_of(servers.begin(), servers.end(),
                     [](const Server& each) { return each.report.result == ResultCode::ok; });
}

bool Locator::Impl::any_address() const noexcept {
  return std::any_of(servers.begin(), servers.end(),
                     [](const Server& each) { return !each.report.addresses.empty(); });
}

// The most telling refusal. A server that knows the camera as offline outweighs one that does not
// know it.
std::optional<Errc> Locator::Impl::refusal() const noexcept {
  const auto said = [&](ResultCode result) {
    return std::any_of(servers.begin(), servers.end(),
                       [&](const Server& each) { return each.report.result == result; });
  };
  if (said(ResultCode::offline)) return Errc::device_offline;
  if (said(ResultCode::invalid_dsk)) return Errc::invalid_dsk;
  if (said(ResultCode::invalid_uid)) return Errc::invalid_uid;
  if (said(ResultCode::invalid_prefix)) return Errc::invalid_prefix;
  return std::nullopt;
}

void Locator::Impl::finish(std::optional<Errc> error, Operation operation) {
  if (finished) return;
  finished = true;
  keeps_asking = !error && config.uid;
  push(LookupFinished{error, operation});
}

// Before the time is up only when nothing better can come.
void Locator::Impl::finish_if_clear() {
  if (config.uid) {
    if (any_ok() && any_address()) return finish(std::nullopt, Operation::none);
    const bool all_refused = std::all_of(servers.begin(), servers.end(), [](const Server& each) {
      return each.report.result && *each.report.result != ResultCode::ok;
    });
    const auto why = refusal();
    if (all_refused && why) finish(why, Operation::awaiting_lookup_ack);
  } else if (!wants_any_hello()) {
    finish(std::nullopt, Operation::none);
  }
}

void Locator::Impl::finish_late() {
  if (!config.uid) {
    if (any_mapped()) return finish(std::nullopt, Operation::none);
    return finish(Errc::timed_out, Operation::awaiting_hello_ack);
  }
  if (any_ok()) return finish(Errc::timed_out, Operation::awaiting_punch);
  // A server names addresses only of a camera it found: its answer was lost.
  if (any_address() && !refusal()) return finish(std::nullopt, Operation::none);
  finish(refusal().value_or(Errc::timed_out), Operation::awaiting_lookup_ack);
}

void Locator::on_time(TimePoint now) {
  Impl& it = *impl_;
  if (it.is_silent()) return;
  if (now >= it.started + it.config.timeout) {
    it.finish_late();
    it.keeps_asking = false;
    return;
  }
  if (now >= it.next_hello) {
    for (Impl::Server& server : it.servers) server.hello_waits = true;
    it.next_hello = now + it.config.hello_repeat;
  }
  if (now < it.next_round) return;
  for (Impl::Server& server : it.servers) server.request_waits = true;
  it.next_round = now + it.config.repeat;
}

std::optional<TimePoint> Locator::deadline() const {
  if (impl_->is_silent()) return std::nullopt;
  std::optional<TimePoint> first =
      std::min(impl_->next_round, impl_->started + impl_->config.timeout);
  if (impl_->wants_any_hello()) earliest(first, impl_->next_hello);
  return first;
}

bool Locator::Impl::seal_request(Server& server, Datagram& out) const {
  const auto& [address, cipher] = server.where;
  const unsigned before = server.requests++;
  const bool in_vain = before >= kDskAlone && !server.report.result;
  // Once it was answered, the form that was.
  if (!server.report.result) server.without_dsk = config.dsk && in_vain && before % 2 == 0;
  if (!config.dsk || server.without_dsk) {
    return seal(P2pReq{*config.uid, config.lan_address, {}}, cipher, address, out);
  }
  P2pReqDsk request;
  request.uid = *config.uid;
  request.lan_address = config.lan_address;
  request.nat_type = nat_type();
  request.version = kClientVersion;
  request.dsk = *config.dsk;
  return seal(request, cipher, address, out);
}

bool Locator::take_datagram(TimePoint now, Datagram& out) {
  Impl& it = *impl_;
  on_time(now);
  if (it.is_silent()) return false;
  for (Impl::Server& server : it.servers) {
    if (std::exchange(server.hello_waits, false) && Impl::wants_hello(server)) {
      return seal(Hello{}, server.where.cipher, server.where.address, out);
    }
    if (std::exchange(server.request_waits, false) && it.wants_request(server)) {
      return it.seal_request(server, out);
    }
  }
  return false;
}

void Locator::on_bound(const Address& local) {
  Address& told = impl_->config.lan_address.address;
  if (told.ip != Address{}.ip) told.port = local.port;
}

std::optional<LocatorEvent> Locator::take_event() { return impl_->events.take(); }

std::vector<ServerReport> Locator::report() const {
  std::vector<ServerReport> all;
  for (const Impl::Server& server : impl_->servers) all.push_back(server.report);
  return all;
}

bool Locator::finished() const noexcept { return impl_->finished; }
const LocatorCounters& Locator::counters() const noexcept { return impl_->counters; }

}  // namespace cam32100::protocol
