#include <algorithm>
#include <array>

#include "mappings/mapping_load.hpp"
#include "mappings/text.hpp"
#include "mappings/topics.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

// What code -> meaning says, the other way round: what to write for a meaning.
ByName<std::string> inverse_codes(const FieldSpec& field) {
  ByName<std::string> out;
  for (const auto& [code, meaning] : field.codes) {
    out.emplace(meaning.is_boolean() ? meaning.dump() : meaning.get<std::string>(), code);
  }
  return out;
}

std::vector<std::string> meanings(const FieldSpec& field) {
  std::vector<std::string> out;
  for (const auto& [code, meaning] : field.codes) {
    const auto text = meaning.get<std::string>();
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  }
  return out;
}

ArgumentSpec load_setting_value(const MappingNode& node, const FieldSpec& field) {
  constexpr std::int64_t kLimit = 1'000'000'000'000;
  ArgumentSpec spec;
  spec.unit = field.unit;
  spec.about = node.at("about").text();
  switch (field.type) {
    case FieldType::boolean:
      spec.type = ArgumentType::boolean;
      break;
    case FieldType::choice:
      spec.type = ArgumentType::choice;
      spec.choices = node.at("enum").exists() ? node.at("enum").texts() : meanings(field);
      break;
    case FieldType::integer:
    case FieldType::number:
      spec.type = ArgumentType::integer;
      spec.min = node.at("min").integer(-kLimit, kLimit, -kLimit);
      spec.max = node.at("max").integer(spec.min, kLimit, kLimit);
      spec.step = node.at("step").integer(1, kLimit, 1);
      break;
    case FieldType::text:
    case FieldType::time:
      spec.type = ArgumentType::text;
      break;
  }
  return spec;
}

const FieldSpec* find_field(const MappingNode& read, const DeviceMapping::Data& data,
                            SettingSpec& setting) {
  read.only({"cgi", "field"});
  setting.cgi = read.required("cgi").text();
  setting.field = read.required("field").text();
  const auto reply = data.replies.find(setting.cgi);
  if (reply == data.replies.end()) {
    read.at("cgi").fail("there is no reply of this CGI");
    return nullptr;
  }
  const auto field = reply->second.fields.find(setting.field);
  if (field == reply->second.fields.end()) {
    read.at("field").fail("the reply has no such field");
    return nullptr;
  }
  return &field->second;
}

SettingSpec load_setting(const MappingNode& node, const DeviceMapping::Data& data) {
  node.only({"read", "enum", "min", "max", "step", "write", "read_only", "about"});
  SettingSpec setting;
  const FieldSpec* field = find_field(node.required("read"), data, setting);
  if (field == nullptr) return setting;
  setting.key = field->key;
  if (!field->publish.settings) node.at("read").fail(R"(the field is not published to "settings")");
  setting.value = load_setting_value(node, *field);
  setting.writes_other_words = node.at("enum").exists();
  const ByName<std::string> codes = inverse_codes(*field);
  setting.write = load_calls(node.at("write"), {{"value", setting.value}}, data.keeps, &codes);
  setting.read_only = node.at("read_only").text();
  if (setting.write.empty() == setting.read_only.empty()) {
    node.fail(R"(a setting has either "write" or "read_only" with the reason)");
  }
  const bool open_range = setting.value.type == ArgumentType::integer && !node.at("max").exists();
  if (!setting.write.empty() && open_range) {
    node.fail(R"(a number that can be written needs "min" and "max")");
  }
  return setting;
}

Handler load_handler(const MappingNode& node) {
  return node.word<Handler>({{"calls", Handler::calls},
                             {"bridge", Handler::bridge},
                             {"ptz", Handler::ptz},
                             {"http", Handler::http},
                             {"http_batch", Handler::http_batch},
                             {"set", Handler::set},
                             {"get", Handler::get},
                             {"not_built", Handler::not_built}});
}

void load_moves(const MappingNode& node, DeviceMapping::Data& data) {
  for (const auto& [name, move_node] : node.members()) {
    move_node.only({"start", "stop", "one_step", "about"});
    MoveSpec move;
    move.start = static_cast<int>(move_node.required("start").integer(0, 255, 0));
    if (move_node.at("stop").exists()) {
      move.stop = static_cast<int>(move_node.at("stop").integer(0, 255, 0));
    }
    move.one_step = move_node.at("one_step").boolean(false);
    data.moves.emplace(name, move);
  }
}

void check_names(const MappingNode& node, const ByName<ArgumentSpec>& arguments,
                 const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (!arguments.contains(name)) node.fail("there is no argument \"" + name + '"');
  }
}

