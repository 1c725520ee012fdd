#include <gtest/gtest.h>

#include "bridge/cli/emulate_options.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;

struct EmulatePlan : ::testing::Test {
  EmulateOptions options;
  EmulatePlan() { options.uids = {"VSTC-123456-ABCDE"}; }

  std::vector<CameraPlan> plan() const { return plan_cameras(options, 7); }
  std::vector<std::string> uids() const {
    std::vector<std::string> out;
    for (const auto& each : plan()) out.push_back(each.config.uid.text());
    return out;
  }
  std::string fault() const {
    try {
      (void)plan();
    } catch (const EmulateFault& found) {
      return found.what;
    }
    return "none";
  }
};
using Texts = std::vector<std::string>;

TEST_F(EmulatePlan, IsOneCameraOnTheLanPort) {
  const auto plans = plan();
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].config.uid.text(), "VSTC-123456-ABCDE");
  EXPECT_EQ(plans[0].bind.text(), "0.0.0.0:32108");
  EXPECT_FALSE(plans[0].config.strict);
  EXPECT_FALSE(plans[0].nat.has_value());
}

TEST_F(EmulatePlan, GivesTheStreamItsPaceAndTheChannelsTheirWindow) {
  EXPECT_EQ(plan()[0].config.channel.window, 64U);
  EXPECT_EQ(plan()[0].config.stream_interval, protocol::CameraConfig{}.stream_interval);
  options.window = 4096;
  options.stream_fps = 50;
  EXPECT_EQ(plan()[0].config.channel.window, 4096U);
  EXPECT_EQ(plan()[0].config.stream_interval, 20ms);
  options.stream_fps = 0;
  EXPECT_EQ(plan()[0].config.stream_interval, 0ms);
}

TEST_F(EmulatePlan, CountsUpTheSerialOfOneUid) {
  options.count = 3;
  EXPECT_EQ(uids(), (Texts{"VSTC-123456-ABCDE", "VSTC-123457-ABCDE", "VSTC-123458-ABCDE"}));
  options.uids = {"VSTB-000009-QWERT"};
  options.count = 2;
  EXPECT_EQ(uids(), (Texts{"VSTB-000009-QWERT", "VSTB-000010-QWERT"}));
}

TEST_F(EmulatePlan, MakesUidsOfAPrefixUp) {
  options.uids.clear();
  options.prefix = "ve";
  options.count = 500;
  const auto made = uids();
  ASSERT_EQ(made.size(), 500U);
  EXPECT_EQ(made.front(), "VE-100001-EMULA");
  EXPECT_EQ(made.back(), "VE-100500-EMULA");
}

TEST_F(EmulatePlan, TakesSeveralUidsAsTheyAre) {
  options.uids = {"VSTC-123456-ABCDE", "VSTB-654321-EDCBA"};
  EXPECT_EQ(uids(), options.uids);
}

TEST_F(EmulatePlan, PutsPortsInARowOrAnywhere) {
  options.count = 3;
  options.port = 40'000;
  EXPECT_EQ(plan()[2].bind.port, 40'002);
  options.port = 0;
  EXPECT_EQ(plan()[2].bind.port, 0);
}

TEST_F(EmulatePlan, GivesEachCameraASeedOfItsOwn) {
  options.count = 2;
  const auto plans = plan();
  EXPECT_EQ(plans[0].seed, 7U);
  EXPECT_EQ(plans[1].seed, 8U);
}

TEST_F(EmulatePlan, ChoosesTheKeyByEachPrefix) {
  options.uids = {"VSTC-123456-ABCDE", "VSTJ-123456-ABCDE"};
  options.psk = "auto";
  const auto plans = plan();
  EXPECT_EQ(plans[0].config.psk, "");
  EXPECT_EQ(plans[1].config.psk, "vstarcam2019");
}

TEST_F(EmulatePlan, SharesThePicturesAmongItsCameras) {
  options.count = 2;
  const auto plans = plan();
  ASSERT_FALSE(plans[0].config.pictures.empty());
  EXPECT_EQ(&plans[0].config.pictures[0], &plans[1].config.pictures[0]);
}

TEST_F(EmulatePlan, CarriesEveryOptionOver) {
  options.crc_key = "key";
  options.dsk = "DEVICE";
  options.login_interval_s = 2.5;
  options.no_relay = options.relay_ready = options.no_lan_search = options.no_punch = true;
  options.loss = 10;
  options.duplicate = 20;
  options.reorder = 30;
  options.delay_ms = 40;
  options.jitter_ms = 50;
  options.nat = "symmetric";
  options.strict = true;
  const auto made = plan()[0];
  EXPECT_EQ(made.config.crc_key, "key");
  EXPECT_EQ(made.config.dsk, *protocol::to_dsk("DEVICE"));
  EXPECT_EQ(made.config.login_interval, 2500ms);
  EXPECT_FALSE(made.config.takes_relays || made.config.answers_lan_search || made.config.punches);
  EXPECT_TRUE(made.config.says_ready_by_relay && made.config.strict);
  EXPECT_DOUBLE_EQ(made.rough.loss, 0.1);
  EXPECT_DOUBLE_EQ(made.rough.duplicate, 0.2);
  EXPECT_DOUBLE_EQ(made.rough.reorder, 0.3);
  EXPECT_EQ(made.rough.delay, 40ms);
  EXPECT_EQ(made.rough.jitter, 50ms);
  EXPECT_EQ(made.nat, protocol::NatKind::symmetric);
}

TEST_F(EmulatePlan, SaysWhatIsWrongWithTheUids) {
  options.uids = {"nonsense"};
  EXPECT_NE(fault().find("\"nonsense\""), std::string::npos);
  options.uids = {"VSTC-4294967295-ABCDE"};
  options.count = 2;
  EXPECT_EQ(fault(), "--count 2: no serial is left behind VSTC-4294967295-ABCDE");
  options.uids = {"VSTC-123456-ABCDE", "VSTB-654321-EDCBA"};
  EXPECT_EQ(fault(), "--count: counts up from one --uid, saw several");
  options.count = 1;
  options.uids = {"VSTC-123456-ABCDE", "vstc123456abcde"};
  EXPECT_EQ(fault(), "--uid vstc123456abcde: is given twice");
  options.prefix = "VSTC";
  EXPECT_EQ(fault(), "--prefix VSTC: makes UIDs up, and there is a --uid");
  options.uids.clear();
  options.prefix = "V-1";
  EXPECT_NE(fault().find("V-1"), std::string::npos);
  options.prefix.clear();
  EXPECT_EQ(fault(), "wanted --uid UID, or --prefix PREFIX");
}

TEST_F(EmulatePlan, SaysWhatIsWrongWithTheRest) {
  options.bind = "nowhere";
  EXPECT_EQ(fault(), "--bind nowhere: wanted a.b.c.d");
  options.bind = "127.0.0.1";
  options.port = 65'535;
  options.count = 2;
  EXPECT_EQ(fault(), "--port 65535: no port is left for camera 2");
  options.dsk = "DEVICE";
  EXPECT_EQ(fault(), "--dsk: goes under a CRC key, give its --crc-key as well");
  options.crc_key = "key";
  options.dsk = "a key of more than twenty characters";
  EXPECT_EQ(fault(), "--dsk: wanted 1 to 20 characters without blanks");
}

}  // namespace
}  // namespace cam32100::bridge
