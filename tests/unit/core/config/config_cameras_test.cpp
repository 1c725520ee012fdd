#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// A file with one camera of these keys beside its uid.
std::string camera(json keys) {
  if (!keys.contains("uid")) keys["uid"] = "VSTC-123456-ABCDE";
  return json{{"cameras", json::array({std::move(keys)})}}.dump();
}

TEST(ConfigCameras, NeedNothingButAnId) {
  const Config config = load(camera(json::object()));
  ASSERT_THAT(config.cameras, SizeIs(1));
  const CameraConfig& only = config.cameras[0];
  EXPECT_EQ(only.name, "VSTC-123456-ABCDE");
  EXPECT_EQ(only.user, "admin");
  EXPECT_TRUE(only.password.empty());
  EXPECT_EQ(only.password_source, "");
  EXPECT_EQ(only.psk, "auto");
  EXPECT_EQ(only.session, SessionMode::always);
  EXPECT_FALSE(only.address);
  EXPECT_FALSE(only.from_state_file);
}

TEST(ConfigCameras, TakeAnIdInAnySpelling) {
  for (const char* spelling : {"vstc123456abcde", "VSTC123456ABCDE", " vstc-123456-abcde "}) {
    EXPECT_EQ(load(camera({{"uid", spelling}})).cameras.at(0).uid.text(), "VSTC-123456-ABCDE");
  }
}

TEST(ConfigCameras, RefuseWhatIsNotAnId) {
  EXPECT_THAT(faults_of(camera({{"uid", "garden"}})),
              ElementsAre("config.json: /cameras/0/uid: \"garden\" is not a camera id of the form "
                          "letters-digits-letters"));
  EXPECT_THAT(faults_of(camera({{"uid", ""}})), SizeIs(1));
  EXPECT_THAT(faults_of(camera({{"uid", 7}})), SizeIs(1));
}

TEST(ConfigCameras, ExplainTheIdsOfTheVendorsCloud) {
  EXPECT_THAT(
      faults_of(camera({{"uid", "BD0227833JJIU"}})),
      ElementsAre(HasSubstr("config.json: /cameras/0/uid: is an id of the vendor's cloud")));
}

TEST(ConfigCameras, RefuseAMissingId) {
  EXPECT_THAT(
      faults_of(R"({"cameras": [{"name": "Garden"}]})"),
      ElementsAre(
          "config.json: /cameras/0/uid: is missing, wanted is the camera's id, in any spelling"));
}

TEST(ConfigCameras, RefuseTheSameCameraInTwoSpellings) {
  EXPECT_THAT(
      faults_of(R"({"cameras": [{"uid": "VSTC-123456-ABCDE"}, {"uid": "vstc123456abcde"}]})"),
      ElementsAre(AllOf(HasSubstr("config.json: /cameras/1/uid: the camera VSTC-1234"),
                        HasSubstr("stands already at config.json: /cameras/0/uid"),
                        Not(HasSubstr("123456")))));
}

TEST(ConfigCameras, TakeAnAlias) {
  EXPECT_EQ(load(camera({{"alias", "Front_door"}})).cameras.at(0).alias, "Front_door");
}

TEST(ConfigCameras, RefuseAliasesThatOtherTopicsUse) {
  for (const char* alias :
       {"bridge", "VSTC-123456-ABCDE", "xha994kmmeb", "a/b", "+", "a#", "$SYS", "a\tb"}) {
    EXPECT_THAT(faults_of(camera({{"alias", alias}})), ElementsAre(HasSubstr("/cameras/0/alias: ")))
        << alias;
  }
}

TEST(ConfigCameras, RefuseTheSameAliasTwice) {
  EXPECT_THAT(
      faults_of(R"({"cameras": [{"uid": "VSTC-123456-ABCDE", "alias": "a"},
                                        {"uid": "VSTC-123457-ABCDE", "alias": "a"}]})"),
      ElementsAre("config.json: /cameras/1/alias: the alias \"a\" is taken already at config.json: "
                  "/cameras/0/alias"));
}

TEST(ConfigCameras, TakeAnAddressWithAndWithoutPort) {
  EXPECT_EQ(load(camera({{"address", "192.168.1.63"}})).cameras.at(0).address->text(),
            "192.168.1.63:32108");
  EXPECT_EQ(load(camera({{"address", "192.168.1.63:20000"}})).cameras.at(0).address->text(),
            "192.168.1.63:20000");
  EXPECT_FALSE(load(camera({{"address", ""}})).cameras.at(0).address);
}