// The handler's C++ reads these; without them it could not work.
void check_handler(const MappingNode& node, const CommandSpec& command,
                   const DeviceMapping::Data& data) {
  const auto need = [&](const char* name, ArgumentType type) {
    const auto found = command.arguments.find(name);
    if (found == command.arguments.end() || found->second.type != type) {
      node.fail("this handler needs the argument \"" + std::string{name} + "\" of type " +
                std::string{to_text(type)});
    }
  };
  switch (command.handler) {
    case Handler::ptz: {
      need("move", ArgumentType::choice);
      need("step", ArgumentType::boolean);
      need("ms", ArgumentType::integer);
      if (!command.arguments.contains("move")) break;
      for (const auto& move : command.arguments.find("move")->second.choices) {
        if (!data.moves.contains(move)) node.at("moves").fail("there is no move \"" + move + '"');
      }
      break;
    }
    case Handler::http:
      need("path", ArgumentType::text);
      need("params", ArgumentType::object);
      need("auth", ArgumentType::boolean);
      need("confirm", ArgumentType::boolean);
      break;
    case Handler::http_batch:
      need("requests", ArgumentType::list);
      need("confirm", ArgumentType::boolean);
      break;
    case Handler::get:
      need("keys", ArgumentType::texts);
      break;
    case Handler::not_built:
      if (command.missing.empty()) {
        node.required("missing").fail("expected what does not exist yet");
      }
      break;
    case Handler::calls: {
      const bool writes_settings =
          std::any_of(command.arguments.begin(), command.arguments.end(),
                      [](const auto& argument) { return !argument.second.setting.empty(); });
      if (command.calls.empty() && !writes_settings) {
        node.fail(R"(expected "calls" or an argument with "setting")");
      }
      break;
    }
    case Handler::bridge:
    case Handler::set:
      break;
  }
}

CommandSpec load_command(const MappingNode& node, DeviceMapping::Data& data) {
  node.only({"handler", "kind", "empty_payload", "confirm", "wall_time", "plain", "arguments",
             "exactly_one", "at_least_one", "calls", "moves", "missing", "about"});
  CommandSpec command;
  command.handler = load_handler(node.at("handler"));
  command.kind = node.required("kind").word<PlanKind>({{"read", PlanKind::read},
                                                       {"change", PlanKind::change},
                                                       {"ptz", PlanKind::ptz},
                                                       {"snapshot", PlanKind::snapshot}});
  const bool changes = command.kind == PlanKind::change || command.kind == PlanKind::ptz;
  command.runs_on_empty_payload = node.at("empty_payload").boolean(!changes);
  if (changes && command.runs_on_empty_payload) {
    node.at("empty_payload")
        .fail("a command that changes the camera cannot run on an empty payload");
  }
  command.confirm = node.at("confirm").boolean(false);
  command.needs_wall_time = node.at("wall_time").boolean(false);
  command.plain = node.at("plain").text();
  command.missing = node.at("missing").text();
  command.about = node.at("about").text();
  for (const auto& [name, argument] : node.at("arguments").members()) {
    if (!is_published_key(name)) argument.fail("an argument is lower-case snake_case");
    command.arguments.emplace(name, load_argument(argument, data.settings));
  }
  if (!command.plain.empty()) check_names(node.at("plain"), command.arguments, {command.plain});
  command.exactly_one = node.at("exactly_one").texts();
  check_names(node.at("exactly_one"), command.arguments, command.exactly_one);
  command.at_least_one = node.at("at_least_one").texts();
  check_names(node.at("at_least_one"), command.arguments, command.at_least_one);
  command.calls = load_calls(node.at("calls"), command.arguments, data.keeps, nullptr);
  load_moves(node.at("moves"), data);
  check_handler(node, command, data);
  return command;
}

}  // namespace

// Two replies that give one key would have it change with each reading.
void check_sources(const MappingNode& node, const DeviceMapping::Data& data) {
  for (const auto& [cgi, reply] : data.replies) {
    for (const auto& [name, field] : reply.fields) {
      if (!field.publish.settings) continue;
      const auto setting = data.settings.find(field.key);
      if (setting == data.settings.end()) {
        node.fail("\"" + field.key + "\" of " + cgi + " is published, but is no setting");
      } else if (setting->second.cgi != cgi || setting->second.field != name) {
        std::string fault = in_quotes(field.key) + " is published by " + name;
        fault.append(" of ").append(cgi).append(", but read from ").append(setting->second.cgi);
        node.fail(fault);
      }
    }
  }
}

void load_settings(const MappingNode& node, DeviceMapping::Data& data) {
  for (const auto& [key, setting_node] : node.members()) {
    SettingSpec setting = load_setting(setting_node, data);
    if (!setting.key.empty() && setting.key != key) {
      setting_node.fail("the field is published as \"" + setting.key + "\", not under this key");
    }
    data.settings.emplace(key, std::move(setting));
  }
  check_sources(node, data);
}

void load_commands(const MappingNode& node, DeviceMapping::Data& data) {
  for (const auto& [name, command_node] : node.members()) {
    if (!is_published_key(name)) command_node.fail("a command is lower-case snake_case");
    data.commands.emplace(name, load_command(command_node, data));
  }
}

}  // namespace cam32100::mappings
