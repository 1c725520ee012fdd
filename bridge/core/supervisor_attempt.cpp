// One attempt to open a session: where to look, when to give up, when to try again.
#include <algorithm>
#include <iterator>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

using mappings::CommandError;
using protocol::Errc;
using protocol::Operation;
using std::chrono::seconds;

// With a server's word that the camera is offline or unknown, the LAN gets this long to disagree.
constexpr seconds kLanOnlyTime{5};
// Heard but not let in once may be a lost datagram or a booting camera; twice in a row it is taken.
constexpr unsigned kSilentRefusals = 2;
// Wrong passwords do not heal by themselves, and many tries lock accounts.
constexpr seconds kAuthBackoffMin{60};
constexpr seconds kAuthBackoffMax{900};
// Where video is read, packets: a sender of it may have as many in flight, and each that had to be
// refused behind a lost one would come again. Each channel may hold so many then, of one session.
constexpr std::size_t kStreamAhead = 4096;

// The key of the last session is the best guess for the next one.
void put_first(protocol::CipherList& list, const std::string& name) {
  auto ordered = list.to_vector();
  const auto found = std::find_if(ordered.begin(), ordered.end(),
                                  [&name](const auto& cipher) { return cipher.name == name; });
  if (found == ordered.end() || found == ordered.begin()) return;
  std::rotate(ordered.begin(), found, std::next(found));
  list = std::move(ordered);
}

bool is_unknown_or_offline(Errc code) { return code != Errc::timed_out; }

}  // namespace

bool CameraSupervisor::Impl::is_refusing(TimePoint now) const {
  return (verdict == Verdict::busy || verdict == Verdict::auth_failed) && now < next_try &&
         phase != Phase::trying && phase != Phase::open;
}

protocol::SockAddr CameraSupervisor::Impl::lan_address() const {
  protocol::SockAddr own = config.own.lan_address;
  if (own.address.ip != protocol::Address{}.ip) own.address.port = local_port;
  return own;
}

void CameraSupervisor::Impl::on_bound(const protocol::Address& local) {
  local_port = local.port;
  if (search) search->on_bound(local);
  if (upgrade && upgrade->search) upgrade->search->on_bound(local);
  for (RunningLookup& each : lookups) each.locator->on_bound(local);
}

void CameraSupervisor::Impl::remember_relays() {
  constexpr std::size_t kMost = 8;
  for (const protocol::RelayReport& each : search->relays()) {
    std::erase(poor_relays, each.relay);
    if (each.tried && each.stage != protocol::RelayStage::open) poor_relays.push_back(each.relay);
  }
  if (poor_relays.size() > kMost) poor_relays.erase(poor_relays.begin());
}

SearchConfig CameraSupervisor::Impl::search_config(const Route& wanted) const {
  SearchConfig sought;
  sought.uid = config.uid;
  sought.timeout = config.connect_timeout;
  sought.dsk = config.dsk;
  sought.lan_address = lan_address();
  sought.poor_relays = poor_relays;
  sought.own = config.own.addresses;
  sought.ciphers = config.ciphers;
  sought.other_ciphers = config.other_ciphers;
  if (sought.ciphers.empty()) sought.ciphers.push_back({"plain", protocol::Cipher{}});
  put_first(sought.ciphers, good_cipher);
  if (wanted.address) {
    sought.relay_after.reset();
    sought.known.push_back({*wanted.address, wanted.via.value_or(protocol::Path::direct)});
    return sought;
  }
  std::vector<Candidate> known;
  if (config.address) known.push_back({*config.address, protocol::Path::direct});
  if (remembered && remembered->address != config.address) known.push_back(*remembered);
  const auto allows = [&wanted](protocol::Path path) { return !wanted.via || *wanted.via == path; };
  for (const Candidate& candidate : known) {
    if (allows(candidate.path)) sought.known.push_back(candidate);
  }
  if (allows(protocol::Path::lan)) {
    sought.lan_targets = config.lan_targets;
    for (const Candidate& candidate : known) {
      // The session port may change with every boot, the search port does not.
      const protocol::Address asked{candidate.address.ip, protocol::kLanPort};
      const auto add = [&sought](const protocol::Address& target) {
        if (std::find(sought.lan_targets.begin(), sought.lan_targets.end(), target) ==
            sought.lan_targets.end())
          sought.lan_targets.push_back(target);
      };
      add(asked);
      // Of a camera that listens elsewhere nobody else would ask which key it has.
      if (!config.other_ciphers.empty()) add(candidate.address);
    }
  }
  const bool relays = config.relays && allows(protocol::Path::relay);
  if (allows(protocol::Path::p2p) || relays) sought.servers = config.servers;
  sought.looks_up = allows(protocol::Path::p2p);
  sought.relay_after.reset();
  // Whose last session needed one, and found no direct way all the while, is not made to wait.
  const bool at_once = wanted.via || last_by_relay;
  if (relays) sought.relay_after = at_once ? Duration{} : Duration{config.relay_after};
  return sought;
}

