// Input that no honest camera sends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {
namespace {

using ::testing::HasSubstr;

const protocol::Address kStranger{{198, 51, 100, 66}, 32108};

protocol::Bytes encoded(const protocol::Message& message) {
  protocol::Bytes out(protocol::kMaxDatagramBytes);
  out.resize(protocol::encode(message, out).value());
  return out;
}

TEST(Hostile, AFalseIdFromTheCamerasAddressDoesNotSilenceTheCamera) {
  World world{{}};
  const auto other = protocol::Uid::parse("VSTC-654321-ZZZZZ").value();
  ASSERT_TRUE(world.run_until_connected());
  world.supervisor->on_resume(world.net.now(world.us));
  world.net.run_for(310ms);  // the next attempt has just begun
  world.net.inject(kCameraAddress, world.net.address(world.us),
                   encoded(protocol::PunchPkt{.uid = other}));
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(60s);
  EXPECT_EQ(world.session(), CameraSession::connected);
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
}

TEST(Hostile, AStreamThatMakesNoSenseEndsTheSessionAndIsRecoveredFrom) {
  World world{{}};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  // The camera has sent one DRW, the reply to check_user.cgi: this is taken for its second.
  const std::string garbage = "neither a block head nor anything else";
  protocol::Drw next;
  next.index = 1;
  next.data = protocol::as_bytes(garbage);
  world.net.inject(kCameraAddress, world.net.address(world.us), encoded(next));
  const auto generation = world.supervisor->socket_generation();
  world.net.run_for(100ms);
  EXPECT_NE(world.session(), CameraSession::connected);
  EXPECT_THAT(world.status().reason, HasSubstr("bad_reply"));
  ASSERT_TRUE(world.run_until_connected(20s));
  EXPECT_NE(world.supervisor->socket_generation(), generation);
  const JobId job = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.replies.contains(job));
}

TEST(Hostile, AStrangersCloseAndGarbageAreIgnored) {
  World world{{}};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  const std::string garbage(1300, 'x');
  for (int i = 0; i < 500; ++i) {
    world.net.inject(kStranger, world.net.address(world.us), encoded(protocol::Close{}));
    world.net.inject(kStranger, world.net.address(world.us), protocol::as_bytes(garbage));
  }
  world.net.run_for(5s);
  EXPECT_EQ(world.session(), CameraSession::connected);
  EXPECT_GE(world.supervisor->counters().unknown_senders, 500U);
}

TEST(Hostile, AnEventFloodStaysWithinItsQueueAndDropsNoAnswer) {
  World world{{}};
  ASSERT_TRUE(world.run_until_connected());
  world.net.run_for(15s);
  // Nobody takes events meanwhile.
  const auto now = world.net.now(world.us);
  world.supervisor->submit(now, {900, std::nullopt, LookupJob{}});
  for (std::uint16_t port = 1; port < 3000; ++port) {
    world.supervisor->on_datagram(now, {kStranger.ip, port}, encoded(protocol::Close{}));
    protocol::Datagram out;
    while (world.supervisor->take_datagram(now, out)) {
    }
  }
  world.drain();
  EXPECT_LE(world.heard.protocol_events.size(), 600U);
  EXPECT_TRUE(world.heard.failed_with(900, mappings::ErrorCode::lookup_failed));
}

TEST(Hostile, AForgedAnswerUnderOurIdOpensNothingWithoutTheCamerasReply) {
  WorldOptions made;
  made.lan = false;
  made.address = true;
  World world{made};
  world.net.cut_off(world.them);
  // Somebody claims to be the camera; it can be spoken to, but it is honestly reported where it is.
  world.net.inject(kStranger, world.net.address(world.us),
                   encoded(protocol::PunchPkt{.uid = test_uid()}));
  world.net.run_for(5s);
  EXPECT_NE(world.session(), CameraSession::connected) << "PUNCH_PKT alone is no session";
}

TEST(Determinism, SameSeedSameTrace) {
  const auto hash_of = [](std::uint64_t seed) {
    WorldOptions made;
    made.links = {.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 40ms};
    made.server = true;
    World world{made, seed};
    for (int i = 0; i < 20; ++i) {
      (void)world.submit(status_plan());
      world.net.run_for(3s);
    }
    return world.net.trace_hash();
  };
  EXPECT_EQ(hash_of(4), hash_of(4));
  EXPECT_NE(hash_of(4), hash_of(5));
}

}  // namespace
}  // namespace cam32100::bridge::test
