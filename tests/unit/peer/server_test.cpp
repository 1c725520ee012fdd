#include "server_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using RendezvousServerTest = ServerByHand;

TEST_F(RendezvousServerTest, TellsASenderItsOwnAddress) {
  start();
  // The address of capture 41. It has proved nothing, and an answer takes five times the bytes.
  for (int i = 0; i < 4; ++i) hand->send({{178, 51, 37, 37}, 3556}, "f1000000");
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(server->counters().unpaid, 4U);
  hand->send({{178, 51, 37, 37}, 3556}, "f1000000");
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, (Address{{178, 51, 37, 37}, 3556}));
  EXPECT_EQ(sent[0].hex, "f10100100002e40d252533b20000000000000000");
  EXPECT_EQ(server->counters().hellos, 5U);
}

TEST_F(RendezvousServerTest, LogsACapturedDeviceIn) {
  start();
  log_in();
  const auto devices = server->devices();
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].uid.text(), "BATC-609580-HVDCS");
  EXPECT_EQ(devices[0].address, kDevice);
  EXPECT_EQ(devices[0].lan_address, (Address{{192, 168, 40, 101}, 32108}));
}

TEST_F(RendezvousServerTest, IntroducesBothSidesToEachOther) {
  start();
  log_in();
  hand->send(kClient, kLookup);
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0].to, kClient);
  EXPECT_EQ(sent[0].hex, "f121000400040103");  // success, version 4.1.3
  EXPECT_EQ(sent[1].to, kClient);
  EXPECT_EQ(sent[1].hex, "f14000100002f565097100cb0000000000000000");  // 203.0.113.9:26101
  EXPECT_EQ(sent[2].to, kDevice);
  EXPECT_EQ(sent[2].hex, "f14000100002409c0a0200c00000000000000000");  // 192.0.2.10:40000
  EXPECT_EQ(sent[3].to, kDevice);
  EXPECT_EQ(sent[3].hex, "f14000100002409c0501a8c00000000000000000");  // 192.168.1.5:40000
}

TEST_F(RendezvousServerTest, LetsNobodyAimADeviceAtAThirdParty) {
  start();
  log_in();
  // 198.51.100.7:53 is no LAN address, whatever the client says.
  hand->send(kClient, "f1200024" + kBatc + "00023500076433c60000000000000000");
  EXPECT_EQ(hand->take().size(), 3U);
}

TEST_F(RendezvousServerTest, TellsLanAddressesWhenBothAreBehindOneRouter) {
  start();
  log_in();
  log_in();  // what it sent pays for what both are told at their one address
  const Address neighbour{kDevice.ip, 50000};
  hand->send(neighbour, kLookup);
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 5U);
  EXPECT_EQ(sent[1].to, neighbour);
  EXPECT_EQ(sent[1].hex, "f140001000026c7d6528a8c00000000000000000");  // 192.168.40.101:32108
  EXPECT_EQ(sent[4].to, kDevice);
  EXPECT_EQ(sent[4].hex, "f14000100002409c0501a8c00000000000000000");  // 192.168.1.5:40000
}

TEST_F(RendezvousServerTest, NeverPassesOnUnusableLanAddresses) {
  start();
  log_in();
  hand->send({kDevice.ip, 50000}, "f1200024" + kBatc + "00020000000000000000000000000000");
  EXPECT_EQ(hand->take().size(), 4U);  // all but the asker's 0.0.0.0:0
}

TEST_F(RendezvousServerTest, AnswersALookupWithDskLikeAnyOther) {
  start();
  log_in();
  hand->send(kClient, "f1260040" + kBatc + kLan + "02040000" + std::string(48, '0'));
  EXPECT_EQ(hand->take().size(), 4U);
}

TEST_F(RendezvousServerTest, CallsAnUnknownDeviceOffline) {
  start();
  hand->send(kClient, kLookup);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1210004fe040103"});
}

TEST_F(RendezvousServerTest, CallsAWrongCheckCodeInvalid) {
  start();
  log_in();
  hand->send(kClient, "f1200024424154430000000000094d2c4142434445000000" + kLan);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1210004ff040103"});
}

TEST_F(RendezvousServerTest, CallsAPrefixItDoesNotServeInvalid) {
  config.served_prefixes = {"VSTC"};
  start();
  hand->send(kDevice, kDeviceLogin);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1110004fd000000"});
  hand->send(kClient, kLookup);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1210004fd040103"});
  EXPECT_TRUE(server->devices().empty());
  EXPECT_EQ(server->counters().refused, 1U);
}

TEST_F(RendezvousServerTest, RefusesASecondDeviceThatClaimsTheSameSerial) {
  start();
  log_in();
  std::string other = kDeviceLogin;
  other.replace(kDeviceLogin.find("4856444353"), 10, "4142434445");
  hand->send(kOtherClient, other);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1110004ff000000"});
  EXPECT_EQ(server->devices().at(0).address, kDevice);
}

TEST_F(RendezvousServerTest, ForgetsADeviceThatStopsLoggingIn) {
  start();
  log_in();
  EXPECT_EQ(server->deadline(), hand->now + 60s);
  hand->pass(59s);
  EXPECT_EQ(server->devices().size(), 1U);
  hand->pass(1s);
  EXPECT_TRUE(server->devices().empty());
  EXPECT_FALSE(server->deadline().has_value());
  hand->send(kClient, kLookup);
  EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1210004fe040103"});
}