TEST(ConfigCameras, RefuseAddressesNothingCanBeSentTo) {
  for (const char* address : {"camera.local", "192.168.1", "255.255.255.255", "0.0.0.0",
                              "224.0.0.1", "10.0.0.1:0", "10.0.0.1:70000"}) {
    EXPECT_THAT(faults_of(camera({{"address", address}})),
                ElementsAre(HasSubstr("/cameras/0/address: ")))
        << address;
  }
}

TEST(ConfigCameras, TakeTheFourFormsOfAPsk) {
  for (const char* psk :
       {"auto", "plain", "vstarcam2018", "exactly-20-character", "key:2cd46006"}) {
    EXPECT_EQ(load(camera({{"psk", psk}})).cameras.at(0).psk, psk);
  }
}

TEST(ConfigCameras, RefuseAPskThatIsCutOff) {
  EXPECT_THAT(faults_of(camera({{"psk", "exactly-21-characters"}})),
              ElementsAre("config.json: /cameras/0/psk: has 21 characters, at most 20 count"));
}

TEST(ConfigCameras, RefuseAKeyThatIsNoneWithoutRepeatingIt) {
  EXPECT_THAT(
      faults_of(camera({{"psk", "key:2cd4600"}})),
      ElementsAre("config.json: /cameras/0/psk: begins with \"key:\", behind which the 8 hex "
                  "digits of a key are wanted, as in key:0123abcd; 7 characters stand there"));
  EXPECT_THAT(faults_of(camera({{"psk", "key:2cd4600x"}})),
              ElementsAre(AllOf(HasSubstr("/cameras/0/psk: begins with \"key:\""),
                                HasSubstr("not all that stands there is hex digits"),
                                Not(HasSubstr("2cd4600x")))));
  EXPECT_THAT(faults_of(camera({{"psk", "key:2cd46006-and-more"}})),
              ElementsAre(HasSubstr("17 characters stand there")));
}

TEST(ConfigCameras, RefuseUnknownKeys) {
  EXPECT_THAT(
      faults_of(camera({{"pasword", "hunter2"}})),
      ElementsAre("config.json: /cameras/0/pasword: unknown key; did you mean \"password\"?"));
}

TEST(ParseCamera, ReadsAPayload) {
  const auto parsed =
      parse_camera({{"uid", "vstc123456abcde"}, {"name", "Garden"}}, "camera/add", {}, "");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->uid.text(), "VSTC-123456-ABCDE");
  EXPECT_EQ(parsed->name, "Garden");
}

TEST(ParseCamera, BeginsItsSentencesWithWhereTheObjectCameFrom) {
  auto payload = parse_camera({{"uid", 5}}, "camera/add", {}, "");
  ASSERT_FALSE(payload);
  EXPECT_THAT(payload.error().sentences,
              ElementsAre("camera/add: /uid: is the number 5, wanted is a text"));
  auto state = parse_camera({{"uid", 5}}, "state.json: /cameras/3", {}, "");
  ASSERT_FALSE(state);
  EXPECT_THAT(state.error().sentences, ElementsAre(HasSubstr("state.json: /cameras/3/uid: ")));
}

TEST(ParseCamera, RefusesWhatIsNotAnObject) {
  for (const json& value : {json(), json("VSTC-123456-ABCDE"), json::array(), json(1)}) {
    const auto parsed = parse_camera(value, "camera/add", {}, "");
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().sentences, ElementsAre(HasSubstr("camera/add: is ")));
  }
}

TEST(ParseCamera, CannotReadVariablesOrFilesItWasNotGiven) {
  const json uid = "VSTC-123456-ABCDE";
  EXPECT_FALSE(parse_camera({{"uid", uid}, {"password_env", "HOME"}}, "camera/add", {}, ""));
  EXPECT_FALSE(parse_camera({{"uid", uid}, {"password_file", "garden"}}, "camera/add", {}, ""));
}

TEST(ParseCamera, ReadsAPasswordFileInTheDirectoryItWasGiven) {
  ConfigSources sources;
  std::string asked;
  sources.read_secret = [&](const std::string& directory, const std::string& name) {
    asked = directory + "|" + name;
    return mappings::CommandResult<std::string>{"pw\n"};
  };
  const auto parsed = parse_camera({{"uid", "VSTC-123456-ABCDE"}, {"password_file", "garden"}},
                                   "camera/add", sources, "/etc/secrets");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(asked, "/etc/secrets|garden");
  EXPECT_EQ(parsed->password.reveal(), "pw");
}

}  // namespace
}  // namespace cam32100::bridge
