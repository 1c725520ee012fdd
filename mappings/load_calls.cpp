#include <algorithm>

#include "mappings/mapping_load.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxNumber =
    1'000'000'000'000;  // keeps (number * times + plus) far from overflow

constexpr std::string_view kWordCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

const ArgumentSpec* find_argument(const ByName<ArgumentSpec>& arguments, const std::string& name,
                                  const MappingNode& node) {
  const auto found = arguments.find(name);
  if (found != arguments.end()) return &found->second;
  node.fail("there is no argument \"" + name + '"');
  return nullptr;
}

// Every value a coded argument can have must have a code; a value without one could not be sent.
void check_codes(const ArgumentSpec& spec, const ByName<std::string>& codes,
                 const MappingNode& node) {
  std::vector<std::string> values = spec.choices;
  if (spec.type == ArgumentType::boolean) values = {"true", "false"};
  for (const auto& value : values) {
    if (!codes.contains(value) && !spec.not_built.contains(value)) {
      node.fail("there is no code for \"" + value + '"');
    }
  }
  for (const auto& [value, code] : codes) {
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      node.fail("\"" + value + "\" is not a value of the argument");
    }
  }
}

ParameterSource load_parameter(const MappingNode& node, const ByName<ArgumentSpec>& arguments,
                               const ByName<std::string>* default_codes) {
  ParameterSource source;
  if (node.is_text()) {
    source.literal = node.text();
    return source;
  }
  node.only({"argument", "codes", "times", "plus", "divide"});
  const MappingNode name = node.required("argument");
  source.argument = name.text();
  source.times = node.at("times").integer(-1'000'000, 1'000'000, 1);
  source.plus = node.at("plus").integer(-kMaxNumber, kMaxNumber, 0);
  source.divide = node.at("divide").integer(1, 1'000'000, 1);
  for (const auto& [value, code] : node.at("codes").members()) {
    source.codes.emplace(value, code.text());
  }
  const ArgumentSpec* spec = find_argument(arguments, source.argument, name);
  if (spec == nullptr) return source;
  const bool coded = spec->type == ArgumentType::choice || spec->type == ArgumentType::boolean;
  if (coded && source.codes.empty() && default_codes != nullptr) source.codes = *default_codes;
  if (spec->type == ArgumentType::boolean && source.codes.empty()) {
    source.codes = {{"true", "1"}, {"false", "0"}};
  }
  if (coded) check_codes(*spec, source.codes, node);
  if (!coded && !source.codes.empty()) node.fail(R"(only enum and boolean arguments have "codes")");
  return source;
}

std::string load_cgi(const MappingNode& node) {
  std::string cgi = node.text("x.cgi");
  if (!is_cgi_name(cgi)) node.fail(R"(expected the name of a CGI such as "get_status.cgi")");
  return cgi;
}

void check_parameter_name(const std::string& name, const MappingNode& node) {
  if (name.empty() || name.find_first_not_of(kWordCharacters) != std::string::npos) {
    node.fail("not a parameter name");
  }
  if (is_credential_parameter(name)) node.fail("credentials are added by the bridge");
}

CallSpec load_call(const MappingNode& node, const ByName<ArgumentSpec>& arguments,
                   const ByName<KeepSpec>& keeps, const ByName<std::string>* default_codes) {
  node.only({"cgi", "keeps", "parameters", "for", "kind", "may_fail", "about"});
  CallSpec call;
  call.cgi = load_cgi(node.required("cgi"));
  if (const MappingNode keep = node.at("keeps"); keep.exists()) {
    const auto found = keeps.find(keep.text());
    if (found == keeps.end()) {
      keep.fail(R"(there is no group of this name in "keeps")");
    } else {
      call.keeps = &found->second;
    }
  }
  for (const auto& [name, value] : node.at("parameters").members()) {
    check_parameter_name(name, value);
    call.parameters.emplace_back(name, load_parameter(value, arguments, default_codes));
  }
  for (const auto& [name, values] : node.at("for").members()) {
    if (find_argument(arguments, name, values) == nullptr) continue;
    const auto texts = values.texts();
    call.only_for[name] = {texts.begin(), texts.end()};
  }
  call.may_fail = node.at("may_fail").boolean(false);
  const MappingNode kind = node.at("kind");
  if (kind.exists()) {
    call.kind = kind.word<PlanKind>(
        {{"read", PlanKind::read}, {"change", PlanKind::change}, {"ptz", PlanKind::ptz}});
  }
  return call;
}

void load_range(const MappingNode& node, ArgumentSpec& spec) {
  if (spec.type != ArgumentType::integer) {
    for (const char* key : {"min", "max", "step", "unit"}) {
      if (node.at(key).exists()) node.at(key).fail("only integers have it");
    }
    return;
  }
  spec.min = node.required("min").integer(-kMaxNumber, kMaxNumber, 0);
  spec.max = node.required("max").integer(spec.min, kMaxNumber, spec.min);
  spec.step = node.at("step").integer(1, kMaxNumber, 1);
  spec.unit = node.at("unit").text();
}

