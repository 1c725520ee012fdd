#include <gtest/gtest.h>

#include "mappings/device.hpp"
#include "mappings/reply.hpp"
#include "mappings/translate.hpp"
#include "protocol/wire/bytes.hpp"
#include "tests/unit/mappings/mapping_fixture.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;

// Small, and right: each test below breaks one thing.
json sound_file() {
  return json::parse(R"({
    "schema_version": 1, "family": "toy", "dialect": "cgi", "prefixes": ["TOY"],
    "replies": {
      "get_x.cgi": {
        "fields": {
          "vbright": {"key": "brightness", "type": "integer", "publish": ["settings"]},
          "mode": {"type": "enum", "codes": {"0": "low", "1": "high"}, "publish": ["settings"]},
          "osd": "boolean", "plainname": "text"
        },
        "lists": {"names": {"first": 0, "last": 3, "value": {"name[#]": "text"}}}
      }
    },
    "settings": {
      "brightness": {
        "read": {"cgi": "get_x.cgi", "field": "vbright"}, "min": 0, "max": 255,
        "write": [{"cgi": "set_x.cgi", "parameters": {"v": {"argument": "value"}}}]
      },
      "mode": {"read": {"cgi": "get_x.cgi", "field": "mode"}, "read_only": "fixed"}
    },
    "commands": {
      "get_x": {"kind": "read", "calls": [{"cgi": "get_x.cgi"}]},
      "light": {
        "kind": "change", "plain": "state",
        "arguments": {
          "state": {"type": "enum", "enum": ["on", "off"], "default": "on"},
          "level": {"type": "integer", "min": 0, "max": 9}
        },
        "at_least_one": ["state", "level"],
        "calls": [{"cgi": "light.cgi", "parameters": {"s": {"argument": "state", "codes": {"on": "1", "off": "0"}}}}]
      },
      "move": {
        "handler": "ptz", "kind": "ptz", "plain": "move",
        "arguments": {
          "move": {"type": "enum", "enum": ["left"], "required": true},
          "step": {"type": "boolean"}, "ms": {"type": "integer", "min": 0, "max": 10000, "default": 400}
        },
        "moves": {"left": {"start": 4, "stop": 5}}
      }
    },
    "examples": [{"command": "get_x", "requests": ["GET /get_x.cgi"]}]
  })");
}

std::string fault_of(const json& file) {
  const auto loaded = DeviceMapping::load(file.dump(), "toy.json");
  return loaded ? "(loaded)" : loaded.error().message;
}

std::string fault_with(const char* pointer, const json& value) {
  json file = sound_file();
  file[json::json_pointer(pointer)] = value;
  return fault_of(file);
}

std::string fault_without(const char* pointer) {
  return fault_of(sound_file().patch(json::array({{{"op", "remove"}, {"path", pointer}}})));
}

TEST(MappingFile, LoadsAndKnowsItself) {
  const auto loaded = DeviceMapping::load(sound_file().dump(), "toy.json");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->family(), "toy");
  EXPECT_TRUE(loaded->serves("TOY"));
  EXPECT_FALSE(loaded->serves("TOYS"));
  EXPECT_EQ(loaded->command_names(), (std::vector<std::string>{"get_x", "light", "move"}));
  EXPECT_EQ(loaded->setting_names(), (std::vector<std::string>{"brightness", "mode"}));
  EXPECT_TRUE(loaded->failing_examples().empty());
}

TEST(MappingFile, NamesFileAndPositionOfBrokenJson) {
  const auto loaded = DeviceMapping::load("{\n  \"family\": toy\n}", "toy.json");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::bad_json);
  EXPECT_EQ(loaded.error().message.substr(0, 9), "toy.json:");
  EXPECT_NE(loaded.error().message.find("line 2"), std::string::npos) << loaded.error().message;
}

