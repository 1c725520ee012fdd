// A day of virtual time on a bad network, fifty times.
#include "tests/sim/transport/conversation_on_a_network.hpp"

namespace cam32100::sim {
namespace {

using namespace std::chrono_literals;

TEST(SessionForADay, DeliversAMessageAMinuteOnceAndInOrderOnABadNetwork) {
  for (const auto seed : seeds(50)) {
    SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
    protocol::SessionConfig config;
    config.channel.first_index = 0xFF00;  // wraps within the first hours
    Conversation talk{
        seed, {.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 80ms}, config};
    ASSERT_TRUE(talk.open());
    for (int minute = 0; minute < 24 * 60; ++minute) {
      talk.say(0, "command " + std::to_string(minute) + ";");
      talk.hear(0, "reply " + std::to_string(minute) + std::string(talk.net.random(2500), '.'));
      talk.net.run_for(1min);
      ASSERT_EQ(talk.session.state(), protocol::Session::State::ready) << "minute " << minute;
    }
    EXPECT_TRUE(talk.net.run_until([&] { return talk.all_arrived(); }, 60s));
    talk.expect_everything_once_in_order();
    EXPECT_LE(talk.net.peak("session"), config.channel.max_queued_bytes);
    EXPECT_LE(talk.net.peak("device"), config.channel.max_queued_bytes);
    EXPECT_EQ(talk.session.counters().dropped_events, 0U);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace cam32100::sim