protocol::SessionConfig CameraSupervisor::Impl::session_config(const SearchConfig& sought) const {
  protocol::SessionConfig session;
  session.uid = config.uid;
  session.ciphers = sought.ciphers;
  session.connect_timeout = config.connect_timeout;
  session.packet_events = config.packet_events;
  if (config.media != nullptr) {
    session.channel.farthest_ahead = kStreamAhead;
    session.channel.max_reorder_bytes = kStreamAhead * protocol::kMaxDrwData;
  }
  return session;
}

protocol::CgiExchangeConfig CameraSupervisor::Impl::exchange_config() const {
  protocol::CgiExchangeConfig exchange;
  exchange.reply_timeout = config.request_timeout;
  return exchange;
}

void CameraSupervisor::Impl::begin_attempt(TimePoint now) {
  parting.reset();
  left_relay.reset();  // what it still passes on goes to the old socket; it may be ours again
  if (socket_used) ++generation;  // the camera ties a session to our source port
  socket_used = true;
  phase = Phase::trying;
  attempt_started = now;
  const auto wish =
      std::find_if(connects.begin(), connects.end(),
                   [](const WaitingConnect& connect) { return connect.route != Route{}; });
  route = wish == connects.end() ? Route{} : wish->route;
  SearchConfig sought = search_config(route);
  link = std::make_unique<CameraLink>(now, session_config(sought), exchange_config(), seeds.next(),
                                      config.media);
  search = std::make_unique<CameraSearch>(now, std::move(sought), seeds.next());
  drain_search(now);
  give_up_hopeless_attempt(now);
}

void CameraSupervisor::Impl::give_up_hopeless_attempt(TimePoint now) {
  if (phase != Phase::trying || search->answered() || link->session().last_heard()) return;
  if (search->is_pointless()) return end_attempt(now, Errc::timed_out, Operation::none);
  if (route.via == protocol::Path::relay && search->relay_error())
    return end_attempt(now, search->relay_error()->code, search->relay_error()->operation);
  const auto verdict_of_servers = search->lookup_error();
  if (!verdict_of_servers || !is_unknown_or_offline(*verdict_of_servers)) return;
  if (now >= attempt_started + std::min<Duration>(kLanOnlyTime, config.connect_timeout)) {
    end_attempt(now, *verdict_of_servers, Operation::awaiting_lookup_ack);
  }
}

std::optional<protocol::TimePoint> CameraSupervisor::Impl::hopeless_due() const {
  if (phase != Phase::trying || search->answered()) return std::nullopt;
  const TimePoint due = attempt_started + std::min<Duration>(kLanOnlyTime, config.connect_timeout);
  return due > last_now ? std::optional{due} : std::nullopt;
}