TEST_F(RendezvousServerTest, KeepsADeviceThatGoesOnLoggingInAndFollowsItsAddress) {
  start();
  log_in();
  hand->pass(40s);
  const Address moved{{203, 0, 113, 9}, 30000};
  log_in(moved);
  hand->pass(40s);
  ASSERT_EQ(server->devices().size(), 1U);
  EXPECT_EQ(server->devices()[0].address, moved);
}

TEST_F(RendezvousServerTest, TakesNoMoreDevicesThanItsCap) {
  config.max_devices = 1;
  start();
  log_in();
  std::string second = kDeviceLogin;
  second.replace(kDeviceLogin.find("00094d2c"), 8, "00094d2d");
  hand->send(kOtherClient, second);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(server->counters().refused, 1U);
  hand->pass(60s);  // the first expires: there is room again
  hand->send(kOtherClient, second);
  EXPECT_EQ(hand->take().size(), 1U);
}

TEST_F(RendezvousServerTest, UnderstandsLoginsSealedWithItsCrcKey) {
  config.crc_key = "EUPRAKM";
  start();
  const Bytes body = ByHand::from_text(kDeviceLogin.substr(8));
  hand->send(kDevice, "f112002c" + to_hex(crc_encrypt("EUPRAKM", body)));
  const auto sent = hand->take_hex();
  ASSERT_EQ(sent.size(), 1U);
  ASSERT_TRUE(sent[0].starts_with("f1130008"));
  const auto answer = crc_decrypt("EUPRAKM", ByHand::from_text(sent[0].substr(8)));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(to_hex(*answer), "00000000");
  EXPECT_EQ(server->devices().size(), 1U);
}

TEST_F(RendezvousServerTest, RefusesSealedLoginsItCannotOpen) {
  start();  // no CRC key
  const std::string sealed =
      "f112002c" + to_hex(crc_encrypt("EUPRAKM", ByHand::from_text(kDeviceLogin.substr(8))));
  hand->send(kDevice, sealed);
  EXPECT_EQ(server->counters().refused, 1U);
  config.crc_key = "another";
  start();
  hand->send(kDevice, sealed);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_EQ(server->counters().refused, 1U);
  EXPECT_TRUE(server->devices().empty());
}

TEST_F(RendezvousServerTest, AnswersEachSideInTheFormItAsked) {
  config.psk = "vstarcam2018";
  start();
  ByHand encrypted{*server, Cipher{"vstarcam2018"}};
  encrypted.send(kDevice, kDeviceLogin);
  EXPECT_EQ(encrypted.take_hex(), std::vector<std::string>{"f111000400000000"});
  hand->send(kClient, kLookup);  // plain
  Datagram out;
  std::vector<std::string> to_client, to_device;
  while (server->take_datagram(hand->now, out)) {
    (out.to == kClient ? to_client : to_device).push_back(to_hex(out.view()).substr(0, 8));
  }
  EXPECT_EQ(to_client, (std::vector<std::string>{"f1210004", "f1400010"}));
  ASSERT_EQ(to_device.size(), 2U);
  for (const auto& head : to_device) EXPECT_NE(head, "f1400010");
}

TEST_F(RendezvousServerTest, SaysInvalidOfALookupWhoseUidIsNone) {
  start();
  log_in();
  std::string no_prefix = kBatc;
  no_prefix.replace(0, 2, "30");  // a digit
  const std::string zeros(40, '0'), key(48, '0');
  for (const std::vector<std::string>& parts :
       {std::vector<std::string>{"f1200024", no_prefix, kLan},
        {"f1200024", zeros, kLan},
        {"f1260040", no_prefix, kLan, "02040000", key}}) {
    std::string lookup;
    for (const auto& part : parts) lookup += part;
    hand->send(kClient, lookup);
    EXPECT_EQ(hand->take_hex(), std::vector<std::string>{"f1210004ff040103"}) << lookup;
  }
  EXPECT_EQ(server->counters().lookups, 3U);
  EXPECT_EQ(server->counters().malformed, 3U);
  hand->send(kClient, "f1100028" + no_prefix + std::string(40, '0'));
  EXPECT_TRUE(hand->take().empty()) << "a login is not a look-up";
}

TEST_F(RendezvousServerTest, NeverAnswersGarbage) {
  start();
  const std::vector<std::string> garbage{"",
                                         "f1",
                                         "f10000",
                                         "f2000000",
                                         "f1ff0000",
                                         "f1100028",
                                         "f1200014" + kBatc,
                                         "f1d00006d1000000aabb",
                                         std::string(2000, 'f')};
  for (const auto& hex : garbage) {
    hand->send(kClient, hex);
    EXPECT_TRUE(hand->take().empty()) << hex;
  }
  hand->send({{0, 0, 0, 0}, 1}, "f1000000");
  hand->send({{192, 0, 2, 1}, 0}, "f1000000");
  EXPECT_TRUE(hand->take().empty());
  EXPECT_GE(server->counters().malformed, 6U);
}

TEST_F(RendezvousServerTest, SurvivesEveryTruncationAndCorruption) {
  start();
  for (const auto& hex : {kDeviceLogin, kLookup}) {
    const Bytes whole = ByHand::from_text(hex);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      hand->send_bytes(kClient,
                       Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      EXPECT_TRUE(hand->take().empty()) << size;
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        Bytes damaged = whole;
        damaged[at] = static_cast<std::byte>(value);
        hand->send_bytes(kClient, damaged);
      }
      EXPECT_LE(hand->take().size(), 5U * 256U);
    }
  }
}

}  // namespace
}  // namespace cam32100::protocol
