#include "tests/support/fake_mqtt/fake_broker.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::testing {
namespace {

constexpr int kNotAuthorized = 0x87;

std::vector<std::string> levels_of(const std::string& topic) {
  std::vector<std::string> levels(1);
  for (const char c : topic) {
    if (c == '/') {
      levels.emplace_back();
    } else {
      levels.back() += c;
    }
  }
  return levels;
}

}  // namespace

bool filter_matches(const std::string& filter, const std::string& topic) {
  const auto wanted = levels_of(filter), given = levels_of(topic);
  if (!topic.empty() && topic.front() == '$' && (wanted.front() == "#" || wanted.front() == "+"))
    return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "#") return true;  // also the parent level itself
    if (i >= given.size() || (wanted[i] != "+" && wanted[i] != given[i])) return false;
    if (i + 2 == wanted.size() && wanted[i + 1] == "#" && i + 1 == given.size()) return true;
  }
  return wanted.size() == given.size();
}

FakeBroker::FakeBroker() : FakeBroker{Options{}} {}
FakeBroker::FakeBroker(Options given) : options{std::move(given)} {}

void FakeBroker::enqueue(std::function<void()> action) {
  queue_.push_back(std::move(action));
  if (on_waiting) on_waiting();
}

void FakeBroker::attach(BrokerClient& client, int version) {
  detach(client);
  connections_[&client] = {version, {}};
  order_.push_back(&client);
}

void FakeBroker::detach(BrokerClient& client) {
  connections_.erase(&client);
  std::erase(order_, &client);
}

void FakeBroker::subscribe(BrokerClient& client, const std::string& filter,
                           const bridge::SubscribeOptions& asked) {
  const auto found = connections_.find(&client);
  if (found == connections_.end()) return;
  const bool refused = options.refused_filters.contains(filter);
  const auto confirm = [this, &client, filter, refused] {
    if (options.silent_filters.contains(filter)) return;
    enqueue([this, &client, filter, refused] {
      if (connections_.contains(&client)) client.on_suback(filter, refused ? kNotAuthorized : 0);
    });
  };
  if (refused) {
    confirm();
    return;
  }
  auto& connection = found->second;
  std::erase_if(connection.subscriptions,
                [&filter](const auto& each) { return each.filter == filter; });
  bridge::SubscribeOptions in_force = asked;
  if (connection.version < 5) in_force.no_local = in_force.retain_as_published = false;
  connection.subscriptions.push_back({filter, in_force});
  if (options.suback_before_replay) confirm();
  replay(client, connection.subscriptions.back());
  if (!options.suback_before_replay) confirm();
}

void FakeBroker::replay(BrokerClient& client, const Subscription& subscription) {
  for (const auto& [topic, publication] : retained_) {
    if (!filter_matches(subscription.filter, topic)) continue;
    deliver_to(client, {.topic = topic,
                        .payload = publication.payload,
                        .qos = std::min(publication.qos, subscription.options.qos),
                        .retained = true});
  }
}

void FakeBroker::unsubscribe(BrokerClient& client, const std::string& filter) {
  const auto found = connections_.find(&client);
  if (found == connections_.end()) return;
  std::erase_if(found->second.subscriptions,
                [&filter](const auto& each) { return each.filter == filter; });
}

void FakeBroker::publish(const BrokerClient* from, const bridge::MqttPublication& publication,
                         const std::optional<std::string>& response_topic) {
  if (options.dropped_topics.contains(publication.topic)) return;
  if (publication.retain) {
    if (publication.payload.empty()) {
      retained_.erase(publication.topic);
    } else {
      retained_[publication.topic] = publication;
    }
  }
  for (BrokerClient* client : order_)
    route(*client, connections_.at(client), from, publication, response_topic);
}

void FakeBroker::route(BrokerClient& client, const Connection& connection, const BrokerClient* from,
                       const bridge::MqttPublication& publication,
                       const std::optional<std::string>& response_topic) {
  bridge::MqttMessage message{.topic = publication.topic, .payload = publication.payload};
  if (connection.version >= 5) {
    message.response_topic = response_topic;
    message.correlation_data = publication.correlation_data;
  }
  bool once = false;
  for (const auto& [filter, asked] : connection.subscriptions) {
    if (!filter_matches(filter, publication.topic) || (asked.no_local && from == &client)) continue;
    message.qos = std::min(publication.qos, asked.qos);
    message.retained = publication.retain && asked.retain_as_published;
    // Overlapping filters: MQTT 5 gives one copy for each of them, 3.1.1 one in all.
    if (connection.version < 5 && std::exchange(once, true)) break;
    deliver_to(client, message);
  }
}

void FakeBroker::deliver_to(BrokerClient& client, bridge::MqttMessage message) {
  enqueue([this, &client, message = std::move(message)] {
    if (connections_.contains(&client)) client.on_message(message);
  });
}

bool FakeBroker::deliver() {
  const bool any = !queue_.empty();
  while (!queue_.empty()) {
    const auto action = std::move(queue_.front());
    queue_.pop_front();
    action();
  }
  return any;
}

void FakeBroker::restart() {
  queue_.clear();  // what was under way is lost
  if (!options.persists) retained_.clear();
  const auto clients = std::exchange(order_, {});
  connections_.clear();
  for (BrokerClient* client : clients) client->on_connection_closed();
}

const std::string* FakeBroker::retained(const std::string& topic) const {
  const auto found = retained_.find(topic);
  return found == retained_.end() ? nullptr : &found->second.payload;
}

std::vector<std::string> FakeBroker::retained_topics() const {
  std::vector<std::string> topics;
  for (const auto& [topic, publication] : retained_) topics.push_back(topic);
  return topics;
}

void FakeBroker::set_retained(const std::string& topic, std::string payload) {
  retained_[topic] = {.topic = topic, .payload = std::move(payload), .qos = 1, .retain = true};
}

Spy::Spy(FakeBroker& broker, std::string filter, int version)
    : broker_{broker}, filter_{std::move(filter)}, version_{version} {
  come_in();
}

Spy::~Spy() { broker_.detach(*this); }

void Spy::come_in() {
  broker_.attach(*this, version_);
  broker_.subscribe(*this, filter_, {.qos = 1});
}

void Spy::on_connection_closed() { come_in(); }

std::vector<bridge::MqttMessage> Spy::live() const {
  std::vector<bridge::MqttMessage> out;
  std::copy_if(heard.begin(), heard.end(), std::back_inserter(out),
               [](const auto& each) { return !each.retained; });
  return out;
}

std::vector<bridge::MqttMessage> Spy::live(const std::string& topic) const {
  auto out = live();
  std::erase_if(out, [&topic](const auto& each) { return each.topic != topic; });
  return out;
}

std::optional<std::string> Spy::last(const std::string& topic) const {
  const auto found = std::find_if(heard.rbegin(), heard.rend(),
                                  [&topic](const auto& each) { return each.topic == topic; });
  if (found == heard.rend()) return std::nullopt;
  return found->payload;
}

}  // namespace cam32100::testing
