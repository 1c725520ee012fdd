#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/argument.hpp"
#include "mappings/command.hpp"
#include "mappings/device.hpp"

namespace cam32100::mappings {

template <class T>
using ByName = std::map<std::string, T, std::less<>>;

// Where one GET parameter's value comes from: fixed text, or an argument, looked up in `codes` if
// there are any, else (number * times + plus) / divide.
struct ParameterSource {
  std::string literal;
  std::string argument;  // empty: the literal
  ByName<std::string> codes;
  std::int64_t times = 1;
  std::int64_t plus = 0;
  std::int64_t divide = 1;
};

// What a writing CGI must be told again of its group, and the read that tells it.
struct KeepSpec {
  std::string cgi;
  std::vector<KeptParameter> parameters;
};

struct CallSpec {
  std::string cgi;
  const KeepSpec* keeps = nullptr;  // in DeviceMapping::Data::keeps
  std::vector<std::pair<std::string, ParameterSource>> parameters;
  ByName<std::set<std::string, std::less<>>>
      only_for;                  // argument -> values; the call is made only for these
  std::optional<PlanKind> kind;  // overrides the command's
  bool may_fail = false;         // see PlanStep
};

// Who gives a command its meaning: the file's calls alone, or a piece of C++ with this name.
enum class Handler { calls, bridge, ptz, http, http_batch, set, get, not_built };

struct CommandSpec {
  Handler handler = Handler::calls;
  PlanKind kind = PlanKind::read;
  bool runs_on_empty_payload = false;
  bool confirm = false;          // needs "confirm": true
  bool needs_wall_time = false;  // a parameter is the text "{now}"
  std::string plain;
  ByName<ArgumentSpec> arguments;
  std::vector<std::string> exactly_one;
  std::vector<std::string> at_least_one;
  std::vector<CallSpec> calls;
  std::string missing;  // not_built: what does not exist yet
  std::string about;
};

// A PTZ move: the decoder_control command that starts it and the one that stops it (none: it ends
// by itself).
struct MoveSpec {
  int start = 0;
  std::optional<int> stop;
  bool one_step = false;  // understands onestep=1
};

enum class FieldType { text, integer, number, boolean, choice, time };

// Where a typed value goes besides the answer's data.
struct Published {
  bool info = false;
  bool state = false;
  bool settings = false;
};

struct FieldSpec {
  std::string key;  // the name we publish
  FieldType type = FieldType::text;
  ByName<nlohmann::json> codes;  // boolean, choice: what the camera writes -> what it means
  std::int64_t times = 1;
  std::int64_t divide = 1;
  std::string unit;
  bool secret = false;
  bool secret_name = false;  // a text under this name is redacted (is_secret_key)
  bool alarm = false;        // the number is ReplyMeaning::alarm_status
  Published publish;
};

// Names with a counter: "ap_ssid[#]", "dev#_host". Each index with at least one value present gives
// one element: an object of `fields`, or the single value of `scalar`.
struct ListSpec {
  int first = 0;
  int last = 0;
  std::string index_key;  // the element's own number is kept under this key; empty: it is not
  ByName<FieldSpec> fields;
  std::optional<std::pair<std::string, FieldSpec>> scalar;
};

struct ReplySpec {
  bool tolerates_stray_result = false;  // "result" is ignored when any known field is present
  ByName<FieldSpec> fields;
  ByName<ListSpec> lists;  // by published key
};

struct SettingSpec {
  std::string cgi;    // the read that gives it
  std::string field;  // the camera's name in that reply
  std::string key;    // the published key of that field
  ArgumentSpec value;
  std::vector<CallSpec> write;  // its argument is called "value"; empty: read-only
  std::string read_only;        // why
  // What is written is named otherwise than what is read (the stream that is chosen, the size it
  // has).
  bool writes_other_words = false;
};

// One entity of Home Assistant: what it shows and what it does, beyond what every camera has.
struct EntitySpec {
  std::string platform;  // button, switch, select, number, sensor, binary_sensor
  std::string name, icon, device_class, state_class, unit, category;
  bool enabled = true;
  std::string setting;         // a key of `settings`: shows it, and writes it on set/<key>
  std::string state, info;     // or: shows this key of that topic
  std::string value_template;  // of what it shows; empty: the value itself
  std::string command;         // button: what it does
  nlohmann::json payload;      //   with these arguments
  std::string needs;           // a key of `capabilities`; empty: none
  std::string also;            // a second key of that topic that must be there
};

// Where a family keeps the URL that is called on an alarm.
struct AlarmPushSpec {
  std::string cgi, enabled_parameter, url_parameter;
  const KeepSpec* keeps = nullptr;  // its read shows the two, under these names:
  std::string enabled_field, url_field;
};

struct DeviceMapping::Data {
  std::string file;
  std::string family;
  std::vector<std::string> prefixes;
  std::set<std::string, std::less<>> secrets;  // lower case; beyond the rule by name
  nlohmann::json capabilities = nlohmann::json::object();
  ByName<CommandSpec> commands;
  ByName<MoveSpec> moves;
  ByName<SettingSpec> settings;
  ByName<ReplySpec> replies;    // by CGI
  ByName<KeepSpec> keeps;       // calls point into it: filled before them, then left alone
  ByName<EntitySpec> entities;  // by id
  std::optional<AlarmPushSpec> alarm_push;
  nlohmann::json examples = nlohmann::json::array();
};

// is_secret_key (reply.hpp) for a mapping that is still being loaded.
[[nodiscard]] bool is_secret_name(const DeviceMapping::Data& data, std::string_view key);

}  // namespace cam32100::mappings
