// What one relayed session may take, and how long it lasts.
#include "relay_port_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using namespace relay_wire;
using RelayPortLimits = RelayPortByHand;

TEST_F(RelayPortLimits, DropsWhatOneSessionSendsBeyondItsBudget) {
  config.limits.session_bytes_per_s = 1000;
  open();
  for (int i = 0; i < 5; ++i) {
    send_bytes(kClient, 150);
    send_bytes(kFromDevice, 150);
  }
  EXPECT_EQ(hand->take().size(), 6U);  // 900 of 1000 bytes, of both directions
  EXPECT_EQ(port->counters().over_budget, 4U);
  hand->now += 500ms;
  for (int i = 0; i < 5; ++i) send_bytes(kClient, 150);
  EXPECT_EQ(hand->take().size(), 4U);
  hand->now += 1min;
  for (int i = 0; i < 10; ++i) send_bytes(kClient, 150);
  EXPECT_EQ(hand->take().size(), 6U) << "nobody saves up more than a second";
}

TEST_F(RelayPortLimits, DropsWhatAllSessionsSendBeyondTheirBudget) {
  all = ByteBudget{TimePoint{1h}, 1000};
  open();
  RelayPort second{TimePoint{1h}, config, all};
  ByHand at_second{second};
  at_second.send(kClient, from_client());
  at_second.send(kFromDevice, from_device());
  at_second.take();
  send_bytes(kClient, 800);
  at_second.send_bytes(kClient, Bytes(800, std::byte{0xD0}));
  EXPECT_EQ(hand->take().size(), 1U);
  EXPECT_TRUE(at_second.take().empty());
  EXPECT_EQ(second.counters().over_budget, 1U);
  EXPECT_EQ(second.counters().bytes, 0U);
}

TEST_F(RelayPortLimits, KeepsNoMoreWaitingThanItsCapAndNothingTooLarge) {
  open();
  for (int i = 0; i < 300; ++i) send_bytes(kClient, 100);
  EXPECT_EQ(hand->take().size(), 256U);
  EXPECT_EQ(port->counters().over_queue, 44U);
  send_bytes(kClient, 1280);
  send_bytes(kClient, 1281);
  EXPECT_EQ(hand->take().size(), 1U);
  EXPECT_EQ(port->counters().over_queue, 45U);
}

// A forged RLY_PORT holds a place no longer than that.
TEST_F(RelayPortLimits, IsOverWhenNobodyShowsItsWordForTwoSeconds) {
  start();
  EXPECT_EQ(port->deadline(), hand->now + 2s);
  hand->send(kThird, kAlive);
  hand->pass(2s);
  EXPECT_TRUE(port->is_over());
}

TEST_F(RelayPortLimits, IsOverWhenNotBothCameInTime) {
  start();
  hand->send(kClient, from_client());
  EXPECT_EQ(port->deadline(), hand->now + 10s);
  for (int i = 0; i < 9; ++i) {
    hand->pass(1s);
    hand->send(kClient, from_client());  // coming again wins no time
    hand->send(kThird, kAlive);
  }
  EXPECT_FALSE(port->is_over());
  hand->pass(1s);
  EXPECT_TRUE(port->is_over());
  EXPECT_FALSE(port->deadline().has_value());
  hand->send(kFromDevice, from_device());
  EXPECT_FALSE(port->is_open());
  EXPECT_TRUE(hand->take().empty());
}

TEST_F(RelayPortLimits, IsOverWhenNothingWasPassedOnForThirtySeconds) {
  open();
  for (int i = 0; i < 5; ++i) {
    hand->pass(29s);
    hand->send(i % 2 == 0 ? kClient : kFromDevice, kAlive);
    EXPECT_EQ(hand->take().size(), 1U);
  }
  hand->pass(15s);
  hand->send(kThird, kAlive);  // a stranger keeps nothing alive
  hand->send(kClient, from_client());
  hand->pass(15s);
  EXPECT_TRUE(port->is_over());
  hand->send(kClient, kAlive);
  EXPECT_TRUE(hand->take().empty());
}

// The session's key is the camera's: the relay is not told it.
TEST_F(RelayPortLimits, IsOverTwoSecondsAfterASideHasLeft) {
  for (const auto& known : known_psks()) {
    for (const char* hex : {"f1f00000", "f1f10000"}) {  // CLOSE, CLOSE_ACK
      all = ByteBudget{TimePoint{1h}, 10'000'000};
      open();
      Bytes goodbye = ByHand::from_text(hex);
      cipher_of(known.psk).encrypt(goodbye);
      hand->send_bytes(kClient, goodbye);
      EXPECT_EQ(hand->take().size(), 1U) << "the other side is told";
      hand->pass(1s);
      hand->send(kFromDevice, kAlive);  // on its way when it was told
      hand->send_bytes(kClient, goodbye);
      EXPECT_EQ(hand->take().size(), 2U);
      EXPECT_FALSE(port->is_over());
      hand->pass(1s);
      EXPECT_TRUE(port->is_over()) << known.psk;
    }
  }
}

TEST_F(RelayPortLimits, GoesOnForASideThatSaysMoreAfterItsGoodbye) {
  open();
  hand->send(kClient, "f1f00000");
  hand->send(kClient, kAlive);
  hand->pass(29s);
  EXPECT_FALSE(port->is_over());
}

TEST_F(RelayPortLimits, HearsNobodyAtAnUnusableAddress) {
  start();
  hand->send({{0, 0, 0, 0}, 1}, from_client());
  hand->send({{255, 255, 255, 255}, 1}, from_device());
  hand->send({kClient.ip, 0}, from_client());
  EXPECT_FALSE(port->client().has_value());
  EXPECT_FALSE(port->device().has_value());
}

}  // namespace
}  // namespace cam32100::protocol