TEST(MappingFile, NamesThePlaceOfAKeyThatStandsTwice) {
  const auto loaded = DeviceMapping::load(
      R"({"family": "toy", "replies": [{}, {"a/b": {"key": "MARKER", "key": "MARKER2"}}]})",
      "toy.json");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::bad_json);
  EXPECT_EQ(loaded.error().message,
            "toy.json: /replies/1/a~1b/key: stands twice; remove one of the two");
}

TEST(MappingFile, NamesThePlaceWhereItIsNestedTooDeep) {
  const std::string deep(40, '[');
  const auto loaded =
      DeviceMapping::load(R"({"family": "toy", "about": ["MARKER", )" + deep, "toy.json");
  ASSERT_FALSE(loaded);
  std::string place = "/about/1";
  for (int level = 3; level <= 32; ++level) place += "/0";
  EXPECT_EQ(loaded.error().message, "toy.json: " + place + ": is nested deeper than 32 levels");
}

TEST(MappingFile, NamesThePlaceOfAWrongType) {
  EXPECT_EQ(fault_with("/commands/light/arguments/state/enum/1", 3),
            "toy.json: /commands/light/arguments/state/enum/1: expected text, saw number");
  EXPECT_EQ(fault_with("/commands/light", "on"),
            "toy.json: /commands/light: expected object, saw text");
  EXPECT_EQ(fault_with("/commands/get_x/calls", json::object()),
            "toy.json: /commands/get_x/calls: expected list, saw object");
  EXPECT_EQ(fault_with("/replies/get_x.cgi/lists/names/first", "0"),
            "toy.json: /replies/get_x.cgi/lists/names/first: expected number, saw text");
  EXPECT_EQ(fault_with("/commands/get_x/confirm", 1),
            "toy.json: /commands/get_x/confirm: expected boolean, saw number");
  EXPECT_EQ(fault_of(json::array()), "toy.json: /: expected object, saw list");
}

TEST(MappingFile, RefusesUnknownKeysAndGuessesWhatWasMeant) {
  EXPECT_EQ(fault_with("/commands/light/arguments/level/minn", 0),
            "toy.json: /commands/light/arguments/level/minn: unknown key, did you mean \"min\"?");
  EXPECT_EQ(fault_with("/colour", 0), "toy.json: /colour: unknown key");
  EXPECT_EQ(fault_with("/replies/get_x.cgi/fields/vbright/a~1b", 0),
            "toy.json: /replies/get_x.cgi/fields/vbright/a~1b: unknown key");
}

TEST(MappingFile, NamesWhatIsMissing) {
  EXPECT_EQ(fault_without("/family"), "toy.json: /family: missing");
  EXPECT_EQ(fault_without("/commands/get_x/kind"), "toy.json: /commands/get_x/kind: missing");
  EXPECT_EQ(fault_without("/commands/light/calls/0/cgi"),
            "toy.json: /commands/light/calls/0/cgi: missing");
  EXPECT_EQ(fault_without("/commands/light/arguments/level/max"),
            "toy.json: /commands/light/arguments/level/max: missing");
  EXPECT_EQ(
      fault_without("/settings/brightness/max"),
      "toy.json: /settings/brightness: a number that can be written needs \"min\" and \"max\"");
}

TEST(MappingFile, NamesTheAllowedWords) {
  EXPECT_EQ(
      fault_with("/commands/get_x/kind", "write"),
      "toy.json: /commands/get_x/kind: expected one of read, change, ptz, snapshot, saw \"write\"");
  EXPECT_EQ(fault_with("/replies/get_x.cgi/fields/osd", "bool"),
            "toy.json: /replies/get_x.cgi/fields/osd: expected one of text, integer, number, "
            "boolean, enum, time, saw \"bool\"");
  EXPECT_EQ(fault_with("/schema_version", 2),
            "toy.json: /schema_version: expected a number in 1..1, saw 2");
}

