#include "tests/integration/support/tap.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace cam32100::integration {

namespace {

// What a line of ours starts with; mosquitto_sub's own lines (-d tells of the SUBACK) start with
// letters.
constexpr std::string_view kPrefix = "> ";
constexpr const char* kFormat = "> %r %q %X %t %C %D";

std::vector<std::string> subscriber(const Broker& broker, const std::string& version,
                                    const std::vector<std::string>& filters,
                                    const std::vector<std::string>& more) {
  auto words = broker.client("mosquitto_sub", version);
  // Its debug lines would stay in its buffer until the first message.
  words.insert(words.begin(), {"stdbuf", "-oL"});
  for (const auto& filter : filters) words.insert(words.end(), {"-t", filter});
  words.insert(words.end(), {"-q", "1", "-d", "-F", kFormat});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

int hex_digit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string from_hex(std::string_view hex) {
  std::string out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<char>(hex_digit(hex[i]) * 16 + hex_digit(hex[i + 1])));
  return out;
}

std::optional<Message> parse(std::string_view line) {
  if (!line.starts_with(kPrefix)) return std::nullopt;
  line.remove_prefix(kPrefix.size());
  std::array<std::string_view, 5> words;
  for (auto& word : words) {
    const auto space = line.find(' ');
    word = line.substr(0, space);
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  }
  Message message;
  message.retained = words[0] == "1";
  message.qos = words[1] == "1" ? 1 : words[1] == "2" ? 2 : 0;
  message.payload = from_hex(words[2]);
  message.topic = words[3];
  message.content_type = words[4];
  message.correlation_data = line;
  return message;
}

}  // namespace

nlohmann::json Message::json() const {
  auto value = nlohmann::json::parse(payload, nullptr, false);
  return value.is_discarded() ? nlohmann::json(nullptr) : value;
}

Tap::Tap(Loop& loop, const Broker& broker, const std::string& version,
         std::vector<std::string> filters, std::vector<std::string> more_words)
    : loop_{loop}, process_{loop, subscriber(broker, version, filters, more_words)} {
  const auto subscribed = process_.wait_for_line(
      0, [](const std::string& line) { return line.starts_with("Subscribed (mid: "); });
  if (!subscribed) throw std::runtime_error{"mosquitto_sub: " + process_.errors()};
}

const std::vector<Message>& Tap::messages() {
  const auto& lines = process_.lines();
  for (; read_lines_ < lines.size(); ++read_lines_) {
    if (auto message = parse(lines[read_lines_])) messages_.push_back(std::move(*message));
  }
  return messages_;
}

std::optional<Message> Tap::wait_for(std::size_t from, const Wanted& wanted,
                                     std::chrono::milliseconds limit) {
  std::optional<Message> found;
  (void)loop_.run_until(
      [&] {
        for (; !found && from < messages().size(); ++from) {
          if (wanted(messages_[from])) found = messages_[from];
        }
        return found.has_value();
      },
      limit);
  return found;
}

std::size_t Tap::count(std::size_t from, const Wanted& wanted) {
  const auto& all = messages();
  return static_cast<std::size_t>(
      std::count_if(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(), wanted));
}

std::optional<Message> Tap::newest(std::string_view topic) {
  const auto& all = messages();
  const auto found = std::find_if(
      all.rbegin(), all.rend(), [topic](const Message& message) { return message.topic == topic; });
  return found == all.rend() ? std::nullopt : std::optional{*found};
}

std::optional<Message> Tap::wait_until(std::string_view topic, const Wanted& good,
                                       std::chrono::milliseconds limit) {
  const bool came = loop_.run_until(
      [&] {
        const auto message = newest(topic);
        return message && good(*message);
      },
      limit);
  return came ? newest(topic) : std::nullopt;
}

std::vector<Message> read_retained(Loop& loop, const Broker& broker, const std::string& version,
                                   const std::string& filter) {
  // mosquitto queues the replay before it handles anything that comes after the subscription, so
  // a live message marks its end.
  const std::string marker = "end-of-replay";
  Tap tap{loop, broker, version, {filter, marker}};
  publish(loop, broker, version, {.topic = marker, .payload = "here"});
  if (!tap.wait_for(0, on_topic(marker))) throw std::runtime_error{"no end of the replay"};
  std::vector<Message> out;
  for (const auto& message : tap.messages()) {
    if (message.retained) out.push_back(message);
  }
  return out;
}

int publish(Loop& loop, const Broker& broker, const std::string& version,
            const Publication& publication) {
  auto words = broker.client("mosquitto_pub", version);
  words.insert(words.end(), {"-t", publication.topic, "-q", std::to_string(publication.qos)});
  words.emplace_back(publication.payload.empty() ? "-n" : "-s");
  if (publication.retain) words.emplace_back("-r");
  if (!publication.response_topic.empty())
    words.insert(words.end(), {"-D", "publish", "response-topic", publication.response_topic});
  if (!publication.correlation_data.empty())
    words.insert(words.end(), {"-D", "publish", "correlation-data", publication.correlation_data});
  Process process{loop, words};
  process.write(publication.payload);
  process.close_input();
  return process.wait_for_exit().value_or(-1);
}

int publish_lines(Loop& loop, const Broker& broker, const std::string& version,
                  const std::string& topic, const std::vector<std::string>& payloads) {
  auto words = broker.client("mosquitto_pub", version);
  words.insert(words.end(), {"-t", topic, "-q", "1", "-l"});
  Process process{loop, words};
  for (const auto& payload : payloads) process.write(payload + "\n");
  process.close_input();
  return process.wait_for_exit().value_or(-1);
}

Tap::Wanted on_topic(std::string topic) {
  return [topic = std::move(topic)](const Message& message) { return message.topic == topic; };
}

Tap::Wanted live_on_topic(std::string topic) {
  return [topic = std::move(topic)](const Message& message) {
    return message.topic == topic && !message.retained;
  };
}

}  // namespace cam32100::integration
