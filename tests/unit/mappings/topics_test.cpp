#include "mappings/topics.hpp"

#include <gtest/gtest.h>

namespace cam32100::mappings {
namespace {

using std::string_literals::operator""s;

const Topics kTopics{"cam32100"};

template <class T>
std::optional<T> parsed(const Topics& topics, std::string_view topic) {
  const auto result = topics.parse_command(topic);
  if (!result || !std::holds_alternative<T>(*result)) return std::nullopt;
  return std::get<T>(*result);
}

TEST(Topics, ReadsACameraCommandWithTheUidAsItWasTyped) {
  const auto topic = parsed<CameraCommandTopic>(kTopics, "cam32100/vstc123456abcde/command/ptz");
  ASSERT_TRUE(topic);
  EXPECT_EQ(topic->camera, "vstc123456abcde");
  EXPECT_EQ(topic->command, "ptz");
}

TEST(Topics, ReadsABridgeCommandWithItsSlash) {
  const auto topic = parsed<BridgeCommandTopic>(kTopics, "cam32100/bridge/command/camera/add");
  ASSERT_TRUE(topic);
  EXPECT_EQ(topic->command, "camera/add");
}

TEST(Topics, ReadsSetWithAndWithoutKey) {
  const auto keyed = parsed<CameraSetTopic>(kTopics, "cam32100/VSTC-123456-ABCDE/set/brightness");
  ASSERT_TRUE(keyed);
  EXPECT_EQ(keyed->camera, "VSTC-123456-ABCDE");
  EXPECT_EQ(keyed->key, "brightness");
  const auto whole = parsed<CameraSetTopic>(kTopics, "cam32100/VSTC-123456-ABCDE/set");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->key, "");
}

TEST(Topics, KnowsABaseWithSlashes) {
  const Topics topics{"home/garden/cams"};
  ASSERT_TRUE(parsed<CameraCommandTopic>(topics, "home/garden/cams/x/command/ptz"));
  EXPECT_EQ(topics.command_filter(), "home/garden/cams/+/command/#");
  EXPECT_FALSE(topics.parse_command("home/garden/x/command/ptz"));
  EXPECT_FALSE(topics.parse_command("home/garden/camsx/x/command/ptz"));
}

TEST(Topics, RefusesWhatIsNotACommandOfOurs) {
  for (const char* topic : {"",
                            "cam32100",
                            "cam32100/",
                            "cam32100/x",
                            "cam32100/x/command",
                            "cam32100/x/command/",
                            "cam32100//command/ptz",
                            "cam32100/x//ptz",
                            "cam32100/x/command//ptz",
                            "/cam32100/x/command/ptz",
                            "cam32100/x/state",
                            "cam32100/x/response/ptz",
                            "other/x/command/ptz",
                            "cam32100x/x/command/ptz",
                            "cam32100/x/set/",
                            "cam32100/x/set/a/b",
                            "cam32100/bridge/set",
                            "cam32100/bridge/set/a",
                            "cam32100/bridge/command",
                            "cam32100/x/Command/ptz"}) {
    EXPECT_FALSE(kTopics.parse_command(topic)) << topic;
  }
}

TEST(Topics, RefusesWildcardsNulAndBrokenUtf8) {
  for (const std::string& topic :
       {"cam32100/+/command/ptz"s, "cam32100/x/command/#"s, "cam32100/x/set/+"s,
        "cam32100/x\0y/command/ptz"s, "cam32100/x\xC3/command/ptz"s,
        "cam32100/x/command/\xED\xA0\x80"s}) {
    EXPECT_FALSE(kTopics.parse_command(topic)) << topic;
  }
}

TEST(Topics, FindsTheCameraOfAPublishedTopic) {
  EXPECT_EQ(kTopics.camera_of("cam32100/VSTC-123456-ABCDE/event/motion"), "VSTC-123456-ABCDE");
  EXPECT_FALSE(kTopics.camera_of("cam32100/bridge/info"));
  EXPECT_FALSE(kTopics.camera_of("cam32100/VSTC-123456-ABCDE"));
  EXPECT_FALSE(kTopics.camera_of("cam32100//state"));
  EXPECT_FALSE(kTopics.camera_of("homeassistant/status"));
}

TEST(Topics, SpellsWhatIsPublished) {
  EXPECT_EQ(kTopics.bridge("availability"), "cam32100/bridge/availability");
  EXPECT_EQ(kTopics.bridge_response("camera/add"), "cam32100/bridge/response/camera/add");
  EXPECT_EQ(kTopics.bridge_command("health"), "cam32100/bridge/command/health");
  EXPECT_EQ(kTopics.camera("U-1-A", "snapshot/meta"), "cam32100/U-1-A/snapshot/meta");
  EXPECT_EQ(kTopics.camera_response("U-1-A", "ptz"), "cam32100/U-1-A/response/ptz");
  EXPECT_EQ(kTopics.camera_command("U-1-A", "ptz"), "cam32100/U-1-A/command/ptz");
  EXPECT_EQ(kTopics.camera_event("U-1-A", "motion"), "cam32100/U-1-A/event/motion");
  EXPECT_EQ(kTopics.set_filter(), "cam32100/+/set/#");
  EXPECT_EQ(kTopics.tree_filter(), "cam32100/#");
}

TEST(Topics, ReadsBackTheCommandTopicsItSpells) {
  EXPECT_TRUE(parsed<CameraCommandTopic>(kTopics, kTopics.camera_command("U-1-A", "ptz")));
  EXPECT_TRUE(parsed<BridgeCommandTopic>(kTopics, kTopics.bridge_command("server/list")));
  EXPECT_EQ(kTopics.camera_of(kTopics.camera_event("U-1-A", "motion")), "U-1-A");
}

TEST(Topics, AcceptsPlainBases) {
  for (const char* base : {"cam32100", "home/cams", "a", "häuser/x"}) {
    EXPECT_TRUE(Topics::is_valid_base(base)) << base;
  }
}

TEST(Topics, RefusesBasesThatCannotCarryTopics) {
  for (const std::string& base : {""s, "/cams"s, "cams/"s, "a//b"s, "a/+"s, "#"s, "$SYS/x"s,
                                  "a\0b"s, "\xFF"s, std::string(600, 'a')}) {
    EXPECT_FALSE(Topics::is_valid_base(base)) << base;
  }
}

TEST(Topics, AnswersOnAnOrdinaryResponseTopic) {
  for (const char* topic : {"tmp/1234", "cam32100/VSTC-123456-ABCDE/response/ptz", "a",
                            "other/x/command/y", "cam32100/x/settings"}) {
    EXPECT_TRUE(kTopics.may_answer_on(topic)) << topic;
  }
}

TEST(Topics, NeverAnswersIntoCommandsWildcardsOrTheBroker) {
  for (const std::string& topic :
       {""s, "tmp/+"s, "tmp/#"s, "$SYS/broker"s, "$share/g/t"s, "cam32100/x/command/ptz"s,
        "cam32100/x/command"s, "cam32100/x/set"s, "cam32100/x/set/ir"s,
        "cam32100/bridge/command/restart"s, "tmp\0x"s, "tmp/\xC0\xAF"s, std::string(70'000, 'a')}) {
    EXPECT_FALSE(kTopics.may_answer_on(topic)) << topic.substr(0, 40);
  }
}

TEST(Names, AreWordsWithAtMostOneSlash) {
  for (const char* name : {"ptz", "get_status", "camera/add", "A1"}) {
    EXPECT_TRUE(is_valid_name(name)) << name;
  }
}

TEST(Names, RefuseEverythingElse) {
  for (const std::string& name :
       {""s, "/"s, "a/"s, "/a"s, "a/b/c"s, "a b"s, "a-b"s, "ä"s, "a\0"s, std::string(65, 'a')}) {
    EXPECT_FALSE(is_valid_name(name)) << name;
  }
}

}  // namespace
}  // namespace cam32100::mappings
