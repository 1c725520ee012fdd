// Logins that the CRC key seals, with and without a device key; a server of ours judges them.
#include "camera_by_hand.hpp"
#include "protocol/peer/server.hpp"

namespace cam32100::protocol {
namespace {

constexpr const char* kKey = "EUPRAKM";
// XHA-000994-KMMEB, NT 0, version 4.1.3, 192.168.1.63:32108: the payload of its DEV_LGN.
const std::string kPayload =
    "5848410000000000000003e24b4d4d45420000000004010300026c7d3f01a8c00000000000000000";
const Address kCamera{{203, 0, 113, 9}, 26101};

std::string opened(const std::string& datagram, const char* key = kKey) {
  const auto plain = crc_decrypt(key, ByHand::from_text(datagram.substr(8)));
  return plain ? to_hex(*plain) : "not to be opened";
}
std::string sealed_answer(const std::string& plain, const char* key = kKey) {
  const Bytes sealed = crc_encrypt(key, ByHand::from_text(plain));
  return "f1130008" + to_hex(sealed);
}

struct SealedLogin : CameraByHand {
  ServerConfig server_config;

  void SetUp() override {
    config.servers = {{kServer, {}}};
    config.lan_address.address = {{192, 168, 1, 63}, 32108};
    config.crc_key = kKey;
    server_config.crc_key = kKey;
  }
  void with_dsk(const char* text) {
    const auto dsk = to_dsk(text);
    ASSERT_TRUE(dsk.has_value());
    config.dsk = *dsk;
  }
  std::string login() {
    start();
    const auto sent = hand->take_hex();
    if (sent.size() == 2U && sent[0] == "f1000000") return sent[1];
    ADD_FAILURE() << sent.size() << " datagrams";
    return "f1100000";
  }
  // What becomes of the camera when a server of ours gets its login.
  bool gets_in() {
    start();
    RendezvousServer server{TimePoint{1h}, server_config};
    for (int round = 0; round < 8; ++round) {  // the first answers have to be paid for
      Datagram datagram;
      while (camera->take_datagram(hand->now, datagram))
        server.on_datagram(hand->now, kCamera, datagram.view());
      while (server.take_datagram(hand->now, datagram))
        camera->on_datagram(hand->now, kServer, datagram.view());
      hand->now += 2s;
      camera->on_time(hand->now);
    }
    return camera->snapshot().logged_in;
  }
};

TEST_F(SealedLogin, HasThePayloadOfAPlainOneUnderTheKey) {
  const auto sent = login();
  EXPECT_EQ(sent.substr(0, 8), "f112002c");
  EXPECT_EQ(opened(sent), kPayload);
}

TEST_F(SealedLogin, HasTheDeviceKeyBehindItInItsFieldOfTwentyFour) {
  with_dsk("ABCDEFGHIJKLMNOPQRST");
  const auto sent = login();
  EXPECT_EQ(opened(sent), kPayload + "4142434445464748494a4b4c4d4e4f505152535400000000");
  const auto packet = decode(ByHand::from_text(sent));
  ASSERT_TRUE(packet.has_value());
  EXPECT_TRUE(std::holds_alternative<DevLgnDsk>(packet->message));
}

TEST_F(SealedLogin, GoesPlainWhenThereIsADeviceKeyAlone) {
  config.crc_key.clear();
  with_dsk("ABCDEFGHIJKLMNOPQRST");
  EXPECT_EQ(login(), "f1100028" + kPayload);
}

TEST_F(SealedLogin, IsAnsweredUnderTheKey) {
  login();
  hand->send(kServer, sealed_answer("00000000", "another"));
  EXPECT_FALSE(camera->snapshot().logged_in) << "what the key does not open is no answer";
  hand->send(kServer, sealed_answer("fd000000"));
  EXPECT_FALSE(camera->snapshot().logged_in);
  hand->send(kOtherClient, sealed_answer("00000000"));
  EXPECT_FALSE(camera->snapshot().logged_in);
  hand->send(kServer, sealed_answer("00000000"));
  EXPECT_TRUE(camera->snapshot().logged_in);
}

TEST_F(SealedLogin, MeansNothingToACameraWithoutTheKey) {
  config.crc_key.clear();
  start();
  hand->take();
  hand->send(kServer, sealed_answer("00000000", ""));
  EXPECT_FALSE(camera->snapshot().logged_in);
}

TEST_F(SealedLogin, OpensAServerThatHasTheSameKey) {
  EXPECT_TRUE(gets_in());
  server_config.crc_key = "another";
  EXPECT_FALSE(gets_in());
}

TEST_F(SealedLogin, OpensAServerThatWantsThisDevicesKey) {
  with_dsk("RIGHT");
  server_config.require_dsk = true;
  server_config.dsks = {{config.uid, *config.dsk}};
  EXPECT_TRUE(gets_in());
  with_dsk("WRONG");
  EXPECT_FALSE(gets_in());
  config.dsk.reset();
  EXPECT_FALSE(gets_in());
}

}  // namespace
}  // namespace cam32100::protocol
