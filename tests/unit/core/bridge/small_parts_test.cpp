// The parts that need no bridge around them.
#include <gtest/gtest.h>

#include "bridge/core/agenda.hpp"
#include "bridge/core/camera_entry.hpp"
#include "bridge/core/camera_setup.hpp"
#include "bridge/core/envelope.hpp"
#include "bridge/core/event_id.hpp"
#include "bridge/core/iso_time.hpp"
#include "bridge/core/json_text.hpp"
#include "bridge/core/picture_meta.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

const WallTime kWall{std::chrono::milliseconds{1795395420123}};

TEST(IsoTime, WritesUtcWithMilliseconds) {
  EXPECT_EQ(to_iso_text(kWall), "2026-11-23T00:57:00.123Z");
}

TEST(IsoTime, ReadsItsOwnText) {
  EXPECT_EQ(parse_iso_text("2026-11-23T00:57:00.123Z"), kWall);
  EXPECT_EQ(parse_iso_text("2026-11-23T00:57:00Z"), kWall - 123ms);
}

TEST(IsoTime, WritesTimesBefore1970) {
  EXPECT_EQ(to_iso_text(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
}

TEST(IsoTime, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026-11-23", "2026-11-23T00:57:00", "2026-13-23T00:57:00Z", "2026-02-30T00:57:00Z",
        "2026-11-23T24:57:00Z", "2026-11-23 00:57:00Z", "2026-11-23T00:57:00,123Z",
        "x026-11-23T00:57:00Z", "2026-11-23T00:57:00.12Z"}) {
    EXPECT_FALSE(parse_iso_text(text)) << text;
  }
}

TEST(ObjectText, KeepsTheOrderOfAdditionsAndEscapes) {
  ObjectText text;
  text.add_number("v", 1).add_text("b", "say \"hi\"\n").add("a", nullptr).add_bool("c", true);
  EXPECT_EQ(std::move(text).take(), R"({"v":1,"b":"say \"hi\"\n","a":null,"c":true})");
}

TEST(ObjectText, ReplacesBytesThatAreNoUtf8) {
  ObjectText text;
  text.add_text("a", "\xff");
  EXPECT_EQ(std::move(text).take(), "{\"a\":\"\xEF\xBF\xBD\"}");
}

TEST(Envelope, HasTheKeysOfTheContractInOrder) {
  Envelope envelope;
  envelope.uid = "VSTC-123456-ABCDE";
  envelope.command = "ptz";
  envelope.id = "42";
  envelope.data = {{"move", "left"}};
  envelope.ts = kWall;
  envelope.took = 86ms;
  envelope.seq = 1181;
  EXPECT_EQ(
      to_text(envelope),
      R"({"v":1,"uid":"VSTC-123456-ABCDE","command":"ptz","id":"42","status":"ok","data":{"move":"left"},)"
      R"("ts":"2026-11-23T00:57:00.123Z","took_ms":86,"seq":1181})");
}

TEST(Envelope, LeavesOutWhatThereIsNot) {
  Envelope envelope;
  envelope.command = "stun";
  envelope.ts = kWall;
  envelope.seq = 1;
  const auto parsed = nlohmann::json::parse(to_text(envelope));
  EXPECT_FALSE(parsed.contains("uid"));
  EXPECT_FALSE(parsed.contains("id"));
  EXPECT_FALSE(parsed.contains("data"));
  EXPECT_FALSE(parsed.contains("error"));
}

TEST(Envelope, SaysWhetherAnErrorIsWorthATryLater) {
  Envelope envelope;
  envelope.status = Envelope::Status::error;
  envelope.error = {mappings::ErrorCode::camera_offline, "no answer", {{"attempts", 4}}};
  const auto error = nlohmann::json::parse(to_text(envelope))["error"];
  EXPECT_EQ(error, (nlohmann::json{{"code", "camera_offline"},
                                   {"message", "no answer"},
                                   {"retryable", true},
                                   {"detail", {{"attempts", 4}}}}));
  envelope.error = {mappings::ErrorCode::bad_argument, "wrong", nullptr};
  const auto other = nlohmann::json::parse(to_text(envelope))["error"];
  EXPECT_EQ(other["retryable"], false);
  EXPECT_FALSE(other.contains("detail"));
}

