#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ConfigSources with_state(const json& state, std::string text = {}) {
  ConfigSources sources = file(std::move(text));
  sources.state_text = state.dump();
  return sources;
}

std::vector<std::string> state_faults(const std::string& text) {
  auto state = parse_state(text, "state.json");
  return state ? std::vector<std::string>{} : state.error().sentences;
}

TEST(SavedState, ComesBackAsItWasWritten) {
  SavedState state;
  state.cameras.push_back({{"uid", "VSTC-123456-ABCDE"}, {"password_file", "garden"}});
  state.servers.push_back({{"hosts", {"a"}}});
  state.client_id = "cam32100-host-12ab";
  state.retained_topics["VSTC-123456-ABCDE"] = {"cam32100/VSTC-123456-ABCDE/info"};
  state.bridge_topics = {"homeassistant/device/cam32100_bridge/config"};
  state.ways["VSTC-123456-ABCDE"] = {
      {"address", "192.168.1.63:26101"}, {"transport", "lan"}, {"cipher", "plain"}};
  state.known["VSTC-123456-ABCDE"] =
      R"({"info":{"name":"a \"b\""},"settings":{"osd":true},"state":["rssi"]})";
  state.known["VSTC-123457-ABCDE"] = R"({"info":{},"settings":{},"state":[]})";
  const auto back = parse_state(to_text(state), "state.json");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->known, state.known);
  EXPECT_EQ(back->ways, state.ways);
  EXPECT_EQ(back->bridge_topics, state.bridge_topics);
  EXPECT_EQ(back->cameras, state.cameras);
  EXPECT_EQ(back->servers, state.servers);
  EXPECT_EQ(back->client_id, state.client_id);
  EXPECT_EQ(back->retained_topics, state.retained_topics);
}

TEST(SavedState, IsEmptyWhenThereIsNoneAndToleratesMissingKeys) {
  EXPECT_THAT(state_faults(""), IsEmpty());
  EXPECT_THAT(state_faults(R"({"version": 1})"), IsEmpty());
}

TEST(SavedState, IgnoresKeysThatALaterReleaseMayAdd) {
  EXPECT_THAT(state_faults(R"({"version": 1, "later": {"x": []}})"), IsEmpty());
}

TEST(SavedState, WritesBytesThatAreNotUtf8WithoutFailing) {
  SavedState state;
  state.client_id = "\xff";
  EXPECT_THAT(state_faults(to_text(state)), IsEmpty());
}

TEST(SavedState, RefusesWhatIsNotAStateFile) {
  EXPECT_THAT(state_faults("{}"), ElementsAre(HasSubstr("state.json: /version: is missing")));
  EXPECT_THAT(state_faults("[]"), ElementsAre("state.json: is a list, wanted is an object"));
  EXPECT_THAT(state_faults("\x01\x02"), ElementsAre(HasSubstr("state.json: line 1, column 1: ")));
  EXPECT_THAT(state_faults(R"({"version": 1, "ver)"), ElementsAre(HasSubstr("syntax error")));
}

TEST(SavedState, RefusesTheFormOfALaterRelease) {
  EXPECT_THAT(state_faults(R"({"version": 2})"),
              ElementsAre(HasSubstr("written by a newer cam32100")));
  EXPECT_THAT(state_faults(R"({"version": 18446744073709551615})"), SizeIs(1));
  EXPECT_THAT(state_faults(R"({"version": "1"})"), SizeIs(1));
  EXPECT_THAT(state_faults(R"({"version": 0})"), SizeIs(1));
  EXPECT_THAT(state_faults(R"({"version": null})"), SizeIs(1));
}

TEST(SavedState, RefusesWrongTypesEachWithItsPlace) {
  EXPECT_THAT(state_faults(R"({"version": 1, "cameras": {}, "servers": [1], "client_id": 5,
                               "retained_topics": {"x": [], "VSTC-123456-ABCDE": ["a/#", 7, ""]}})"),
              ElementsAre("state.json: /cameras: is an object, wanted is a list of objects",
                          "state.json: /servers/0: is a number, wanted is an object",
                          "state.json: /client_id: is the number 5, wanted is a text",
                          HasSubstr("/0: is the text \"a/#\", wanted is a topic without wildcards"),
                          HasSubstr("/1: is the number 7"), HasSubstr("/2: is the text \"\""),
                          "state.json: /retained_topics/x: is not the id of a camera"));
  EXPECT_THAT(state_faults(R"({"version": 1, "retained_topics": []})"), SizeIs(1));
  EXPECT_THAT(state_faults(R"({"version": 1, "bridge_topics": ["a/+", "b"]})"),
              ElementsAre(HasSubstr("/bridge_topics/0: is the text \"a/+\"")));
  EXPECT_THAT(state_faults(R"({"version": 1, "bridge_topics": "a"})"), SizeIs(1));
  EXPECT_THAT(state_faults(R"({"version": 1, "retained_topics": {"VSTC-123456-ABCDE": "a"}})"),
              SizeIs(1));
}