void load_choices(const MappingNode& node, ArgumentSpec& spec) {
  if (spec.type != ArgumentType::choice) {
    for (const char* key : {"enum", "not_built", "needs_url"}) {
      if (node.at(key).exists()) node.at(key).fail("only an enum has it");
    }
    return;
  }
  spec.choices = node.required("enum").texts();
  if (spec.choices.empty()) node.at("enum").fail("expected at least one value");
  for (const auto& choice : spec.choices) {
    if (choice != to_lower(choice)) node.at("enum").fail("\"" + choice + "\" is not lower case");
  }
  for (const auto& [choice, missing] : node.at("not_built").members()) {
    if (std::find(spec.choices.begin(), spec.choices.end(), choice) == spec.choices.end()) {
      missing.fail("is not one of the values");
    }
    spec.not_built.emplace(choice, missing.text());
  }
  if (!node.at("needs_url").exists()) return;
  spec.needs_url = node.at("needs_url").texts();
  for (const auto& choice : spec.needs_url) {
    if (std::find(spec.choices.begin(), spec.choices.end(), choice) == spec.choices.end())
      node.at("needs_url").fail("\"" + choice + "\" is not one of the values");
  }
}

}  // namespace

bool is_cgi_name(std::string_view text) noexcept {
  constexpr std::string_view kEnd = ".cgi";
  if (text.size() <= kEnd.size() || text.size() > 64 || !text.ends_with(kEnd)) return false;
  text.remove_suffix(kEnd.size());
  return text.find_first_not_of(kWordCharacters) == std::string_view::npos;
}

bool is_credential_parameter(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower == "user" || lower == "pwd" || lower == "loginuse" || lower == "loginpas";
}

std::vector<CallSpec> load_calls(const MappingNode& node, const ByName<ArgumentSpec>& arguments,
                                 const ByName<KeepSpec>& keeps,
                                 const ByName<std::string>* default_codes) {
  std::vector<CallSpec> calls;
  for (const MappingNode& call : node.elements()) {
    calls.push_back(load_call(call, arguments, keeps, default_codes));
    if (calls.size() == 1 && calls.front().may_fail)
      call.at("may_fail").fail("the first call is what the command is about");
  }
  return calls;
}

void load_keeps(const MappingNode& node, DeviceMapping::Data& data) {
  for (const auto& [name, keep_node] : node.members()) {
    keep_node.only({"cgi", "parameters", "about"});
    KeepSpec keep;
    keep.cgi = load_cgi(keep_node.required("cgi"));
    for (const auto& [parameter, field] : keep_node.required("parameters").members()) {
      check_parameter_name(parameter, field);
      keep.parameters.push_back({parameter, field.text()});
    }
    if (keep.parameters.empty()) keep_node.at("parameters").fail("expected at least one");
    data.keeps.emplace(name, std::move(keep));
  }
}

void load_alarm_push(const MappingNode& node, DeviceMapping::Data& data) {
  if (!node.exists()) return;
  node.only({"cgi", "keeps", "enabled", "url", "about"});
  AlarmPushSpec push;
  push.cgi = load_cgi(node.required("cgi"));
  push.enabled_parameter = node.required("enabled").text();
  push.url_parameter = node.required("url").text();
  const auto keeps = data.keeps.find(node.required("keeps").text());
  if (keeps == data.keeps.end()) {
    node.at("keeps").fail(R"(there is no group of this name in "keeps")");
    return;
  }
  push.keeps = &keeps->second;
  for (const auto& [parameter, field] : push.keeps->parameters) {
    if (parameter == push.enabled_parameter) push.enabled_field = field;
    if (parameter == push.url_parameter) push.url_field = field;
  }
  if (push.enabled_field.empty() || push.url_field.empty())
    node.fail(R"("enabled" and "url" are parameters of the group in "keeps")");
  data.alarm_push = std::move(push);
}

ArgumentSpec load_argument(const MappingNode& node, const ByName<SettingSpec>& settings) {
  node.only({"type", "enum", "min", "max", "step", "max_length", "default", "required", "unit",
             "setting", "not_built", "needs_url", "about"});
  ArgumentSpec spec;
  const MappingNode setting = node.at("setting");
  if (setting.exists()) {
    const auto found = settings.find(setting.text());
    if (found == settings.end() || found->second.write.empty()) {
      setting.fail("there is no setting of this name that can be written");
      return spec;
    }
    spec = found->second.value;
    spec.setting = found->first;
    if (node.at("type").exists()) node.at("type").fail("the setting gives the type");
  } else {
    spec.type = node.required("type").word<ArgumentType>({{"text", ArgumentType::text},
                                                          {"host", ArgumentType::host},
                                                          {"integer", ArgumentType::integer},
                                                          {"boolean", ArgumentType::boolean},
                                                          {"enum", ArgumentType::choice},
                                                          {"texts", ArgumentType::texts},
                                                          {"object", ArgumentType::object},
                                                          {"list", ArgumentType::list}});
    load_range(node, spec);
    load_choices(node, spec);
  }
  spec.max_length = static_cast<std::size_t>(
      node.at("max_length").integer(1, 65536, static_cast<std::int64_t>(spec.max_length)));
  spec.required = node.at("required").boolean(false);
  spec.about = node.at("about").text(spec.about);
  const MappingNode fallback = node.at("default");
  if (fallback.exists()) {
    auto checked = check_argument("default", spec, fallback.raw());
    if (checked) {
      spec.fallback = std::move(*checked);
    } else {
      fallback.fail(checked.error().message);
    }
  }
  return spec;
}

}  // namespace cam32100::mappings
