// Anybody can write a sender's address on a datagram: nobody is sent more than came in their name.
#include <random>

#include "server_by_hand.hpp"
#include "tests/unit/transport/relay_wire.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;

const Address kVictim{{192, 0, 2, 99}, 40000};
const Address kAttacker{{203, 0, 113, 66}, 5000};
const Address kRelayOfServer{{198, 51, 100, 1}, 32100};

struct ServerCredit : ServerByHand {
  void SetUp() override {
    config.crc_key = kCrcKey;
    config.relay_address = kRelayOfServer;
    config.other_relays.assign(7, {{198, 51, 100, 9}, 32100});
    config.sources.lookups_per_s = 1e6;
    config.sources.unknown_per_min = 1e6;
  }
  void start_watched() {
    start();
    second = std::make_unique<ByHand>(server->second_socket());
    in = out = others_in = 0;
  }
  void say(std::size_t socket, const Address& from, const std::string& hex) {
    (from.ip == kVictim.ip ? in : others_in) += hex.size() / 2;
    (socket == 0 ? *hand : *second).send(from, hex);
    while (const auto id = server->take_wanted_port()) {
      server->port_opened(hand->now, *id, next_port++);
      last_port = *id;
    }
    for (ByHand* each : {hand.get(), second.get()}) {
      for (const Sent& sent : each->take()) {
        if (sent.to.ip == kVictim.ip) out += sent.hex.size() / 2;
        if (sent.hex.starts_with("f173")) last_word = sent.hex.substr(8, 8);
      }
    }
  }
  void say_who_the_port_is_for(const Address& from) {
    log_in();
    say(0, from,
        request({kRelayOfServer.ip, static_cast<std::uint16_t>(next_port - 1)}, last_word, kBatc));
  }
  // Of every kind that there is, right, damaged and cut short.
  std::string any_message(std::mt19937_64& random) {
    const std::string uid = random() % 3 == 0 ? kBatcWrongCheck
                            : random() % 3 == 0
                                ? numbered(kBatc, static_cast<unsigned>(random() % 8))
                                : kBatc;
    const std::string login = numbered(kDeviceLogin, static_cast<unsigned>(random() % 8));
    const Address way{kRelayOfServer.ip, static_cast<std::uint16_t>(next_port - 1)};
    const std::vector<std::string> messages{"f1000000",
                                            login,
                                            kDeviceLogin,
                                            crc_login(login),
                                            dsk_login(random() % 2 == 0 ? kDsk : kWrongDsk, login),
                                            "f1200024" + uid + kLan,
                                            dsk_lookup(random() % 2 == 0 ? kDsk : kWrongDsk, uid),
                                            "f1670014" + uid,
                                            "f1680000",
                                            "f16a002c" + uid + kDsk,
                                            kHello,
                                            kPort,
                                            request(way, last_word, uid),
                                            request({{198, 51, 100, 9}, 33000}, kWord, uid),
                                            from_client(last_word, uid),
                                            ready(uid),
                                            "f1410014" + uid,
                                            kAlive,
                                            kClose};
    std::string hex = messages[random() % messages.size()];
    switch (random() % 8) {
      case 0:
        hex.resize(2 * (random() % (hex.size() / 2 + 1)));
        break;
      case 1:  // any code with what is the body of another
        hex.replace(2, 2, hex_of({static_cast<unsigned>(random() % 256)}));
        break;
      case 2:
        hex[random() % hex.size()] = "0123456789abcdef"[random() % 16];
        break;
      default:
        break;
    }
    return hex;
  }
  std::unique_ptr<ByHand> second;
  std::size_t in = 0, out = 0, others_in = 0;
  std::uint16_t next_port = 33000;
  std::string last_word = "00000000";
  RendezvousServer::PortId last_port = 0;
};

TEST_F(ServerCredit, IsNeverExceededForASourceThatProvedNothing) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random{seed};
    config.psk = seed % 4 == 0 ? "vstarcam2018" : "";
    config.require_dsk = seed % 5 == 0;
    config.other_relays.resize(random() % 9, {{198, 51, 100, 9}, 32100});
    start_watched();
    say(0, kDevice, kDeviceLogin);
    for (int i = 0; i < 500; ++i) {
      const Address from{kVictim.ip, static_cast<std::uint16_t>(40000 + random() % 3)};
      say(random() % 2, from, any_message(random));
      if (random() % 20 == 0) hand->now += std::chrono::milliseconds{random() % 20'000};
      second->now = hand->now;
      ASSERT_LE(out, in) << "seed " << seed << ", message " << i;
    }
    EXPECT_GT(out, 0U) << "it is answered all the same";
  }
}