TEST(SavedState, RefusesMoreThanCanHaveBeenKept) {
  const json many = {{"version", 1}, {"cameras", json(kMaxCameras + 1, json::object())}};
  EXPECT_THAT(state_faults(many.dump()), ElementsAre(HasSubstr("/cameras: has 10001 elements")));
}

TEST(SavedState, LeavesOutTopicsThatAreMoreThanCanBeOurs) {
  const json topics = {{"version", 1},
                       {"retained_topics",
                        {{"VSTC-123456-ABCDE", json(207, "a")},
                         {"VSTC-123457-ABCDE", json(3, std::string(30000, 'x'))},
                         {"VSTC-123458-ABCDE", {"b"}}}}};
  const auto state = parse_state(topics.dump(), "state.json");
  ASSERT_TRUE(state) << "an own file that starts no bridge would be worse";
  EXPECT_EQ(state->retained_topics.at("VSTC-123456-ABCDE").size(), 200U);
  EXPECT_EQ(state->retained_topics.at("VSTC-123457-ABCDE").size(), 2U);
  EXPECT_EQ(state->retained_topics.at("VSTC-123458-ABCDE").size(), 1U);
  EXPECT_EQ(state->dropped_topics, 8U);
}

TEST(SavedState, IsWrittenSoThatItCanBeReadAgain) {
  SavedState state;
  state.retained_topics["VSTC-123456-ABCDE"].assign(300, "a");
  const auto back = parse_state(to_text(state), "state.json");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->dropped_topics, 0U);
  EXPECT_EQ(back->retained_topics.at("VSTC-123456-ABCDE").size(), 200U);
}

TEST(SavedState, MakesWhatCamerasToldWholeWhateverStandsThere) {
  const auto state = parse_state(R"({"version": 1, "known": {
      "VSTC-123456-ABCDE": {"info": [], "settings": 5, "state": ["rssi", 1, null]},
      "VSTC-123457-ABCDE": {}, "VSTC-123458-ABCDE": [1], "no id": {}}})",
                                 "state.json");
  ASSERT_TRUE(state);
  ASSERT_THAT(state->known, SizeIs(2));
  EXPECT_EQ(state->known.at("VSTC-123456-ABCDE"), R"({"info":{},"settings":{},"state":["rssi"]})");
  EXPECT_EQ(state->known.at("VSTC-123457-ABCDE"), R"({"info":{},"settings":{},"state":[]})");
}

TEST(SavedState, LeavesOutWhatACameraToldTooMuchOf) {
  SavedState state;
  state.known["VSTC-123456-ABCDE"] = R"({"info":{"x":")" + std::string(9000, 'x') + R"("}})";
  state.known["VSTC-123457-ABCDE"] = R"({"info":{},"settings":{},"state":[]})";
  const auto back = parse_state(to_text(state), "state.json");
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->known.contains("VSTC-123456-ABCDE"));
  EXPECT_TRUE(back->known.contains("VSTC-123457-ABCDE"));
}

TEST(SavedState, MayBeLargerThanAConfiguration) {
  const std::string more(5U << 20U, ' ');
  EXPECT_THAT(state_faults(R"({"version": 1})" + more), IsEmpty());
}

TEST(SavedStateInConfig, PutsWhatWasChangedOverMqttOverTheFile) {
  const Config config = load(
      with_state({{"version", 1},
                  {"updates",
                   {{{"uid", "VSTC-123456-ABCDE"}, {"name", "changed"}, {"session", "on_demand"}},
                    {{"uid", "VSTC-999999-ABCDE"}, {"name", "not configured any more"}}}}},
                 R"({"cameras": [{"uid": "vstc123456abcde", "name": "file", "user": "me"}]})"));
  ASSERT_THAT(config.cameras, SizeIs(1));
  EXPECT_EQ(config.cameras[0].name, "changed");
  EXPECT_EQ(config.cameras[0].user, "me");
  EXPECT_EQ(config.cameras[0].session, SessionMode::on_demand);
  EXPECT_FALSE(config.cameras[0].from_state_file) << "it cannot be removed over MQTT";
}

TEST(SavedStateInConfig, IsItselfUnderTheEnvironmentAndTheCommandLine) {
  auto sources = with_state(
      {{"version", 1},
       {"updates", {{{"uid", "VSTC-123456-ABCDE"}, {"name", "changed"}, {"user", "changed"}}}}},
      R"({"cameras": [{"uid": "VSTC-123456-ABCDE", "name": "file"}]})");
  sources.environment["CAM32100_CAMERAS__0__NAME"] = "environment";
  sources.overrides.emplace_back("cameras.0.user", "option");
  const Config config = load(sources);
  EXPECT_EQ(config.cameras[0].name, "environment");
  EXPECT_EQ(config.cameras[0].user, "option");
}

TEST(SavedStateInConfig, TakesAPasswordFileInPlaceOfTheFilesPassword) {
  auto sources = with_state(
      {{"version", 1}, {"updates", {{{"uid", "VSTC-123456-ABCDE"}, {"password_file", "garden"}}}}},
      R"({"cameras": [{"uid": "VSTC-123456-ABCDE", "password": "old"}]})");
  sources.read_secret = [](const std::string&, const std::string&) {
    return mappings::CommandResult<std::string>{"new"};
  };
  EXPECT_EQ(load(sources).cameras[0].password.reveal(), "new");
}

