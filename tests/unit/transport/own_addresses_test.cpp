#include "protocol/transport/own_addresses.hpp"

#include <gtest/gtest.h>

namespace cam32100::protocol {
namespace {

const OwnAddresses kOwn{{{192, 168, 1, 2}, {192, 0, 2, 77}}};
const Address kFarServer{{198, 51, 100, 1}, 32100};

TEST(OwnAddresses, HoldAnAddressWhateverItsPort) {
  EXPECT_TRUE(kOwn.hold({{192, 168, 1, 2}, 1}));
  EXPECT_TRUE(kOwn.hold({{192, 0, 2, 77}, 65535}));
  EXPECT_FALSE(kOwn.hold({{192, 168, 1, 3}, 1}));
  EXPECT_FALSE(OwnAddresses{}.hold({{192, 168, 1, 2}, 1}));
}

TEST(OwnAddresses, LetAServerSendUsToOthers) {
  EXPECT_TRUE(may_send_us_to({{203, 0, 113, 9}, 26101}, kFarServer, kOwn));
  EXPECT_TRUE(may_send_us_to({{192, 168, 1, 20}, 32108}, kFarServer, kOwn));
  EXPECT_TRUE(may_send_us_to({kFarServer.ip, 33000}, kFarServer, kOwn));
}

TEST(OwnAddresses, KeepAFarServerFromSendingUsToOurselves) {
  EXPECT_FALSE(may_send_us_to({{192, 168, 1, 2}, 22}, kFarServer, kOwn));
  EXPECT_FALSE(may_send_us_to({{192, 0, 2, 77}, 80}, kFarServer, kOwn));
  EXPECT_FALSE(may_send_us_to({{127, 0, 0, 1}, 1883}, kFarServer, kOwn));
  EXPECT_FALSE(may_send_us_to({{127, 5, 5, 5}, 1883}, kFarServer, kOwn));
  EXPECT_FALSE(may_send_us_to({{127, 0, 0, 1}, 1883}, kFarServer, OwnAddresses{}));
}

TEST(OwnAddresses, LetAServerOfThisHostSendUsToThisHost) {
  for (const Address& server : {Address{{127, 0, 0, 1}, 32100}, Address{{192, 0, 2, 77}, 32100}}) {
    EXPECT_TRUE(may_send_us_to({{127, 0, 0, 1}, 33000}, server, kOwn)) << server.text();
    EXPECT_TRUE(may_send_us_to({{192, 168, 1, 2}, 33000}, server, kOwn)) << server.text();
  }
}

TEST(OwnAddresses, LetNobodySendUsWhereNobodyCanBe) {
  const Address here{{127, 0, 0, 1}, 32100};
  for (const Address& target :
       {Address{{0, 0, 0, 0}, 33000}, Address{{255, 255, 255, 255}, 33000},
        Address{{239, 1, 1, 1}, 33000}, Address{{127, 0, 0, 1}, 0}, Address{{203, 0, 113, 9}, 0}}) {
    EXPECT_FALSE(may_send_us_to(target, kFarServer, kOwn)) << target.text();
    EXPECT_FALSE(may_send_us_to(target, here, kOwn)) << target.text();
  }
}

}  // namespace
}  // namespace cam32100::protocol
