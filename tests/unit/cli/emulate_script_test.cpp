#include "bridge/cli/emulate_script.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

std::vector<protocol::Uid> cameras() {
  return {*protocol::Uid::parse("VSTC-123456-ABCDE"), *protocol::Uid::parse("VSTC-123457-ABCDE")};
}

struct ReadScript {
  std::optional<std::vector<ScriptStep>> steps;
  std::vector<std::string> faults;
};
ReadScript read(std::string_view text) {
  Faults faults;
  auto steps = read_script(text, "day.json", cameras(), faults);
  return {std::move(steps), std::move(faults).take().sentences};
}
std::string only_fault(std::string_view text) {
  const auto result = read(text);
  EXPECT_FALSE(result.steps.has_value()) << text;
  EXPECT_EQ(result.faults.size(), 1U) << text;
  return result.faults.empty() ? "" : result.faults[0];
}

TEST(EmulateScript, ReadsEveryKindOfStep) {
  const auto steps = read(R"([{"at_s":3,"do":"motion"},{"at_s":5.5,"do":"quiet","repeat_s":60},
      {"at_s":10,"do":"reboot","uid":"vstc123457abcde"},{"at_s":40,"do":"close"},
      {"at_s":20,"do":"wifi","ssid":"Barn","rssi":-70},{"at_s":30,"do":"vanish","for_s":5}])")
                         .steps;
  ASSERT_TRUE(steps.has_value());
  ASSERT_EQ(steps->size(), 6U);
  EXPECT_EQ(steps->at(0).at, 3s);
  EXPECT_FALSE(steps->at(0).repeat.has_value());
  EXPECT_FALSE(steps->at(0).uid.has_value());
  EXPECT_EQ(steps->at(1).at, 5500ms);
  EXPECT_EQ(steps->at(1).repeat, 60s);
  EXPECT_EQ(steps->at(2).uid, cameras()[1]);
  EXPECT_EQ(std::get<ScriptWifi>(steps->at(4).action).ssid, "Barn");
  EXPECT_EQ(std::get<ScriptWifi>(steps->at(4).action).rssi, -70);
  EXPECT_EQ(std::get<ScriptVanish>(steps->at(5).action).length, 5s);
  std::string verbs;
  for (const auto& step : *steps) verbs += std::string{to_text(step.action)} + ' ';
  EXPECT_EQ(verbs, "motion quiet reboot close wifi vanish ");
}

