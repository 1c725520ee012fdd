// Our own client against a strict camera behind a bad network of its own: keeps every rule,
// whatever is lost.
#include "conversation.hpp"
#include "protocol/peer/rough_network.hpp"

namespace cam32100::protocol {
namespace {

struct RoughConversation : Conversation {
  void SetUp() override {
    Conversation::SetUp();
    config.strict = true;
  }
};

TEST_F(RoughConversation, ReadsEverythingAndBreaksNoRule) {
  const RoughConfig rough{
      .loss = 0.15, .duplicate = 0.1, .reorder = 0.1, .delay = 20ms, .jitter = 30ms};
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    sim::SimNetwork net{seed};
    EmulatedCamera camera{net.now(), config, seed};
    RoughNetwork network{camera, rough, seed};
    Client client{net.now(), config, seed};
    net.attach(network, kCameraAddress);
    client.session.add_candidate(net.now(), kCameraAddress, Path::direct);
    const auto us = net.attach(client.session, kClient, [&](TimePoint) { client.take_events(); });
    ASSERT_TRUE(net.run_until([&] { return client.is_ready.has_value(); }, 8s));
    client.submit(net.now(us), {get("check_user.cgi"), get("snapshot.cgi"), get("get_params.cgi")});
    net.pump(us);
    ASSERT_TRUE(net.run_until([&] { return client.replies.size() == 3; }, 60s));
    EXPECT_EQ(client.replies[1].reply.body, config.pictures[0]);
    net.run_for(5min);
    EXPECT_FALSE(client.closed.has_value());
    EXPECT_FALSE(camera.take_breach().has_value());
    EXPECT_EQ(camera.snapshot().requests, 3U);  // nothing executed twice
    EXPECT_GT(network.counters().lost, 0U);
    EXPECT_EQ(network.counters().overflowed, 0U);
    EXPECT_EQ(net.violations(), 0U);
  }
}

TEST_F(RoughConversation, OutlivesAShortCutAndNotALongOne) {
  sim::SimNetwork net{1};
  EmulatedCamera camera{net.now(), config, 1};
  RoughNetwork network{camera, {}, 1};
  Client client{net.now(), config, 1};
  net.attach(network, kCameraAddress);
  client.session.add_candidate(net.now(), kCameraAddress, Path::direct);
  net.attach(client.session, kClient, [&](TimePoint) { client.take_events(); });
  ASSERT_TRUE(net.run_until([&] { return client.is_ready.has_value(); }, 8s));
  network.cut(net.now() + 5s);
  net.run_for(1min);
  EXPECT_FALSE(client.closed.has_value());
  network.cut(net.now() + 15s);
  ASSERT_TRUE(net.run_until([&] { return client.closed.has_value(); }, 15s));
  EXPECT_EQ(client.closed->code, Errc::timed_out);
  EXPECT_EQ(net.violations(), 0U);
}

}  // namespace
}  // namespace cam32100::protocol
