// Our own client against the camera and the server, over a simulated network.
#include "conversation.hpp"

#include "protocol/peer/server.hpp"
#include "protocol/transport/lan_search.hpp"

namespace cam32100::protocol {
namespace {

TEST_F(Conversation, ReadsEverythingOverABadNetwork) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    for (const char* psk : {"", "vstarcam2018"}) {
      SCOPED_TRACE(::testing::Message() << "seed " << seed << " psk '" << psk << '\'');
      config.psk = psk;
      sim::SimNetwork net{seed, {.loss = 0.1, .duplicate = 0.05, .delay = 20ms, .jitter = 30ms}};
      EmulatedCamera camera{net.now(), config, seed};
      Client client{net.now(), config, seed};
      net.attach(camera, kCameraAddress);
      client.session.add_candidate(net.now(), kCameraAddress, Path::direct);
      const auto us = net.attach(client.session, kClient, [&](TimePoint) { client.take_events(); });
      ASSERT_TRUE(net.run_until([&] { return client.is_ready.has_value(); }, 8s));
      client.submit(net.now(us),
                    {get("check_user.cgi"), get("get_status.cgi"), get("get_params.cgi"),
                     get("snapshot.cgi"), get("get_camera_params.cgi")});
      net.pump(us);
      ASSERT_TRUE(net.run_until([&] { return client.replies.size() == 5; }, 60s));
      EXPECT_EQ(client.replies[3].reply.body, config.pictures[0]);
      EXPECT_EQ(parse_cgi_text(client.replies[0].reply.body).result(), 0);
      EXPECT_EQ(camera.snapshot().requests, 5U);  // nothing executed twice
      EXPECT_EQ(net.violations(), 0U);
    }
  }
}

TEST_F(Conversation, OpensByVariantBToo) {
  config.punch_variant_ready = true;
  sim::SimNetwork net{1};
  EmulatedCamera camera{net.now(), config, 1};
  Client client{net.now(), config, 1};
  net.attach(camera, kCameraAddress);
  client.session.add_candidate(net.now(), kCameraAddress, Path::direct);
  net.attach(client.session, kClient, [&](TimePoint) { client.take_events(); });
  ASSERT_TRUE(net.run_until([&] { return client.is_ready.has_value(); }, 8s));
  EXPECT_TRUE(client.is_ready->ready_variant);
}

TEST_F(Conversation, StaysOpenThroughAnIdleHour) {
  sim::SimNetwork net{1};
  EmulatedCamera camera{net.now(), config, 1};
  Client client{net.now(), config, 1};
  net.attach(camera, kCameraAddress);
  client.session.add_candidate(net.now(), kCameraAddress, Path::direct);
  net.attach(client.session, kClient, [&](TimePoint) { client.take_events(); });
  net.run_for(1h);
  EXPECT_FALSE(client.closed.has_value());
  EXPECT_EQ(camera.snapshot().sessions, 1U);
}

TEST_F(Conversation, SeesARebootAsACloseOfTheCamera) {
  sim::SimNetwork net{1};
  EmulatedCamera camera{net.now(), config, 1};
  Client client{net.now(), config, 1};
  net.attach(camera, kCameraAddress);
  client.session.add_candidate(net.now(), kCameraAddress, Path::direct);
  const auto us = net.attach(client.session, kClient, [&](TimePoint) { client.take_events(); });
  ASSERT_TRUE(net.run_until([&] { return client.is_ready.has_value(); }, 8s));
  client.submit(net.now(us), {get("reboot.cgi")});
  net.pump(us);
  ASSERT_TRUE(net.run_until([&] { return client.closed.has_value(); }, 5s));
  EXPECT_EQ(client.replies.size(), 1U);  // answered before it went down
  EXPECT_EQ(client.closed->code, Errc::closed_by_peer);
}

TEST_F(Conversation, GivesUpOnASilentlyFullCamera) {
  config.max_sessions = 0;
  sim::SimNetwork net{1};
  EmulatedCamera camera{net.now(), config, 1};
  Client client{net.now(), config, 1};
  net.attach(camera, kCameraAddress);
  client.session.add_candidate(net.now(), kCameraAddress, Path::direct);
  net.attach(client.session, kClient, [&](TimePoint) { client.take_events(); });
  ASSERT_TRUE(net.run_until([&] { return client.closed.has_value(); }, 30s));
  EXPECT_EQ(client.closed->code, Errc::timed_out);
}

TEST_F(Conversation, MeetsThroughTheRendezvousServer) {
  sim::SimNetwork net{1};
  RendezvousServer server{net.now(), {}};
  config.servers = {{kServer, {}}};
  config.lan_address.address = {{192, 168, 1, 63}, 26101};
  EmulatedCamera camera{net.now(), config, 1};
  net.attach(server, kServer);
  net.attach(camera, kCameraAddress);
  ASSERT_TRUE(net.run_until([&] { return camera.snapshot().logged_in; }, 5s));

  LocatorConfig wanted;
  wanted.servers = config.servers;
  wanted.uid = config.uid;
  wanted.lan_address.address = {{192, 168, 9, 9}, 40000};
  Locator locator{net.now(), wanted, 1};
  std::optional<Address> found;
  std::optional<LookupFinished> finished;
  net.attach(locator, kOtherClient, [&](TimePoint) {
    while (const auto event = locator.take_event()) {
      if (const auto* candidate = std::get_if<CandidateFound>(&*event)) found = candidate->address;
      if (const auto* over = std::get_if<LookupFinished>(&*event)) finished = *over;
    }
  });
  ASSERT_TRUE(net.run_until([&] { return finished.has_value(); }, 10s));
  EXPECT_FALSE(finished->error.has_value());
  EXPECT_EQ(found, kCameraAddress);
}

TEST_F(Conversation, IsFoundOnTheLan) {
  config.psk = "vstarcam2018";
  sim::SimNetwork net{1};
  EmulatedCamera camera{net.now(), config, 1};
  net.listen_lan(net.attach(camera, kCameraAddress));
  LanSearchConfig wanted;
  wanted.targets = {{{255, 255, 255, 255}, kLanPort}};
  wanted.ciphers = {{"plain", {}}, {"vstarcam2018", Cipher{"vstarcam2018"}}};
  LanSearch search{net.now(), wanted};
  std::optional<CameraFound> found;
  net.attach(search, kClient, [&](TimePoint) {
    while (auto each = search.take_found()) found = each;
  });
  ASSERT_TRUE(net.run_until([&] { return found.has_value(); }, 5s));
  EXPECT_EQ(found->uid, config.uid);
  EXPECT_EQ(found->address, kCameraAddress);
  EXPECT_EQ(found->cipher_name, "vstarcam2018");
}

}  // namespace
}  // namespace cam32100::protocol
