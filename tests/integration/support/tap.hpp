#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/support/broker.hpp"

namespace cam32100::integration {

struct Message {
  bool retained = false;  // as a subscriber sees it: stored by the broker before it subscribed
  int qos = 0;
  std::string topic, payload;
  std::string content_type, correlation_data;  // MQTT 5; correlation without NUL and line break

  // null for what is no JSON.
  [[nodiscard]] nlohmann::json json() const;
};

// A mosquitto_sub that is subscribed when the constructor returns; what it received, in order.
class Tap {
 public:
  Tap(Loop& loop, const Broker& broker, const std::string& version = "5",
      std::vector<std::string> filters = {"#"}, std::vector<std::string> more_words = {});

  [[nodiscard]] const std::vector<Message>& messages();
  // Where the next message will stand: the "from" of what is to be waited for.
  [[nodiscard]] std::size_t end() { return messages().size(); }

  using Wanted = std::function<bool(const Message&)>;
  // The first message at or after `from` that `wanted` accepts.
  [[nodiscard]] std::optional<Message> wait_for(std::size_t from, const Wanted& wanted,
                                                std::chrono::milliseconds limit = kPatience);
  [[nodiscard]] std::size_t count(std::size_t from, const Wanted& wanted);
  // The newest payload on a topic.
  [[nodiscard]] std::optional<Message> newest(std::string_view topic);
  // Waits until the newest message on `topic` is JSON (or text) that `good` accepts.
  [[nodiscard]] std::optional<Message> wait_until(std::string_view topic, const Wanted& good,
                                                  std::chrono::milliseconds limit = kPatience);

 private:
  Loop& loop_;
  Process process_;
  std::size_t read_lines_ = 0;
  std::vector<Message> messages_;
};

// All that the broker keeps under a filter at this moment, by a subscriber of its own. `last_topic`
// is written by us, retained, first: brokers replay in no order worth relying on, so the reading
// ends with the answer to a live message sent after the subscription.
[[nodiscard]] std::vector<Message> read_retained(Loop& loop, const Broker& broker,
                                                 const std::string& version,
                                                 const std::string& filter);

struct Publication {
  std::string topic{}, payload{};
  int qos = 1;
  bool retain = false;
  std::string response_topic{}, correlation_data{};  // MQTT 5; "" = absent
};
// One mosquitto_pub; its exit code once the broker has it.
int publish(Loop& loop, const Broker& broker, const std::string& version,
            const Publication& publication);
// One mosquitto_pub that sends each of `payloads` (no line breaks) to one topic, back to back.
int publish_lines(Loop& loop, const Broker& broker, const std::string& version,
                  const std::string& topic, const std::vector<std::string>& payloads);

[[nodiscard]] Tap::Wanted on_topic(std::string topic);
[[nodiscard]] Tap::Wanted live_on_topic(std::string topic);

}  // namespace cam32100::integration