// A device is told whoever asks for it, at the expense of who asks.
TEST_F(ServerCredit, IsNeverExceededByWhatOthersSayInAllNames) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random{seed};
    start_watched();
    for (int i = 0; i < 500; ++i) {
      const Address from = random() % 2 == 0 ? kVictim : kAttacker;
      say(random() % 2, from, any_message(random));
      ASSERT_LE(out, in + others_in) << "seed " << seed << ", message " << i;
    }
  }
}

TEST_F(ServerCredit, IsChargedForEveryKindOfAnswer) {
  const std::vector<std::pair<std::string, std::size_t>> kinds{{"f1000000", 20},
                                                               {"f1680000", 136},
                                                               {"f1670014" + kBatc, 136},
                                                               {"f16a002c" + kBatc + kDsk, 136},
                                                               {kHello, 4},
                                                               {kPort, 12}};
  for (const auto& [question, answer_bytes] : kinds) {
    start_watched();
    std::size_t asked = 0;
    while (out == 0 && asked < 100) {
      say(0, kVictim, question);
      ++asked;
    }
    EXPECT_EQ(out, answer_bytes) << question;
    EXPECT_EQ(asked, (answer_bytes + question.size() / 2 - 1) / (question.size() / 2)) << question;
    EXPECT_EQ(server->counters().unpaid, asked - 1) << question;
  }
}

TEST_F(ServerCredit, IsSavedUpToFourKilobytes) {
  start_watched();
  for (int i = 0; i < 10'000; ++i) say(0, kVictim, "f1e00000");
  for (int i = 0; i < 100; ++i) say(0, kVictim, "f1680000");
  EXPECT_LE(out, 4096U + 400U);
  EXPECT_GE(out, 4096U - 136U);
}

TEST_F(ServerCredit, IsNotNeededByAPrivateAddressUnlessTheOwnerSaysSo) {
  const Address home{{192, 168, 1, 5}, 40000};
  start();
  EXPECT_EQ(answer_to("f1680000", home).size(), 1U);
  config.sources.trust_private = false;
  start();
  EXPECT_TRUE(answer_to("f1680000", home).empty());
}

TEST_F(ServerCredit, IsNotNeededByWhoCameToItsRelayedSession) {
  start_watched();
  for (int i = 0; i < 3; ++i) say(0, kVictim, kPort);
  ASSERT_NE(last_word, "00000000");
  say_who_the_port_is_for(kVictim);
  for (int i = 0; i < 3; ++i) say(0, kVictim, "f1680000");
  const std::size_t unpaid = server->counters().unpaid;
  EXPECT_GE(unpaid, 2U);
  Endpoint& port = server->relay_port(last_port);
  port.on_datagram(hand->now, kVictim, ByHand::from_text(from_client(last_word, kBatc)));
  (void)server->port_progressed(hand->now, last_port);
  EXPECT_TRUE(answer_to("f1680000", kVictim).empty()) << "the device is not there yet";
  port.on_datagram(hand->now, kDevice, ByHand::from_text(from_device(last_word, kBatc)));
  (void)server->port_progressed(hand->now, last_port);
  EXPECT_EQ(answer_to("f1680000", kVictim).size(), 1U);
  hand->now += 10min - 1s;
  EXPECT_EQ(answer_to("f1680000", kVictim).size(), 1U);
  hand->now += 1s;
  EXPECT_TRUE(answer_to("f1680000", kVictim).empty());
}

// Its own word, shown in the name of somebody who never got it.
TEST_F(ServerCredit, IsNeededStillByWhomAnAttackerBringsToItsOwnSession) {
  start_watched();
  for (int i = 0; i < 3; ++i) say(0, kAttacker, kPort);
  ASSERT_NE(last_word, "00000000");
  say_who_the_port_is_for(kAttacker);
  Endpoint& port = server->relay_port(last_port);
  port.on_datagram(hand->now, kVictim, ByHand::from_text(from_client(last_word, kBatc)));
  port.on_datagram(hand->now, kAttacker, ByHand::from_text(from_device(last_word, kBatc)));
  (void)server->port_progressed(hand->now, last_port);
  EXPECT_EQ(server->counters().relays_opened, 1U);
  EXPECT_TRUE(answer_to("f1680000", kVictim).empty());
}

// The CRC key is one family's, and what was recorded can be sent again from anywhere.
TEST_F(ServerCredit, IsNeededStillByWhoKnowsTheCrcKey) {
  start_watched();
  ASSERT_EQ(sealed_result_of(crc_login(), kVictim), "00000000");
  ASSERT_EQ(sealed_result_of(dsk_login(kDsk), kVictim), "00000000");
  std::size_t answers = 0;
  for (int i = 0; i < 10; ++i) answers += answer_to("f1680000", kVictim).size();
  EXPECT_LE(answers, 1U) << "of what its logins left over";
}

}  // namespace
}  // namespace cam32100::protocol
