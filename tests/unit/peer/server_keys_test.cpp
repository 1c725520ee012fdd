// Device keys, and who may be here at all.
#include "server_by_hand.hpp"

namespace cam32100::protocol {
namespace {

struct ServerKeys : ServerByHand {
  void SetUp() override { config.crc_key = kCrcKey; }
  void list_key() { config.dsks[uid_of("BATC-609580-HVDCS")] = dsk_of(kDsk); }
};

TEST_F(ServerKeys, LetADeviceBringAKeyOfItsOwnWhichAskersThenShow) {
  start();
  EXPECT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  EXPECT_EQ(server->device_count(), 1U);
  EXPECT_EQ(answer_to(dsk_lookup(kDsk)).front(), kLookupOk);
  EXPECT_EQ(answer_to(dsk_lookup(kWrongDsk)), std::vector<std::string>{kLookupWrongDsk});
  EXPECT_EQ(answer_to(kLookup).front(), kLookupOk) << "nobody asked for a key";
}

TEST_F(ServerKeys, TellNoDeviceOfAnAskerWithAWrongOne) {
  start();
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  hand->send(kClient, dsk_lookup(kWrongDsk));
  for (const Sent& each : hand->take()) EXPECT_EQ(each.to, kClient);
  EXPECT_EQ(server->counters().found, 0U);
  EXPECT_EQ(server->counters().unknown, 1U);
}

TEST_F(ServerKeys, AreComparedWithTheListedOneAtLogin) {
  list_key();
  start();
  EXPECT_EQ(sealed_result_of(dsk_login(kWrongDsk)), "fc000000");
  EXPECT_EQ(sealed_result_of(crc_login()), "fc000000") << "without one";
  hand->send(kDevice, kDeviceLogin);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1110004fc000000"});
  EXPECT_EQ(server->counters().refused, 3U);
  EXPECT_EQ(server->device_count(), 0U);
  const auto told = server->take_event();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->kind, ServerEvent::Kind::refused);
  EXPECT_EQ(told->reason, "device_key");
  EXPECT_FALSE(server->take_event().has_value()) << "of each address once a minute";
  hand->now += 1min;
  EXPECT_EQ(sealed_result_of(dsk_login(kWrongDsk)), "fc000000");
  EXPECT_TRUE(server->take_event().has_value());
  EXPECT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  EXPECT_EQ(server->device_count(), 1U);
}

TEST_F(ServerKeys, AreDueFromWhoeverAsksForAListedDevice) {
  list_key();
  start();
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  EXPECT_EQ(answer_to(kLookup), std::vector<std::string>{kLookupWrongDsk});
  EXPECT_EQ(answer_to(dsk_lookup(kWrongDsk)), std::vector<std::string>{kLookupWrongDsk});
  EXPECT_EQ(answer_to(dsk_lookup(kDsk)).front(), kLookupOk);
  EXPECT_EQ(answer_to(kLookup).front(), kLookupOk) << "it was shown from this address";
  EXPECT_EQ(answer_to(kLookup, kOtherClient), std::vector<std::string>{kLookupWrongDsk});
}

TEST_F(ServerKeys, CountForAMinuteOnceShown) {
  list_key();
  config.login_expiry = 1h;
  start();
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  EXPECT_EQ(answer_to(dsk_lookup(kDsk)).front(), kLookupOk);
  hand->pass(59s);
  EXPECT_EQ(answer_to(kLookup).front(), kLookupOk);
  hand->pass(1s);
  EXPECT_EQ(answer_to(kLookup), std::vector<std::string>{kLookupWrongDsk});
}

TEST_F(ServerKeys, AreRememberedOfTheLastSixteenAddresses) {
  list_key();
  start();
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  for (std::uint8_t i = 1; i <= 17; ++i) {
    hand->now += 1ms;
    EXPECT_EQ(answer_to(dsk_lookup(kDsk), {{192, 0, 2, i}, 40000}).front(), kLookupOk);
  }
  EXPECT_EQ(answer_to(kLookup, {{192, 0, 2, 1}, 40000}).front(), kLookupWrongDsk);
  EXPECT_EQ(answer_to(kLookup, {{192, 0, 2, 2}, 40000}).front(), kLookupOk);
  EXPECT_EQ(answer_to(kLookup, {{192, 0, 2, 17}, 40000}).front(), kLookupOk);
}

TEST_F(ServerKeys, MayBeWantedOfEveryDeviceAndAsker) {
  config.require_dsk = true;
  start();
  hand->send(kDevice, kDeviceLogin);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1110004fc000000"});
  EXPECT_EQ(sealed_result_of(crc_login()), "fc000000");
  EXPECT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  EXPECT_EQ(answer_to(kLookup), std::vector<std::string>{kLookupWrongDsk});
  EXPECT_EQ(answer_to(dsk_lookup(kWrongDsk)), std::vector<std::string>{kLookupWrongDsk});
  EXPECT_EQ(answer_to(dsk_lookup(kDsk)).front(), kLookupOk);
}

TEST_F(ServerKeys, AreTakenFromNoLoginThatIsCutOrSealedUnderAnotherKey) {
  start();
  hand->send(kDevice, dsk_login(kDsk, kDeviceLogin, "another"));
  hand->send(kDevice, dsk_login(""));  // DEV_LGN_DSK without a DSK
  hand->send(kDevice, dsk_login(kDsk).substr(0, 60));
  EXPECT_TRUE(hand->take().empty());
  const auto told = server->take_event();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->reason, "login_key");
  EXPECT_FALSE(told->uid.has_value()) << "it could not be read";
  EXPECT_EQ(server->device_count(), 0U);
  config.crc_key.clear();
  start();
  hand->send(kDevice, dsk_login(kDsk));
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(server->counters().refused, 1U);
}

