#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/core/mqtt_port.hpp"

namespace cam32100::testing {

// True when an MQTT filter with + and # matches the topic. Topics that begin with $ match no
// leading wildcard.
[[nodiscard]] bool filter_matches(const std::string& filter, const std::string& topic);

// What one client of the broker is told; in the order the broker would write it.
class BrokerClient {
 public:
  virtual ~BrokerClient() = default;
  virtual void on_suback(const std::string& filter, int reason_code) = 0;
  virtual void on_message(const bridge::MqttMessage& message) = 0;
  virtual void on_connection_closed() = 0;
};

// A broker in memory that behaves as mosquitto 2 does where a bridge can notice: retained messages,
// the retain flag as each version's subscriber sees it, no local, retain as published, overlapping
// filters, wildcards, QoS of the weaker side, SUBACK. What it has to say waits in one queue until
// deliver().
class FakeBroker {
 public:
  struct Options {
    bool persists = true;              // retained messages survive restart()
    bool suback_before_replay = true;  // both orders are legal
    std::optional<std::uint32_t> maximum_packet_size{};
    std::set<std::string> refused_filters{};  // SUBACK 0x87
    std::set<std::string> silent_filters{};   // no SUBACK at all
    std::set<std::string> dropped_topics{};   // publishes to them vanish (access list)
  };

  FakeBroker();
  explicit FakeBroker(Options options);
  Options options;

  // --- clients; version is 5 or 4 (3.1.1)
  void attach(BrokerClient& client, int version);
  void detach(BrokerClient& client);  // no message more, subscriptions forgotten
  void subscribe(BrokerClient& client, const std::string& filter,
                 const bridge::SubscribeOptions& options);
  void unsubscribe(BrokerClient& client, const std::string& filter);
  void publish(const BrokerClient* from, const bridge::MqttPublication& publication,
               const std::optional<std::string>& response_topic = std::nullopt);

  // Every client loses its connection; without persistence the retained messages are gone.
  void restart();

  // Hands out everything that waits, and what that causes. False: nothing waited.
  bool deliver();
  [[nodiscard]] bool has_waiting() const noexcept { return !queue_.empty(); }
  std::function<void()> on_waiting;  // something new waits

  // --- what it holds
  [[nodiscard]] const std::string* retained(const std::string& topic) const;
  [[nodiscard]] std::vector<std::string> retained_topics() const;  // sorted
  void set_retained(const std::string& topic,
                    std::string payload);  // as if published before everybody came

 private:
  struct Subscription {
    std::string filter;
    bridge::SubscribeOptions options;
  };
  struct Connection {
    int version = 5;
    std::vector<Subscription> subscriptions;
  };
  void enqueue(std::function<void()> action);
  void deliver_to(BrokerClient& client, bridge::MqttMessage message);
  void route(BrokerClient& client, const Connection& connection, const BrokerClient* from,
             const bridge::MqttPublication& publication,
             const std::optional<std::string>& response_topic);
  void replay(BrokerClient& client, const Subscription& subscription);

  std::map<BrokerClient*, Connection> connections_;
  std::vector<BrokerClient*> order_;  // of attachment: messages go out in this order
  std::map<std::string, bridge::MqttPublication> retained_;
  std::deque<std::function<void()>> queue_;
};

// Somebody who listens. It sees what a plain subscriber sees; it comes back by itself after
// restart().
class Spy final : public BrokerClient {
 public:
  Spy(FakeBroker& broker, std::string filter, int version = 5);
  Spy(const Spy&) = delete;
  Spy& operator=(const Spy&) = delete;
  ~Spy() override;

  std::vector<bridge::MqttMessage> heard;                       // every message, replays too
  [[nodiscard]] std::vector<bridge::MqttMessage> live() const;  // not retained
  [[nodiscard]] std::vector<bridge::MqttMessage> live(
      const std::string& topic) const;  // of one topic
  [[nodiscard]] std::size_t count(const std::string& topic) const { return live(topic).size(); }
  [[nodiscard]] std::optional<std::string> last(const std::string& topic) const;  // payload
  void clear() { heard.clear(); }

  void on_suback(const std::string&, int) override {}
  void on_message(const bridge::MqttMessage& message) override { heard.push_back(message); }
  void on_connection_closed() override;

 private:
  void come_in();
  FakeBroker& broker_;
  std::string filter_;
  int version_;
};

}  // namespace cam32100::testing
