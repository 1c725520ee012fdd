#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "mappings/command.hpp"
#include "mappings/device.hpp"
#include "mappings/reply.hpp"
#include "mappings/topics.hpp"

namespace {

using cam32100::mappings::CommandPolicy;
using cam32100::mappings::DeviceMapping;
using cam32100::mappings::parse_payload;
using cam32100::mappings::take_common;
using cam32100::mappings::Topics;
using nlohmann::json;

// Enough of a mapping to reach every handler.
constexpr std::string_view kMapping = R"({
  "schema_version": 1, "family": "fuzz", "dialect": "cgi", "prefixes": ["FUZZ"],
  "replies": {"get_x.cgi": {"tolerates_stray_result": true, "fields": {
      "a": {"type": "integer", "publish": ["settings"]}, "b": "boolean", "t": "time", "n": {"type": "number", "divide": 10},
      "m": {"type": "enum", "codes": {"0": "low"}, "publish": ["state", "info"]}, "s": {"type": "text", "secret": true},
      "alarm": {"type": "integer", "alarm": true}},
    "lists": {"l": {"first": 0, "last": 5, "index": "i", "fields": {"l[#]": {"key": "l", "type": "text"}}}, "v": {"first": 1, "last": 3, "value": {"v#": "integer"}}}}},
  "settings": {"a": {"read": {"cgi": "get_x.cgi", "field": "a"}, "min": 0, "max": 9, "write": [{"cgi": "set_x.cgi", "parameters": {"a": {"argument": "value"}}}]}},
  "commands": {
    "ptz": {"handler": "ptz", "kind": "ptz", "plain": "move", "arguments": {"move": {"type": "enum", "enum": ["up"], "required": true},
        "step": {"type": "boolean"}, "ms": {"type": "integer", "min": 0, "max": 10000, "default": 400}}, "moves": {"up": {"start": 0, "stop": 1}}},
    "http": {"handler": "http", "kind": "read", "plain": "path", "arguments": {"path": {"type": "text", "required": true, "max_length": 2048},
        "params": {"type": "object"}, "auth": {"type": "boolean"}, "confirm": {"type": "boolean"}}},
    "http_batch": {"handler": "http_batch", "kind": "read", "arguments": {"requests": {"type": "list", "required": true, "max_length": 16}, "confirm": {"type": "boolean"}}},
    "set": {"handler": "set", "kind": "change"}, "get": {"handler": "get", "kind": "read", "plain": "keys", "arguments": {"keys": {"type": "texts"}}},
    "x": {"kind": "read", "plain": "y", "arguments": {"y": {"type": "text"}}, "calls": [{"cgi": "get_x.cgi", "parameters": {"y": {"argument": "y"}}}]},
    "snapshot": {"kind": "snapshot", "calls": [{"cgi": "snapshot.cgi"}]}
  }
})";

void load_as_file(std::string_view text) {
  const auto loaded = DeviceMapping::load(text, "fuzz.json");
  if (!loaded) {
    assert(!loaded.error().message.empty());
    return;
  }
  static_cast<void>(loaded->failing_examples());
  static_cast<void>(loaded->describe_commands(true).dump());
  static_cast<void>(loaded->describe_settings().dump());
}

// dump() throws on text that is not UTF-8: what we publish must never make it.
void interpret_as_replies(const DeviceMapping& mapping, const std::string& command,
                          const cam32100::mappings::CommandPlan& plan, std::string_view text) {
  const auto bytes = cam32100::protocol::as_bytes(text);
  std::vector<cam32100::protocol::CgiReply> replies(plan.steps.size(),
                                                    {0, {bytes.begin(), bytes.end()}});
  const auto meaning = interpret(mapping, command, plan, std::move(replies));
  for (const json* part : {&meaning.data, &meaning.info, &meaning.state, &meaning.settings}) {
    static_cast<void>(part->dump());
  }
}

void run_as_payload(const DeviceMapping& mapping, std::string_view text) {
  for (const std::string& command : mapping.command_names()) {
    auto arguments = parse_payload(text, plain_argument(mapping, command));
    if (!arguments) continue;
    if (!take_common(*arguments)) continue;
    for (const bool allow : {false, true}) {
      const auto plan = translate(mapping, command, *arguments, CommandPolicy{allow});
      if (plan) {
        interpret_as_replies(mapping, command, *plan, text);
      } else {
        static_cast<void>(json(plan.error().message).dump());
        static_cast<void>(plan.error().detail.dump());
      }
    }
  }
}

void parse_as_topic(std::string_view text) {
  const Topics topics{"base"};
  static_cast<void>(topics.camera_of(text));
  static_cast<void>(Topics::is_valid_base(text));
  if (topics.may_answer_on(text)) assert(!topics.parse_command(text));
  const std::string below = "base/" + std::string{text};
  static_cast<void>(topics.parse_command(below));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const DeviceMapping mapping = *DeviceMapping::load(kMapping, "fuzz mapping");
  const std::string text(data, data + size);
  load_as_file(text);
  run_as_payload(mapping, text);
  interpret_as_replies(mapping, "x", *translate(mapping, "x", json::object(), {}), text);
  interpret_as_replies(mapping, "snapshot", *translate(mapping, "snapshot", json::object(), {}),
                       text);
  parse_as_topic(text);
  return 0;
}
