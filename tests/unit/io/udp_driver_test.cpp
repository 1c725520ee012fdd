#include <set>

#include "tests/unit/io/udp_driver_fixture.hpp"

namespace cam32100::bridge {
namespace {

TEST_F(UdpDriverTest, CarriesDatagramsWithTheirSource) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  const auto driver_b = drive(b);
  a.send(driver_b->local_address(), "hello");
  driver_a->wake();
  ASSERT_TRUE(run_until([&] { return !b.received.empty(); }));
  EXPECT_EQ(b.received.front(), "hello");
  EXPECT_EQ(b.sources.front(), driver_a->local_address());
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverTest, TellsWhereEachOfItsSocketsIsBoundBeforeAnythingLeaves) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_b = drive(b);
  const auto driver_a = drive(a);
  ASSERT_EQ(a.bound.size(), 1U);
  EXPECT_EQ(a.bound.front(), driver_a->local_address());
  a.generation = 2;
  a.send(driver_b->local_address(), "by the new one");
  driver_a->wake();
  ASSERT_TRUE(run_until([&] { return !b.received.empty(); }));
  ASSERT_EQ(a.bound.size(), 2U);
  EXPECT_EQ(b.sources.front(), a.bound.back());
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverTest, ReceivesAllThatIsAtHandBeforeItSends) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  const auto driver_b = drive(b);
  for (int i = 0; i < 20; ++i) a.send(driver_b->local_address(), std::to_string(i));
  b.on_receive = [&] { b.send(a.outgoing.empty() ? driver_a->local_address() : kLoopback, "ack"); };
  driver_a->wake();  // one sendmmsg: all twenty wait in b's socket
  ASSERT_TRUE(run_until([&] { return b.received.size() == 20; }));
  EXPECT_EQ(b.taken_after_receiving.begin()->first, 20U)
      << "an answer left before the batch was read";
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverTest, WakesASessionAtRestOnlyWhenSomethingIsDue) {
  EXPECT_EQ(woken_until_due(700ms, 1100ms), 1);
}

// Moving it for each datagram would cost more than one call in vain.
TEST_F(UdpDriverTest, LeavesTheTimerOfABusySessionWhereItIs) {
  EXPECT_EQ(woken_until_due(200ms, 240ms), 2);
}

TEST_F(UdpDriverTest, SendsMoreThanOneBatch) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  const auto driver_b = drive(b);
  for (int i = 0; i < 100; ++i) a.send(driver_b->local_address(), std::to_string(i));
  driver_a->wake();
  ASSERT_TRUE(run_until([&] { return b.received.size() == 100; }));
  EXPECT_EQ(b.received.back(), "99");
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverTest, OpensANewSocketWhenTheGenerationChanges) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  const auto driver_b = drive(b);
  const auto before = driver_a->local_address();
  a.send(driver_b->local_address(), "old");
  driver_a->wake();
  a.generation = 2;
  a.send(driver_b->local_address(), "new");
  driver_a->wake();
  ASSERT_TRUE(run_until([&] { return b.received.size() == 2; }));
  EXPECT_EQ(b.sources[0], before);
  EXPECT_EQ(b.sources[1], driver_a->local_address());
  EXPECT_NE(b.sources[0], b.sources[1]);
  b.send(driver_a->local_address(), "answer");
  driver_b->wake();
  ASSERT_TRUE(run_until([&] { return !a.received.empty(); })) << "the new socket is not read";
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverTest, CallsTheEndpointAtItsDeadlineAndLetsItMoveEarlier) {
  ScriptedEndpoint a;
  a.due = Clock::now() + 1h;
  const auto driver = drive(a);
  a.due = Clock::now() + 5ms;
  driver->wake();
  EXPECT_TRUE(run_until([&] { return a.fired == 1; }));
  driver->stop();
}

TEST_F(UdpDriverTest, TakesAWakeUpFromWithinProgress) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_b = drive(b);
  std::shared_ptr<UdpDriver> driver_a;
  int rounds = 0;
  driver_a = drive(a, [&] {
    if (driver_a && ++rounds == 1) {
      driver_a->wake();
      a.send(driver_b->local_address(), "from within");
    }
  });
  driver_a->wake();
  EXPECT_EQ(rounds, 2) << "once for the call, once for the wake-up";
  EXPECT_TRUE(run_until([&] { return b.received.size() == 1; }));
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverTest, LeavesTheEndpointAloneOnceStoppedEvenFromWithinProgress) {
  std::shared_ptr<UdpDriver> driver_a;
  auto a = std::make_unique<ScriptedEndpoint>();
  ScriptedEndpoint b;
  const auto driver_b = drive(b);
  bool armed = false;
  driver_a = drive(*a, [&] {
    if (!armed) return;
    driver_a->stop();
    a.reset();  // under ASan a later touch is an error
  });
  a->due = Clock::now() + 1ms;
  armed = true;
  b.send(driver_a->local_address(), "x");
  driver_b->wake();
  ASSERT_TRUE(run_until([&] { return a == nullptr; }));
  // Its last handler has come and gone.
  const std::weak_ptr<UdpDriver> gone = std::exchange(driver_a, nullptr);
  EXPECT_TRUE(run_until([&] { return gone.expired(); }));
  driver_b->stop();
}

TEST_F(UdpDriverTest, SurvivesDatagramsItCannotSend) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  const auto driver_b = drive(b);
  a.send({{127, 0, 0, 1}, 0}, "port 0 is refused by the kernel");
  a.send(driver_b->local_address(), "after it");
  driver_a->wake();
  ASSERT_TRUE(run_until([&] { return b.received.size() == 1; }));
  EXPECT_EQ(driver_a->counters().send_errors, 1U);
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverTest, SaysWhenItsAddressIsTaken) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  EXPECT_THROW(std::make_shared<UdpDriver>(
                   io, batch, b, UdpDriver::Options{driver_a->local_address(), 0, false}, nullptr),
               boost::system::system_error);
  driver_a->stop();
}

}  // namespace
}  // namespace cam32100::bridge
