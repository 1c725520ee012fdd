#include "bridge/core/network_queries.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "bridge/core/camera_jobs.hpp"
#include "bridge/core/camera_setup.hpp"

namespace cam32100::bridge {
namespace {

using mappings::CommandError;
using mappings::ErrorCode;
using nlohmann::json;
using std::chrono::milliseconds;

// Answers arrive until the search's own end; then there is this much time to take them.
constexpr auto kSlack = std::chrono::seconds{1};

json to_ms(protocol::Duration duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

json stun_answer(const std::vector<protocol::HelloAnswered>& hellos,
                 const std::vector<protocol::ServerReport>& reports) {
  json servers = json::array();
  for (const auto& report : reports) {
    const auto hello = std::find_if(hellos.begin(), hellos.end(), [&report](const auto& each) {
      return each.server == report.server;
    });
    json entry{{"server", report.server.text()}};
    if (hello == hellos.end()) {
      entry["result"] = "no_answer";
    } else {
      entry["mapped_address"] = hello->mapped.text();
      entry["nat_type"] = hello->nat_type;
      entry["took_ms"] = to_ms(hello->took);
    }
    servers.push_back(std::move(entry));
  }
  return servers;
}

}  // namespace

bool NetworkQueries::has_room(RequestNumber request) {
  if (queries_.size() < kMaxQueries) return true;
  answers_.fail(request, {ErrorCode::rate_limited,
                          "too many searches are under way; ask again when one has ended",
                          {{"retry_after_ms", to_ms(kDefaultLookup)}}});
  return false;
}

void NetworkQueries::open(Query query, protocol::Endpoint& endpoint, protocol::Duration limit) {
  const EndpointId id = context_.draw_number();
  queries_.emplace(id, std::move(query));
  context_.agenda.set({Task::query_limit, id}, context_.now.steady + limit + kSlack);
  context_.ports.open_endpoint(id, endpoint);
  context_.wake(id);
}

void NetworkQueries::discover(RequestNumber request, std::optional<milliseconds> timeout) {
  if (!has_room(request)) return;
  protocol::LanSearchConfig config;
  config.targets = context_.lan_targets;
  auto keys = known_ciphers().to_vector();
  // A key that only our configuration knows opens cameras of that key alone, but those too.
  for (const auto& [uid, camera] : context_.cameras.all()) {
    for (const auto& cipher : ciphers_for(camera->config.psk, camera->config.uid.prefix())) {
      const bool known = std::any_of(keys.begin(), keys.end(), [&cipher](const auto& other) {
        return other.cipher == cipher.cipher;
      });
      if (!known) keys.push_back(cipher);
    }
  }
  config.ciphers = std::move(keys);
  config.timeout = timeout.value_or(std::chrono::duration_cast<milliseconds>(kDefaultSearch));
  const auto limit = config.timeout;
  Query query;
  query.request = request;
  query.search = std::make_unique<protocol::LanSearch>(context_.now.steady, std::move(config));
  auto& endpoint = *query.search;
  open(std::move(query), endpoint, limit);
}

void NetworkQueries::start_locator(RequestNumber request, protocol::LocatorConfig config,
                                   bool stun) {
  if (!has_room(request)) return;
  if (config.servers.empty()) {
    answers_.fail(request,
                  {ErrorCode::lookup_failed,
                   "no 32100 server is known; add one with bridge/command/server/add", nullptr});
    return;
  }
  const auto limit = config.timeout;
  Query query;
  query.request = request;
  query.stun = stun;
  query.locator = std::make_unique<protocol::Locator>(context_.now.steady, std::move(config),
                                                      context_.seed ^ context_.draw_number());
  auto& endpoint = *query.locator;
  open(std::move(query), endpoint, limit);
}

void NetworkQueries::stun(RequestNumber request, std::vector<protocol::ServerAddress> servers,
                          std::optional<milliseconds> timeout) {
  protocol::LocatorConfig config;
  config.servers = servers.empty() ? context_.servers.addresses() : std::move(servers);
  config.timeout = timeout.value_or(std::chrono::duration_cast<milliseconds>(kDefaultLookup));
  start_locator(request, std::move(config), true);
}

void NetworkQueries::lookup(RequestNumber request, const protocol::Uid& uid,
                            std::vector<protocol::ServerAddress> servers,
                            std::optional<milliseconds> timeout) {
  protocol::LocatorConfig config;
  config.servers = servers.empty() ? context_.servers.for_prefix(uid.prefix()) : std::move(servers);
  config.uid = uid;
  config.timeout = timeout.value_or(std::chrono::duration_cast<milliseconds>(kDefaultLookup));
  start_locator(request, std::move(config), false);
}

bool NetworkQueries::on_progress(EndpointId endpoint) {
  const auto found = queries_.find(endpoint);
  if (found == queries_.end()) return false;
  Query& query = found->second;
  if (query.search) take_found(query);
  if (query.locator) take_locator_events(query);
  const bool over = query.search ? query.search->finished() : query.locator->finished();
  if (over) finish(endpoint);
  return true;
}

void NetworkQueries::take_found(Query& query) {
  while (auto camera = query.search->take_found()) {
    const std::string uid = camera->uid.text();
    CameraEntry* known = context_.cameras.by_uid(uid);
    if (known != nullptr && known->json_dialect != camera->json_dialect_hint) {
      known->json_dialect = camera->json_dialect_hint;
      topics_.publish_info(*known);
      discovery_.note_change(*known);
    }
    json entry{{"uid", uid},
               {"address", camera->address.text()},
               {"dialect", camera->json_dialect_hint ? "json" : "cgi"},
               {"supported", !camera->json_dialect_hint},
               {"cipher", camera->cipher_name},
               {"known", known != nullptr},
               {"took_ms", to_ms(camera->took)}};
    if (known == nullptr) events_.bridge_event("discovered_on_lan", entry);
    query.found.push_back(std::move(entry));
  }
}

void NetworkQueries::take_locator_events(Query& query) {
  while (auto event = query.locator->take_event()) {
    if (auto* hello = std::get_if<protocol::HelloAnswered>(&*event)) {
      if (query.hellos.size() < 64) query.hellos.push_back(*hello);
    } else if (auto* end = std::get_if<protocol::LookupFinished>(&*event)) {
      query.verdict = end->error;
    }
  }
}

void NetworkQueries::finish(EndpointId endpoint) {
  auto node = queries_.extract(endpoint);
  context_.agenda.cancel_subject(endpoint);
  context_.ports.close_endpoint(endpoint);
  answer(node.mapped());
}

void NetworkQueries::answer(Query& query) {
  if (query.search) {
    answers_.succeed(query.request, {{"cameras", std::move(query.found)}});
  } else if (query.stun) {
    const auto reports = query.locator->report();
    if (query.hellos.empty()) {
      answers_.fail(query.request, {ErrorCode::lookup_failed,
                                    "no 32100 server answered in time",
                                    {{"servers", stun_answer(query.hellos, reports)}}});
      return;
    }
    answers_.succeed(query.request, {{"servers", stun_answer(query.hellos, reports)}});
  } else {
    auto data = lookup_answer(query.locator->report(), query.verdict);
    if (data) {
      answers_.succeed(query.request, std::move(*data));
    } else {
      answers_.fail(query.request, data.error());
    }
  }
}

void NetworkQueries::on_limit(EndpointId endpoint) {
  const auto found = queries_.find(endpoint);
  if (found == queries_.end()) return;
  if (found->second.locator && !found->second.locator->finished())
    found->second.verdict = protocol::Errc::timed_out;
  finish(endpoint);
}

void NetworkQueries::stop() {
  while (!queries_.empty()) {
    auto node = queries_.extract(queries_.begin());
    context_.agenda.cancel_subject(node.key());
    context_.ports.close_endpoint(node.key());
    answers_.fail(node.mapped().request,
                  {ErrorCode::shutting_down, "the bridge is stopping", nullptr});
  }
}

}  // namespace cam32100::bridge