TEST(MappingFile, RefusesReferencesIntoNothing) {
  EXPECT_EQ(fault_with("/commands/light/calls/0/parameters/s/argument", "brightness"),
            "toy.json: /commands/light/calls/0/parameters/s/argument: there is no argument "
            "\"brightness\"");
  EXPECT_EQ(fault_with("/commands/light/plain", "x"),
            "toy.json: /commands/light/plain: there is no argument \"x\"");
  EXPECT_EQ(fault_with("/settings/mode/read/field", "x"),
            "toy.json: /settings/mode/read/field: the reply has no such field");
  EXPECT_EQ(fault_with("/settings/mode/read/cgi", "get_y.cgi"),
            "toy.json: /settings/mode/read/cgi: there is no reply of this CGI");
  EXPECT_EQ(fault_with("/commands/move/arguments/move/enum", {"left", "right"}),
            "toy.json: /commands/move/moves: there is no move \"right\"");
  EXPECT_EQ(fault_with("/commands/light/arguments/level", json{{"setting", "mode"}}),
            "toy.json: /commands/light/arguments/level/setting: there is no setting of this name "
            "that can be written");
  EXPECT_EQ(fault_with("/examples/0/command", "get_y"),
            "toy.json: /examples/0/command: there is no command \"get_y\"");
}

TEST(MappingFile, RefusesACommandWhoseOnlyCallMayFail) {
  EXPECT_EQ(
      fault_with("/commands/light/calls/0/may_fail", true),
      "toy.json: /commands/light/calls/0/may_fail: the first call is what the command is about");
}

TEST(MappingFile, RefusesCodesThatDoNotCoverTheValues) {
  EXPECT_EQ(fault_without("/commands/light/calls/0/parameters/s/codes/off"),
            "toy.json: /commands/light/calls/0/parameters/s: there is no code for \"off\"");
  EXPECT_EQ(
      fault_with("/commands/light/calls/0/parameters/s/codes/dim", "2"),
      "toy.json: /commands/light/calls/0/parameters/s: \"dim\" is not a value of the argument");
  EXPECT_EQ(fault_without("/replies/get_x.cgi/fields/mode/codes"),
            "toy.json: /replies/get_x.cgi/fields/mode: an enum needs \"codes\"");
}

TEST(MappingFile, RefusesKeysThatCouldNotBePublished) {
  EXPECT_EQ(fault_with("/replies/get_x.cgi/fields/vbright/key", "Brightness"),
            "toy.json: /replies/get_x.cgi/fields/vbright: key \"Brightness\" is not lower-case "
            "snake_case");
  EXPECT_EQ(
      fault_with("/replies/get_x.cgi/fields/vbright/key", "osd"),
      "toy.json: /replies/get_x.cgi/fields/vbright: key \"osd\" is given twice in this reply");
  EXPECT_EQ(fault_with("/commands/Do It", json{{"kind", "read"}}),
            "toy.json: /commands/Do It: a command is lower-case snake_case");
  EXPECT_EQ(
      fault_with("/settings/brightness/read/field", "mode"),
      "toy.json: /settings/brightness: the field is published as \"mode\", not under this key");
}

TEST(MappingFile, RefusesCallsThatCouldNotBeSent) {
  EXPECT_EQ(fault_with("/commands/get_x/calls/0/cgi", "get x"),
            "toy.json: /commands/get_x/calls/0/cgi: expected the name of a CGI such as "
            "\"get_status.cgi\"");
  EXPECT_EQ(
      fault_with("/commands/light/calls/0/parameters/loginpas", "x"),
      "toy.json: /commands/light/calls/0/parameters/loginpas: credentials are added by the bridge");
  EXPECT_EQ(fault_with("/commands/light/calls/0/parameters/a&b", "x"),
            "toy.json: /commands/light/calls/0/parameters/a&b: not a parameter name");
}

TEST(MappingFile, RefusesAnEmptyPayloadForCommandsThatChangeTheCamera) {
  EXPECT_EQ(fault_with("/commands/light/empty_payload", true),
            "toy.json: /commands/light/empty_payload: a command that changes the camera cannot run "
            "on an empty payload");
}

