#include "protocol/transport/lan_search.hpp"

#include <gmock/gmock.h>

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Cipher kFamilyCipher{"vstarcam2018"};
const Address kBroadcast{{255, 255, 255, 255}, kLanPort};

class Searching : public ::testing::Test {
 protected:
  Searching() {
    config.targets = {kBroadcast, kCamera};
    config.ciphers = {{"plain", {}}, {"vstarcam2018", kFamilyCipher}};
    search.emplace(kStart, config);
  }
  void hear(const Address& from, const Message& message, const Cipher& cipher = {}) {
    search->on_datagram(kStart + 7ms, from, bytes_of(message, cipher));
  }
  std::vector<CameraFound> found() {
    std::vector<CameraFound> all;
    while (auto camera = search->take_found()) all.push_back(*camera);
    return all;
  }
  LanSearchConfig config;
  std::optional<LanSearch> search;
};

TEST_F(Searching, ProbesEachTargetUnderEachCipherEachRound) {
  const auto sent = drain(*search, kStart);
  ASSERT_THAT(sent, SizeIs(4));
  EXPECT_EQ(to_hex(sent[0].bytes), "f1300000");
  EXPECT_EQ(to_hex(sent[1].bytes), "49b573d5");
  EXPECT_EQ(sent[0].to, kBroadcast);
  EXPECT_EQ(sent[2].to, kCamera);
  EXPECT_THAT(drain(*search, kStart + 999ms), IsEmpty());
  search->on_time(kStart + 1s);
  EXPECT_THAT(drain(*search, kStart + 1s), SizeIs(4));
}

TEST_F(Searching, FindsPlainAndEncryptedCamerasAtTheirSource) {
  const Address session_port{kCamera.ip, 54926};
  hear(session_port, PunchPkt{uid()});
  hear(kStranger, PunchPkt{uid("VSTH-378138-WVLKX")}, kFamilyCipher);
  const auto cameras = found();
  ASSERT_THAT(cameras, SizeIs(2));
  EXPECT_EQ(cameras[0].uid, uid());
  EXPECT_EQ(cameras[0].address, session_port);
  EXPECT_EQ(cameras[0].cipher_name, "plain");
  EXPECT_EQ(cameras[0].took, 7ms);
  EXPECT_FALSE(cameras[0].json_dialect_hint);
  EXPECT_EQ(cameras[1].cipher_name, "vstarcam2018");
}

TEST_F(Searching, UnderstandsTheOtherFamiliesAnswers) {
  hear(kCamera, LanNotify{uid()});
  hear(kStranger, LanSearchExtAck{uid()});
  const auto cameras = found();
  ASSERT_THAT(cameras, SizeIs(2));
  EXPECT_FALSE(cameras[0].json_dialect_hint);
  EXPECT_TRUE(cameras[1].json_dialect_hint);
}

TEST_F(Searching, TellsACameraOncePerAddress) {
  for (int i = 0; i < 10; ++i) hear(kCamera, PunchPkt{uid()});
  EXPECT_THAT(found(), SizeIs(1));
  hear(kStranger, PunchPkt{uid()});
  EXPECT_THAT(found(), SizeIs(1));
}

TEST_F(Searching, IgnoresItsOwnProbesGarbageAndOtherMessages) {
  hear(kCamera, LanSearchMessage{});
  hear(kCamera, P2pRdy{uid()});
  search->on_datagram(kStart, kCamera, as_bytes("garbage"));
  search->on_datagram(kStart, kCamera, {});
  hear(kCamera, PunchPkt{uid()}, Cipher{"camera"});
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(search->counters().malformed, 3U) << "garbage, nothing, and a key it was not given";
}

TEST_F(Searching, TriesNothingUnderItsKeysThatIsLongerThanAnyAnswer) {
  const Bytes padding(256 - 4 - Uid::kBytes);
  hear(kCamera, PunchPkt{uid(), padding}, kFamilyCipher);
  EXPECT_THAT(found(), SizeIs(1)) << "256 bytes may still be a padded answer";
  const Bytes one_more(padding.size() + 1);
  hear(kStranger, PunchPkt{uid(), one_more}, kFamilyCipher);
  hear(kStranger, PunchPkt{uid(), one_more});
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(search->counters().malformed, 2U);
}

TEST_F(Searching, KeepsAFloodWithinItsCap) {
  for (unsigned i = 1; i < 2000; ++i) {
    hear({{10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}, 1000},
         PunchPkt{uid()});
  }
  EXPECT_THAT(found(), SizeIs(256));
  EXPECT_EQ(search->counters().surplus, 1999U - 256U);
}

TEST_F(Searching, EndsWhenItsTimeIsUp) {
  (void)pass_time(*search, kStart + 2999ms);
  EXPECT_FALSE(search->finished());
  (void)pass_time(*search, kStart + 3s);
  EXPECT_TRUE(search->finished());
  EXPECT_FALSE(search->deadline());
  EXPECT_THAT(drain(*search, kStart + 3s), IsEmpty());
  hear(kCamera, PunchPkt{uid()});
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Searching, SearchesPlainWhenNoCipherIsGiven) {
  config.ciphers.clear();
  search.emplace(kStart, config);
  EXPECT_THAT(drain(*search, kStart), SizeIs(2));
  hear(kCamera, PunchPkt{uid()});
  EXPECT_THAT(found(), SizeIs(1));
}

TEST_F(Searching, SendsNothingWithoutTargets) {
  config.targets.clear();
  search.emplace(kStart, config);
  EXPECT_THAT(pass_time(*search, kStart + 1min), IsEmpty());
  EXPECT_TRUE(search->finished());
}

}  // namespace
}  // namespace cam32100::protocol