TEST_F(ServerKeys, AreNotNeededForTheRelayListButAWrongOneGetsNone) {
  list_key();
  config.other_relays = {{{203, 0, 113, 50}, 32100}};
  start();
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  const std::string list = "f1690014010000000002647d327100cb0000000000000000";
  EXPECT_EQ(answer_to("f1670014" + kBatc), std::vector<std::string>{list});
  EXPECT_EQ(answer_to("f16a002c" + kBatc + kDsk), std::vector<std::string>{list});
  EXPECT_TRUE(answer_to("f16a002c" + kBatc + kWrongDsk).empty());
  EXPECT_EQ(answer_to("f16a002c" + numbered(kBatc, 7) + kDsk), std::vector<std::string>{list})
      << "a device that is not here";
}

TEST_F(ServerKeys, TellNoMoreOfUnknownDevicesByTheRelayListThanByLookups) {
  list_key();
  config.other_relays = {{{203, 0, 113, 50}, 32100}};
  config.sources.unknown_per_min = 3;
  start();
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  // Silence says "it is here": who guesses must not be able to tell it from an answer for long.
  std::size_t answered = 0;
  for (unsigned i = 0; i < 10; ++i) {
    answered += answer_to("f16a002c" + numbered(kBatc, i) + kWrongDsk).size();
  }
  EXPECT_EQ(answered, 3U);
}

TEST_F(ServerKeys, AreNoHelpToADeviceThatIsNotOnTheListOfTheAllowed) {
  config.allowed = {uid_of("BATC-609580-HVDCS")};
  start();
  EXPECT_EQ(sealed_result_of(dsk_login(kDsk, numbered(kDeviceLogin, 7))), "ff000000");
  hand->send(kDevice, numbered(kDeviceLogin, 7));
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1110004ff000000"});
  EXPECT_EQ(answer_to("f1200024" + numbered(kBatc, 7) + kLan),
            std::vector<std::string>{"f1210004ff040103"});
  EXPECT_EQ(server->device_count(), 0U);
  EXPECT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  EXPECT_EQ(answer_to(dsk_lookup(kDsk)).front(), kLookupOk);
}

TEST_F(ServerKeys, AllowIdsBesideWholePrefixes) {
  config.allowed = {uid_of("BATC-609580-HVDCS")};
  config.served_prefixes = {"VSTC"};
  start();
  const auto login = [&](const std::string& hex) { return answer_to(hex, kDevice).front(); };
  EXPECT_EQ(login(kDeviceLogin), "f111000400000000");
  EXPECT_EQ(login(numbered(kDeviceLogin, 7)), "f1110004ff000000") << "a known prefix, not this id";
  std::string other = kDeviceLogin;
  other.replace(8, kXha.size(), kXha);
  EXPECT_EQ(login(other), "f1110004fd000000");
  other.replace(8, 8, "56535443");  // VSTC
  EXPECT_EQ(login(other), "f111000400000000");
}

TEST_F(ServerKeys, OfADeviceThatIsAllowedAreStillComparedWithItsCheckCode) {
  config.allowed = {uid_of("BATC-609580-HVDCS")};
  start();
  std::string login = kDeviceLogin;
  login.replace(8, kBatc.size(), kBatcWrongCheck);
  hand->send(kDevice, login);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1110004ff000000"});
}

}  // namespace
}  // namespace cam32100::protocol