TEST(MappingFile, RefusesAHandlerWithoutItsArguments) {
  EXPECT_EQ(fault_without("/commands/move/arguments/step"),
            "toy.json: /commands/move: this handler needs the argument \"step\" of type boolean");
  EXPECT_EQ(fault_with("/commands/light/handler", "not_built"),
            "toy.json: /commands/light/missing: missing");
}

TEST(MappingFile, RefusesADefaultThatTheArgumentWouldRefuse) {
  EXPECT_EQ(fault_with("/commands/light/arguments/state/default", "dim"),
            "toy.json: /commands/light/arguments/state/default: argument \"default\": \"dim\" is "
            "not one of on, off");
}

TEST(MappingFile, RefusesListsWithoutACounter) {
  EXPECT_EQ(fault_with("/replies/get_x.cgi/lists/names/value", json{{"name", "text"}}),
            "toy.json: /replies/get_x.cgi/lists/names/value/name: the name needs one '#' where the "
            "counter stands");
  EXPECT_EQ(fault_without("/replies/get_x.cgi/lists/names/value"),
            "toy.json: /replies/get_x.cgi/lists/names: a list has either \"fields\" or \"value\"");
  EXPECT_EQ(fault_with("/replies/get_x.cgi/lists/names/last", 256),
            "toy.json: /replies/get_x.cgi/lists/names/last: expected a number in 0..255, saw 256");
}

TEST(MappingFile, TakesEveryPrefixThatAUidMayHave) {
  for (const char* prefix : {"VC0", "A", "VSTBABC", "A234567"}) {
    EXPECT_EQ(fault_with("/prefixes/0", prefix), "(loaded)") << prefix;
  }
}

TEST(MappingFile, RefusesPrefixesThatNoUidHas) {
  for (const std::string prefix : {"vst1", "1VST", "VSTBABCD", "VST-", ""}) {
    EXPECT_EQ(fault_with("/prefixes/0", prefix),
              "toy.json: /prefixes: \"" + prefix +
                  "\" is not a UID prefix (1 to 7 capital letters and digits, a letter first)");
  }
  EXPECT_EQ(fault_with("/prefixes", json::array()),
            "toy.json: /prefixes: expected at least one UID prefix");
}

TEST(MappingFile, SaysWhichExampleFails) {
  json file = sound_file();
  file["examples"][0]["requests"] = {"GET /get_y.cgi"};
  const auto loaded = DeviceMapping::load(file.dump(), "toy.json");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(
      loaded->failing_examples(),
      (std::vector<std::string>{
          R"(toy.json: /examples/0/requests: expected ["GET /get_y.cgi"], saw ["GET /get_x.cgi"])"}));
}

TEST(MappingFile, FailsAnExampleWhoseErrorDoesNotCome) {
  json file = sound_file();
  file["examples"][0] = json{{"command", "get_x"}, {"error", "bad_argument"}};
  EXPECT_FALSE(DeviceMapping::load(file.dump(), "toy.json")->failing_examples().empty());
  file["examples"][0] = json{{"command", "light"}, {"requests", {"GET /light.cgi?s=1"}}};
  EXPECT_FALSE(DeviceMapping::load(file.dump(), "toy.json")->failing_examples().empty());
}

