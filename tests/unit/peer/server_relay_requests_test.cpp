// RLY_REQ: whom the server sends to which relay, and whom not.
#include "server_as_relay.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using ServerRelayRequests = ServerAsRelay;

TEST_F(ServerRelayRequests, SendDeviceAndClientToTheirOwnPort) {
  start();
  log_in();
  const std::string word = allocate(kHome);
  hand->send(kHome, request(kGivenWay, word, kBatc));
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].to, kHome);
  EXPECT_EQ(sent[0].hex, kRequestOk);
  EXPECT_EQ(sent[1].to, kDevice);
  EXPECT_EQ(sent[1].hex, told(kGivenWay, word));
  EXPECT_EQ(sent[2].to, kHome);
  EXPECT_EQ(sent[2].hex, told(kGivenWay, word));
}

TEST_F(ServerRelayRequests, SendThemToAListedRelayWithWhateverWord) {
  start();
  log_in();
  hand->send(kHome, request({kFriend.ip, 40100}, "01020304", kBatc));
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[1].hex, told({kFriend.ip, 40100}, "01020304"));
}

TEST_F(ServerRelayRequests, SendNobodyElsewhere) {
  start();
  log_in();
  const std::string word = allocate(kHome);
  const std::string other_word = word == kWord ? "00000000" : kWord;
  for (const std::string& each :
       {request(kGivenWay, other_word, kBatc), request({kOurRelay.ip, 33001}, word, kBatc),
        request({{203, 0, 113, 66}, kGiven}, word, kBatc), request({kOurRelay.ip, 0}, word, kBatc),
        request({{0, 0, 0, 0}, kGiven}, word, kBatc), request({kFriend.ip, 0}, word, kBatc)}) {
    hand->send(kHome, each);
    EXPECT_TRUE(hand->take().empty()) << each;
  }
  EXPECT_EQ(server->counters().relays_refused, 6U);
}

TEST_F(ServerRelayRequests, SendNobodyToAPortThatIsNotOpenYet) {
  start();
  log_in();
  EXPECT_TRUE(answer_to(kPort, kHome).empty());
  hand->send(kHome, request({kOurRelay.ip, 0}, "00000000", kBatc));
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(ServerRelayRequests, SendNoOtherDeviceToAPortThatOneIsExpectedAt) {
  start();
  log_in();
  hand->send(kOtherClient, numbered(kDeviceLogin, 7));
  hand->take();
  const std::string word = allocate(kHome);
  hand->send(kHome, request(kGivenWay, word, kBatc));
  EXPECT_EQ(hand->take().size(), 3U);
  hand->send(kHome, request(kGivenWay, word, numbered(kBatc, 7)));
  EXPECT_TRUE(hand->take().empty());
  hand->send(kHome, request(kGivenWay, word, kBatc));  // the right one may be told again
  EXPECT_EQ(hand->take().size(), 3U);
  arrive(kOtherClient, from_device(word, numbered(kBatc, 7)));
  EXPECT_FALSE(server->relay_sessions()[0].device.has_value());
}

TEST_F(ServerRelayRequests, SendNobodyToASessionThatIsOver) {
  start();
  log_in();
  const std::string word = allocate(kHome);
  hand->pass(config.relay.opening_time);
  server->relay_port(ports[0]).on_time(hand->now);
  hand->send(kHome, request(kGivenWay, word, kBatc));
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(ServerRelayRequests, SayWhyADeviceCannotBeSent) {
  config.served_prefixes = {"BATC"};
  start();
  log_in();
  const std::string word = allocate(kHome);
  const auto refusal = [&](const std::string& uid) {
    return answer_to(request(kGivenWay, word, uid), kHome);
  };
  EXPECT_EQ(refusal(numbered(kBatc, 7)), std::vector<std::string>{"f1810004fe000000"});
  EXPECT_EQ(refusal(kBatcWrongCheck), std::vector<std::string>{"f1810004ff000000"});
  EXPECT_EQ(refusal(kXha), std::vector<std::string>{"f1810004fd000000"});
}

TEST_F(ServerRelayRequests, SendADeviceWithAKeyOnlyAtTheWordOfWhoShowedIt) {
  config.crc_key = kCrcKey;
  config.dsks[uid_of("BATC-609580-HVDCS")] = dsk_of(kDsk);
  start();
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk)), "00000000");
  const std::string word = allocate(kHome);
  const std::string asked = request(kGivenWay, word, kBatc);
  EXPECT_EQ(answer_to(asked, kHome), std::vector<std::string>{"f1810004fc000000"});
  EXPECT_TRUE(answer_to("f16a002c" + kBatc + kWrongDsk, kHome).empty());
  EXPECT_EQ(answer_to(asked, kHome), std::vector<std::string>{"f1810004fc000000"});
  EXPECT_EQ(answer_to("f16a002c" + kBatc + kDsk, kHome).size(), 1U);
  EXPECT_EQ(answer_to(asked, kHome), (std::vector<std::string>{kRequestOk, told(kGivenWay, word)}));
}

TEST_F(ServerRelayRequests, AreWhatOpensASession) {
  start();
  log_in();
  (void)allocate(kHome);
  const std::string word = allocate({kHome.ip, 40001});
  arrive(kHome, from_client(word, kBatc));
  arrive(kDevice, from_device(word, kBatc));
  EXPECT_EQ(server->counters().relays_opened, 0U);
}

TEST_F(ServerRelayRequests, AreNotNeededOfDevicesWithoutAKeyWhereOtherServersArrangeThem) {
  config.relay_for_others = true;
  config.served_prefixes = {"BATC"};
  config.crc_key = kCrcKey;
  config.dsks[uid_of("BATC-609580-HVDCS")] = dsk_of(kDsk);
  start();
  const auto opens = [&](const std::string& uid, std::uint16_t port) {
    const auto before = server->counters().relays_opened;
    const Address from{kHome.ip, port};
    const std::string word = allocate(from, port);
    arrive(from, from_client(word, uid));
    arrive(kDevice, from_device(word, uid));
    return server->counters().relays_opened > before;
  };
  EXPECT_TRUE(opens(numbered(kBatc, 7), 41000));
  EXPECT_FALSE(opens(kBatc, 41001)) << "its key was not shown";
  EXPECT_FALSE(opens(kXha, 41002)) << "another prefix";
}

TEST_F(ServerRelayRequests, TellWhatTheirSessionsDid) {
  start();
  log_in();
  const std::string word = allocate(kHome);
  open_session(word);
  Endpoint& port = server->relay_port(ports[0]);
  port.on_datagram(hand->now, kHome, ByHand::from_text("f1e00000"));
  const auto sessions = server->relay_sessions();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].uid, uid_of("BATC-609580-HVDCS"));
  EXPECT_EQ(sessions[0].client, kHome);
  EXPECT_EQ(sessions[0].device, kDevice);
  EXPECT_EQ(sessions[0].counters.bytes, 4U);
  EXPECT_EQ(server->counters().relay_bytes, 0U) << "it is not over";
  server->forget_port(ports[0]);
  EXPECT_EQ(server->counters().relay_bytes, 4U);
  EXPECT_EQ(server->counters().relay_datagrams, 1U);
  EXPECT_TRUE(server->relay_sessions().empty());
  server->forget_port(ports[0]);  // and once more is nothing
}

}  // namespace
}  // namespace cam32100::protocol