TEST(EventIds, SortByTimeAndDependOnTheSeedAlone) {
  EventIds one{7}, same{7}, other{8};
  const auto first = one.next(kWall);
  EXPECT_EQ(first.size(), 26U);
  EXPECT_EQ(first, same.next(kWall));
  EXPECT_NE(first, other.next(kWall));
  EXPECT_LT(first, one.next(kWall + 1ms));
  EXPECT_NE(one.next(kWall), one.next(kWall));
}

TEST(PictureMeta, GivesTheSha256OfTheStandard) {
  EXPECT_EQ(sha256_hex(protocol::as_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Agenda, GivesTasksInOrderOfTimeThenKey) {
  Agenda agenda;
  const TimePoint start{};
  agenda.set({Task::poll, 2}, start + 2s);
  agenda.set({Task::poll, 1}, start + 2s);
  agenda.set({Task::health, 0}, start + 1s);
  EXPECT_EQ(agenda.next(), start + 1s);
  EXPECT_FALSE(agenda.take_due(start));
  EXPECT_EQ(agenda.take_due(start + 5s), (TaskKey{Task::health, 0}));
  EXPECT_EQ(agenda.take_due(start + 5s), (TaskKey{Task::poll, 1}));
  EXPECT_EQ(agenda.take_due(start + 5s), (TaskKey{Task::poll, 2}));
  EXPECT_FALSE(agenda.take_due(start + 5s));
  EXPECT_FALSE(agenda.next());
}

TEST(Agenda, MovesCancelsAndKeepsTheFirst) {
  Agenda agenda;
  const TimePoint start{};
  agenda.set({Task::poll, 1}, start + 1s);
  agenda.set({Task::poll, 1}, start + 9s);
  EXPECT_EQ(agenda.next(), start + 9s);
  agenda.set_if_absent({Task::poll, 1}, start + 3s);
  EXPECT_EQ(agenda.next(), start + 9s);
  agenda.set({Task::alarm_end, 1}, start + 4s);
  agenda.set({Task::alarm_end, 2}, start + 5s);
  agenda.cancel_subject(1);
  EXPECT_EQ(agenda.next(), start + 5s);
  agenda.cancel({Task::alarm_end, 2});
  agenda.cancel({Task::alarm_end, 2});
  EXPECT_FALSE(agenda.next());
}

CameraEntry& add_camera(CameraSet& cameras, const char* uid, EndpointId endpoint) {
  CameraConfig config;
  config.uid = protocol::Uid::parse(uid).value();
  return cameras.add(std::make_unique<CameraEntry>(std::move(config), endpoint, 1s));
}

TEST(CameraSet, KnowsWhoseHardwareAddressIsTheSame) {
  CameraSet cameras;
  auto& first = add_camera(cameras, "VSTC-100001-ABCDE", 1);
  auto& second = add_camera(cameras, "VSTC-100002-ABCDE", 2);
  first.info.assign({{"mac", "00:11:22:33:44:55"}, {"wifi_mac", "00:11:22:33:44:55"}});
  cameras.note_info(first);
  EXPECT_FALSE(cameras.shares_mac(first)) << "with itself";
  second.info.assign({{"mac", "00:11:22:33:44:55"}, {"model", "C7824"}, {"device_type", 5}});
  cameras.note_info(second);
  EXPECT_TRUE(cameras.shares_mac(first));
  EXPECT_TRUE(cameras.shares_mac(second));
  EXPECT_EQ(second.model, "C7824");
  second.info.assign({{"device_type", 5}});
  cameras.note_info(second);
  EXPECT_EQ(second.model, 5);
  EXPECT_FALSE(cameras.shares_mac(first));
}

TEST(CameraSet, ForgetsTheAddressOfACameraThatWasRemoved) {
  CameraSet cameras;
  auto& first = add_camera(cameras, "VSTC-100001-ABCDE", 1);
  auto& second = add_camera(cameras, "VSTC-100002-ABCDE", 2);
  for (CameraEntry* each : {&first, &second}) {
    each->info.assign({{"mac", "00:11:22:33:44:55"}});
    cameras.note_info(*each);
  }
  (void)cameras.remove("VSTC-100002-ABCDE");
  EXPECT_FALSE(cameras.shares_mac(first));
}

TEST(CameraSetup, TriesTheKeyOfThePrefixFirstThenPlainThenTheRest) {
  const auto ciphers = ciphers_for("auto", "VSTC");
  ASSERT_GT(ciphers.size(), 2U);
  const auto likely = protocol::psk_for_prefix("VSTC").value_or("");
  EXPECT_EQ(ciphers.front().cipher, protocol::Cipher{likely});
  EXPECT_EQ(ciphers_for("auto", "NOSUCH").front().name, "plain");
}

TEST(CameraSetup, NeverNamesAKeyThatIsNoPublicKnowledge) {
  const auto ciphers = ciphers_for("MySecretKey", "VSTC");
  ASSERT_EQ(ciphers.size(), 2U);
  EXPECT_EQ(ciphers[0].name, "configured");
  EXPECT_EQ(ciphers[1].name, "plain");
  ASSERT_EQ(ciphers_for("plain", "VSTC").size(), 1U);
}

TEST(CameraSetup, TakesTheKeyItselfAndNamesOnlyAKnownOne) {
  const auto known = ciphers_for("key:2cd46006", "VSTC");
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known[0].name, "vstarcam2018");
  EXPECT_EQ(known[0].cipher, protocol::Cipher{"vstarcam2018"});
  const auto secret = ciphers_for("key:0123abcd", "VSTC");
  ASSERT_EQ(secret.size(), 2U);
  EXPECT_EQ(secret[0].name, "configured");
  EXPECT_EQ(protocol::key_text(secret[0].cipher.key()), "key:0123abcd");
}

TEST(ServerSets, SpeakUnderAKeyToo) {
  ServerSets sets;
  sets.assign({{"all", {"1.1.1.1"}, "key:2cd46006", {}, false}});
  ASSERT_EQ(sets.addresses().size(), 1U);
  EXPECT_EQ(sets.addresses()[0].cipher, protocol::Cipher{"vstarcam2018"});
}

TEST(ServerSets, AskOnlyTheServersOfThePrefix) {
  ServerSets sets;
  sets.assign({{"all", {"1.1.1.1"}, "", {}, false}, {"vstc", {"2.2.2.2"}, "psk", {"VSTC"}, false}});
  EXPECT_EQ(sets.for_prefix("VSTC").size(), 2U);
  EXPECT_EQ(sets.for_prefix("OTHER").size(), 1U);
}

TEST(ServerSets, TakeFirstLettersOfAPrefixForIt) {
  ServerSets sets;
  sets.assign({{"vst", {"2.2.2.2"}, "", {"VST"}, false}});
  EXPECT_EQ(sets.for_prefix("VSTC").size(), 1U);
  EXPECT_EQ(sets.for_prefix("VST").size(), 1U);
  EXPECT_EQ(sets.for_prefix("VS").size(), 0U);
  EXPECT_EQ(sets.for_prefix("XVST").size(), 0U);
}

TEST(ServerSets, KnowDottedAddressesAtOnceAndNamesLater) {
  ServerSets sets;
  ServerSetConfig config;
  config.name = "home";
  config.hosts = {"192.0.2.1:9", "p2p.example.org"};
  sets.assign({config});
  const auto asked = sets.take_due({});
  ASSERT_EQ(asked.size(), 1U) << "the name is still to be resolved";
  EXPECT_EQ(asked[0].host, "p2p.example.org");
  const protocol::Address dotted{{192, 0, 2, 1}, 9};
  ASSERT_EQ(sets.addresses().size(), 1U);
  EXPECT_EQ(sets.addresses()[0].address, dotted);
  EXPECT_TRUE(sets.resolved({}, asked[0].number, {dotted, {{192, 0, 2, 2}, 9}}));
  EXPECT_EQ(sets.addresses().size(), 2U);
}

TEST(ServerSets, KeepTheAddressesOfWhatDidNotChange) {
  ServerSets sets;
  sets.assign({{"a", {"a"}, "", {}, false}});
  ASSERT_EQ(sets.take_due({}).size(), 1U);
  EXPECT_TRUE(sets.resolved({}, 1, {{{1, 1, 1, 1}, 32100}}));
  sets.assign({{"a", {"a", "c"}, "", {}, false}, {"b", {"b"}, "", {}, false}});
  const auto asked = sets.take_due({});
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].host, "c");
  EXPECT_EQ(asked[1].host, "b");
  EXPECT_EQ(sets.addresses().size(), 1U);
  EXPECT_TRUE(sets.remove("a"));
  EXPECT_FALSE(sets.remove("a"));
  EXPECT_TRUE(sets.addresses().empty());
}

}  // namespace
}  // namespace cam32100::bridge