// By the rule for names, or because another reply marks the same name; in lists too.
TEST(MappingFile, HidesTextsUnderSecretNamesThatItDoesNotMark) {
  json file = sound_file();
  auto& reply = file["replies"]["get_x.cgi"];
  reply["fields"]["ftp_pwd"] = reply["fields"]["hidden"] = "text";
  reply["fields"]["pwd_changed"] = "integer";
  reply["lists"]["keys"] = {{"first", 1}, {"last", 2}, {"value", {{"wep_key#", "text"}}}};
  file["replies"]["get_y.cgi"]["fields"]["hidden"] = {{"type", "text"}, {"secret", true}};
  const auto mapping = DeviceMapping::load(file.dump(), "toy.json");
  ASSERT_TRUE(mapping) << mapping.error().message;
  const auto plan = translate(*mapping, "get_x", json::object(), {});
  ASSERT_TRUE(plan);
  std::vector<protocol::CgiReply> replies(1);
  constexpr std::string_view kBody =
      "var ftp_pwd=\"a\"; var hidden=\"b\"; var plainname=\"c\"; var pwd_changed=1;\n"
      "var wep_key1=\"d\"; var wep_key2=\"e\";\n";
  const auto bytes = protocol::as_bytes(kBody);
  replies[0].body.assign(bytes.begin(), bytes.end());
  const auto data = interpret(*mapping, "get_x", *plan, std::move(replies)).data;
  EXPECT_EQ(data, (json{{"ftp_pwd", "***"},
                        {"hidden", "***"},
                        {"plainname", "c"},
                        {"pwd_changed", 1},
                        {"keys", {"***", "***"}}}));
}

TEST(MappingFile, RefusesASettingThatTwoRepliesPublish) {
  json file = sound_file();
  file["replies"]["get_y.cgi"] = {
      {"fields",
       {{"other", {{"key", "brightness"}, {"type", "integer"}, {"publish", {"settings"}}}}}}};
  EXPECT_NE(fault_of(file).find("published by other of get_y.cgi"), std::string::npos)
      << fault_of(file);
}

TEST(MappingFile, RefusesAGroupToKeepThatIsNotThere) {
  EXPECT_NE(fault_with("/settings/brightness/write/0/keeps", "nothing").find("/keeps"),
            std::string::npos);
}

// Home Assistant refuses the whole component.
TEST(MappingFile, RefusesTheCategoryConfigForWhatOnlyShows) {
  json file = sound_file();
  file["settings"]["brightness"].erase("write");
  file["settings"]["brightness"]["read_only"] = "it is not known how it is written";
  const auto refused = [&](const json& entity) {
    json with = file;
    with["entities"]["x"] = entity;
    return fault_of(with);
  };
  json entity{{"name", "X"}, {"setting", "brightness"}, {"category", "config"}};
  const std::string fault = refused(entity);
  EXPECT_NE(fault.find("/entities/x/category"), std::string::npos) << fault;
  EXPECT_NE(fault.find("diagnostic"), std::string::npos) << fault;
  entity["category"] = "diagnostic";
  EXPECT_EQ(refused(entity), "(loaded)");
  EXPECT_EQ(fault_with("/entities",
                       {{"x", {{"name", "X"}, {"command", "light"}, {"category", "config"}}}}),
            "(loaded)");
  EXPECT_EQ(fault_with("/entities",
                       {{"x", {{"name", "X"}, {"setting", "brightness"}, {"category", "config"}}}}),
            "(loaded)");
}

TEST(MappingFile, RefusesEntitiesThatCouldNotWork) {
  const auto entity = [](json value) {
    value["name"] = "X";
    return fault_with("/entities", {{"x", std::move(value)}});
  };
  EXPECT_EQ(entity({{"setting", "brightness"}}), "(loaded)");
  EXPECT_EQ(entity({{"command", "light"}}), "(loaded)");
  EXPECT_NE(entity(json::object()).find("exactly one of"), std::string::npos);
  EXPECT_NE(entity({{"setting", "brightness"}, {"command", "light"}}).find("exactly one of"),
            std::string::npos);
  EXPECT_NE(entity({{"setting", "colour"}}).find("no setting"), std::string::npos);
  EXPECT_NE(entity({{"command", "fly"}}).find("no command"), std::string::npos);
  EXPECT_NE(entity({{"state", "weather"}, {"platform", "sensor"}}).find("weather"),
            std::string::npos);
  EXPECT_NE(entity({{"setting", "brightness"}, {"platform", "sensor"}}).find("gives the platform"),
            std::string::npos);
  EXPECT_NE(entity({{"command", "light"}, {"needs", "wings"}}).find("no capability"),
            std::string::npos);
}

}  // namespace
}  // namespace cam32100::mappings::testing
