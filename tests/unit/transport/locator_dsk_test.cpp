// Look-ups of a camera that has a device key.
#include "tests/unit/transport/lookup_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace lookup_by_hand;
using ::testing::ElementsAre;

TEST_F(Lookup, ShowsTheDeviceKeyOfACameraThatHasOne) {
  config.servers = {{kFirst, {}}};
  config.dsk = to_dsk("ABCDEFGHIJKLMNOPQRST").value();
  start();
  const auto sent = drain(*locator, kStart);
  ASSERT_THAT(types(sent), ElementsAre(MessageType::HELLO, MessageType::P2P_REQ_DSK));
  const auto& request = sent[1].as<P2pReqDsk>();
  EXPECT_EQ(request.uid, uid());
  EXPECT_EQ(request.lan_address.address, kOurs);
  EXPECT_EQ(request.dsk, *config.dsk);
}

TEST_F(Lookup, AsksWithoutTheDeviceKeyAServerThatMayNotKnowThatForm) {
  config.servers = {{kFirst, {}}};
  config.dsk = to_dsk("ABCDEFGHIJKLMNOPQRST").value();
  start();
  hear(kStart, kFirst, HelloAck{{kMapped, 2}, {}});
  std::vector<MessageType> asked;
  const auto ask_until = [&](Duration end) {
    for (auto at = 0s; at < end; at += 1s) {
      for (const auto type : types(drain(*locator, kStart + at))) asked.push_back(type);
    }
  };
  ask_until(4s);
  using enum MessageType;
  EXPECT_THAT(asked, ElementsAre(P2P_REQ_DSK, P2P_REQ_DSK, P2P_REQ, P2P_REQ_DSK));
  // A server that wants the key says so at once: that is no verdict, the key comes with the next.
  asked.clear();
  start();
  hear(kStart, kFirst, HelloAck{{kMapped, 2}, {}});
  ask_until(3s);
  answer(kFirst, ResultCode::invalid_dsk);
  EXPECT_FALSE(locator->finished());
  EXPECT_THAT(types(drain(*locator, kStart + 3s)), ElementsAre(P2P_REQ_DSK));
  answer(kFirst, ResultCode::invalid_dsk);
  EXPECT_EQ(verdict(), Errc::invalid_dsk);
}

TEST_F(Lookup, StaysWithTheFormThatWasAnswered) {
  config.servers = {{kFirst, {}}};
  config.dsk = to_dsk("ABCDEFGHIJKLMNOPQRST").value();
  start();
  hear(kStart, kFirst, HelloAck{{kMapped, 2}, {}});
  for (auto at = 0s; at < 3s; at += 1s) (void)drain(*locator, kStart + at);
  answer(kFirst, ResultCode::ok);
  EXPECT_THAT(types(drain(*locator, kStart + 3s)), ElementsAre(MessageType::P2P_REQ));
  EXPECT_THAT(types(drain(*locator, kStart + 4s)), ElementsAre(MessageType::P2P_REQ));
}

}  // namespace
}  // namespace cam32100::protocol