AttemptFacts CameraSupervisor::Impl::attempt_facts(TimePoint now, Errc code,
                                                   Operation operation) const {
  AttemptFacts facts;
  facts.uid = config.uid;
  facts.code = code;
  facts.operation = operation;
  facts.took = now - attempt_started;
  facts.attempts = retries + 1;
  if (search) {
    facts.lookup_error = search->lookup_error();
    if (!search->config().known.empty()) facts.address = search->config().known.front().address;
    facts.servers = search->config().servers.size();
    facts.lan = !search->config().lan_targets.empty();
    facts.located = search->lookup_answered();
    facts.heard = search->lan_answered();
    facts.tried = search->attempts(std::nullopt);
    const auto servers = search->servers();
    facts.servers_silent =
        !servers.empty() && std::none_of(servers.begin(), servers.end(), [](const auto& server) {
          return server.result || server.mapped || !server.addresses.empty();
        });
    const auto relays = search->relays();
    facts.relayed = std::any_of(relays.begin(), relays.end(), [](const auto& relay) {
      return relay.stage == protocol::RelayStage::open;
    });
    if (route.via == protocol::Path::relay) facts.relay_error = search->relay_error();
    const bool understood = search->lan_answered() || (link && link->session().last_heard());
    facts.other_key = !understood && !search->other_cipher().empty();
  }
  if (operation == Operation::awaiting_ready || (link && link->session().last_heard()))
    facts.heard = true;
  return facts;
}

// Why the attempt that is under way, or ends, has not led to the camera.
CommandError CameraSupervisor::Impl::attempt_error(const AttemptFacts& facts) const {
  if (search->json_dialect_hint()) return other_dialect_error(config.uid);
  if (facts.other_key)
    return other_cipher_error(config.uid, search->other_cipher(), search->other_cipher_stage());
  if (search->is_pointless()) return nowhere_to_look_error(config.uid, route.via);
  return unreachable_error(facts);
}

void CameraSupervisor::Impl::end_attempt(TimePoint now, Errc code, Operation operation) {
  AttemptFacts facts = attempt_facts(now, code, operation);
  const bool other_dialect = search->json_dialect_hint();
  facts.heard || facts.located ? note_seen(now) : note_missed(now);
  // Who cannot read us, by a relay perhaps, is not who lets nobody in.
  const bool unread = facts.other_key || facts.relayed || other_dialect;
  silent_refusals = facts.heard && !unread && code == Errc::timed_out ? silent_refusals + 1 : 0;
  const bool refused =
      code == Errc::refused || code == Errc::closed_by_peer || silent_refusals >= kSilentRefusals;
  verdict = refused ? Verdict::busy : Verdict::offline;
  const std::string before = std::exchange(reason, reason_text(code, operation));
  ++retries;
  schedule_retry(now);
  if (!config.on_demand && !stay_closed) facts.next_try = next_try - now;
  last_error = refused ? busy_error(config.uid, facts.next_try) : attempt_error(facts);
  // The same failure again and again is one line, not a flood.
  if (reason != before || retries == 1) log(true, last_error->message);
  const TimePoint started = attempt_started;
  retire_link();
  remember_relays();
  search.reset();
  phase = Phase::waiting;
  // Who came while the attempt was under way has not had a whole one yet, unless the answer is
  // certain.
  fail_waiting(queue.take_older(refused ? now : started, true), *last_error);
  fail_connects(refused ? now : started, *last_error);
  if (!queue.empty() || !connects.empty()) hurry(now);
}

void CameraSupervisor::Impl::schedule_retry(TimePoint now) {
  failed_at = now;
  switch (verdict) {
    case Verdict::busy:
      next_try =
          now + refusals.after_failure({config.busy_backoff, config.busy_backoff * 5 / 4}, seeds);
      return;
    case Verdict::auth_failed:
      next_try = now + refusals.after_failure({kAuthBackoffMin, kAuthBackoffMax}, seeds);
      return;
    case Verdict::none:
    case Verdict::offline:
      next_try = now + backoff.after_failure({config.backoff_min, config.backoff_max}, seeds);
  }
}

void CameraSupervisor::Impl::hurry(TimePoint now) {
  if (is_refusing(now)) return;
  hurry_even_if_refused(now);
}

void CameraSupervisor::Impl::hurry_even_if_refused(TimePoint now) {
  const TimePoint polite = failed_at ? std::max(now, *failed_at + config.backoff_min) : now;
  next_try = std::min(next_try, polite);
}

}  // namespace cam32100::bridge