TEST(SavedStateInConfig, LeavesACameraWithoutItsPasswordFileInTrouble) {
  auto sources = with_state(
      {{"version", 1}, {"cameras", {{{"uid", "VSTC-123456-ABCDE"}, {"password_file", "gone"}}}}},
      R"({"cameras": [{"uid": "VSTC-123457-ABCDE"}]})");
  sources.read_secret = [](const std::string&, const std::string&) {
    return mappings::CommandResult<std::string>{
        mappings::CommandError{mappings::ErrorCode::bad_argument, "no such file", nullptr}};
  };
  const Config config = load(sources);
  ASSERT_THAT(config.cameras, SizeIs(2)) << "all others work";
  EXPECT_TRUE(config.cameras[0].trouble.empty());
  EXPECT_THAT(config.cameras[1].trouble, HasSubstr("file \"gone\" cannot be read"));
  EXPECT_TRUE(config.cameras[1].password.empty());
}

TEST(SavedStateInConfig, AddsItsCamerasAndServersBehindTheConfiguredOnes) {
  const Config config = load(
      with_state({{"version", 1},
                  {"cameras", {{{"uid", "VSTC-123457-ABCDE"}, {"name", "added"}}}},
                  {"servers", {{{"hosts", {"b"}}}}}},
                 R"({"cameras": [{"uid": "VSTC-123456-ABCDE"}], "servers": [{"hosts": ["a"]}]})"));
  ASSERT_THAT(config.cameras, SizeIs(2));
  EXPECT_FALSE(config.cameras[0].from_state_file);
  EXPECT_TRUE(config.cameras[1].from_state_file);
  EXPECT_EQ(config.cameras[1].name, "added");
  ASSERT_THAT(config.servers, SizeIs(2));
  EXPECT_FALSE(config.servers[0].from_state_file);
  EXPECT_TRUE(config.servers[1].from_state_file);
}

TEST(SavedStateInConfig, LeavesTheLastWordToTheFile) {
  const Config config = load(with_state(
      {{"version", 1},
       {"client_id", "kept"},
       {"cameras", {{{"uid", "vstc123456abcde"}, {"name", "state"}, {"password_file", "gone"}}}},
       {"servers", {{{"name", "s"}, {"hosts", {"state"}}}}}},
      R"({"mqtt": {"client_id": "mine"}, "cameras": [{"uid": "VSTC-123456-ABCDE", "name": "file"}],
          "servers": [{"name": "s", "hosts": ["file"]}]})"));
  ASSERT_THAT(config.cameras, SizeIs(1));
  EXPECT_EQ(config.cameras[0].name, "file");
  ASSERT_THAT(config.servers, SizeIs(1));
  EXPECT_THAT(config.servers[0].hosts, ElementsAre("file"));
  EXPECT_EQ(config.mqtt.client_id, "mine");
}

TEST(SavedStateInConfig, GivesTheClientIdThatWasMadeOnce) {
  const json state = {{"version", 1}, {"client_id", "cam32100-host-12ab"}};
  EXPECT_EQ(load(with_state(state)).mqtt.client_id, "cam32100-host-12ab");
  EXPECT_EQ(load(with_state(state, R"({"mqtt": {"instance": "other"}})")).mqtt.client_id, "")
      << "an instance of its own has an id of its own";
}

TEST(SavedStateInConfig, NamesTheStateFileInItsFaults) {
  EXPECT_THAT(
      faults_of(with_state({{"version", 1}, {"cameras", {{{"uid", "x"}}}}},
                           R"({"state_file": "/var/lib/state.json"})")),
      ElementsAre(HasSubstr("/var/lib/state.json: /cameras/0/uid: \"x\" is not a camera id")));
  EXPECT_THAT(faults_of(with_state(json::array())),
              ElementsAre("state file: is a list, wanted is an object"));
}

TEST(SavedStateInConfig, RefusesTheSameCameraOrServerTwice) {
  const json camera = {{"uid", "VSTC-123456-ABCDE"}};
  const json servers = {{"hosts", {"a"}}};
  EXPECT_THAT(faults_of(with_state({{"version", 1}, {"cameras", {camera, camera}}})),
              ElementsAre(HasSubstr("state file: /cameras/1/uid: the camera VSTC")));
  EXPECT_THAT(faults_of(with_state({{"version", 1}, {"servers", {servers, servers}}})),
              ElementsAre(HasSubstr("state file: /servers/1/name: the name \"a\" is taken")));
}

TEST(SavedStateInConfig, RefusesAnAliasThatAConfiguredCameraHas) {
  EXPECT_THAT(faults_of(with_state(
                  {{"version", 1}, {"cameras", {{{"uid", "VSTC-123457-ABCDE"}, {"alias", "a"}}}}},
                  R"({"cameras": [{"uid": "VSTC-123456-ABCDE", "alias": "a"}]})")),
              ElementsAre(HasSubstr("state file: /cameras/0/alias: the alias \"a\" is taken")));
}

}  // namespace
}  // namespace cam32100::bridge