TEST(EmulateScript, ReadsTheExampleThatIsShipped) {
  std::ifstream file{CAM32100_SOURCE_DIR "/deploy/emulator-script.json"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto result = read(text);
  ASSERT_TRUE(result.steps.has_value()) << (result.faults.empty() ? "" : result.faults[0]);
  std::set<std::string_view> verbs;
  for (const auto& step : *result.steps) verbs.insert(to_text(step.action));
  EXPECT_EQ(verbs.size(), std::variant_size_v<ScriptAction>) << "it shows each kind of step";
}

TEST(EmulateScript, TakesAnEmptyListForNothingToDo) {
  ASSERT_TRUE(read("[]").steps.has_value());
  EXPECT_TRUE(read("[]").steps->empty());
}

TEST(EmulateScript, NamesFileAndPlaceWhatWasSeenAndWhatIsAllowed) {
  EXPECT_EQ(only_fault(R"([{"at_s":1,"do":"motion"},{"at_s":1,"do":"dance"}])"),
            "day.json: /1/do: saw the text \"dance\", wanted \"motion\", \"quiet\", \"reboot\", "
            "\"close\", \"wifi\" or \"vanish\"");
  EXPECT_EQ(only_fault(R"([{"at_s":"soon","do":"motion"}])"),
            "day.json: /0/at_s: saw the text \"soon\", wanted a number of 0 to 2592000 (seconds, "
            "30 days)");
  EXPECT_EQ(only_fault(R"([{"do":"motion"}])"),
            "day.json: /0/at_s: is missing, wanted a number of 0 to 2592000 (seconds, 30 days)");
  EXPECT_EQ(only_fault(R"([{"at_s":1,"do":"motion","repeat":5}])"),
            "day.json: /0/repeat: unknown key; did you mean \"repeat_s\"?");
}

TEST(EmulateScript, RefusesWhatIsOutOfRangeOrOfAnotherKind) {
  struct Case {
    const char* text;
    const char* place;
  };
  for (const auto& [text, place] : {
           Case{R"([{"at_s":-1,"do":"motion"}])", "/0/at_s: saw the number -1"},
           Case{R"([{"at_s":1e300,"do":"motion"}])", "/0/at_s: saw"},
           Case{R"([{"at_s":1}])", "/0/do: is missing"},
           Case{R"([{"at_s":1,"do":7}])", "/0/do: saw the number 7"},
           Case{R"([{"at_s":1,"do":"motion","repeat_s":0}])", "/0/repeat_s: saw the number 0"},
           Case{R"([{"at_s":1,"do":"vanish"}])", "/0/for_s: is missing"},
           Case{R"([{"at_s":1,"do":"vanish","for_s":true}])", "/0/for_s: saw true"},
           Case{R"([{"at_s":1,"do":"motion","for_s":5}])", "/0/for_s: unknown key"},
           Case{R"([{"at_s":1,"do":"wifi","ssid":"","rssi":1}])", "/0/ssid: saw the text"},
           Case{R"([{"at_s":1,"do":"wifi","ssid":"a","rssi":-101}])", "/0/rssi: saw the number"},
           Case{R"([{"at_s":1,"do":"wifi","ssid":"a","rssi":-0.5}])", "/0/rssi: saw the number"},
           Case{R"([{"at_s":1,"do":"wifi","ssid":"a"}])", "/0/rssi: is missing"},
           Case{R"([{"at_s":1,"do":"motion","uid":"VSTC-999999-ABCDE"}])", "/0/uid: saw the text"},
           Case{R"([{"at_s":1,"do":"motion","uid":"nobody"}])", "/0/uid: saw the text"},
           Case{R"([{"at_s":1,"do":"motion"}, 5])", "/1: saw the number 5"},
           Case{R"({"at_s":1,"do":"motion"})", "day.json: saw an object, wanted a list"},
           Case{R"([{"at_s":1,)", "day.json: "},
           Case{R"([{"at_s":1,"at_s":2,"do":"motion"}])", "at_s"},
       }) {
    EXPECT_NE(only_fault(text).find(place), std::string::npos) << text << ": " << only_fault(text);
  }
}

TEST(EmulateScript, TellsEveryFaultAtOnce) {
  EXPECT_EQ(read(R"([{"at_s":-1,"do":"dance"},{"at_s":1,"do":"wifi"}])").faults.size(), 4U);
}

TEST(EmulateScript, RefusesMoreStepsThanItsCap) {
  std::string text = "[";
  for (int i = 0; i < 1001; ++i)
    text += std::string{i == 0 ? "" : ","} + R"({"at_s":1,"do":"motion"})";
  EXPECT_NE(only_fault(text + "]").find("at most 1000 steps"), std::string::npos);
}

std::vector<ScriptStep> steps_of(const char* text) { return read(text).steps.value(); }

TEST(ScriptRun, GivesEachStepWhenItIsDueAndInTheFilesOrder) {
  const TimePoint start{1h};
  ScriptRun run{steps_of(R"([{"at_s":5,"do":"quiet"},{"at_s":3,"do":"motion"},
                             {"at_s":3,"do":"close"}])"),
                start};
  EXPECT_EQ(run.deadline(), start + 3s);
  EXPECT_EQ(run.take_due(start + 2999ms), nullptr);
  EXPECT_EQ(to_text(run.take_due(start + 3s)->action), "motion");
  EXPECT_EQ(to_text(run.take_due(start + 3s)->action), "close");
  EXPECT_EQ(run.take_due(start + 3s), nullptr);
  EXPECT_EQ(run.deadline(), start + 5s);
  EXPECT_EQ(to_text(run.take_due(start + 9s)->action), "quiet");
  EXPECT_FALSE(run.deadline().has_value());
}

TEST(ScriptRun, RepeatsInStepWithItsBeginning) {
  const TimePoint start{1h};
  ScriptRun run{steps_of(R"([{"at_s":3,"do":"motion","repeat_s":10}])"), start};
  EXPECT_NE(run.take_due(start + 3500ms), nullptr);
  EXPECT_EQ(run.deadline(), start + 13s);
}

TEST(ScriptRun, DoesOnceWhatALongSleepMissedOften) {
  const TimePoint start{1h};
  ScriptRun run{steps_of(R"([{"at_s":0,"do":"motion","repeat_s":10}])"), start};
  EXPECT_NE(run.take_due(start + 24h), nullptr);
  EXPECT_EQ(run.take_due(start + 24h), nullptr);
  EXPECT_EQ(run.deadline(), start + 24h + 10s);
}

}  // namespace
}  // namespace cam32100::bridge
