// Our own client against the camera and the server, over a simulated network.
#include <functional>

#include "by_hand.hpp"
#include "protocol/peer/camera.hpp"
#include "protocol/peer/server.hpp"
#include "protocol/transport/lan_search.hpp"
#include "protocol/transport/session.hpp"
#include "tests/support/sim_network/sim_network.hpp"

namespace cam32100::protocol {
namespace {

const Address kCameraAddress{{192, 0, 2, 63}, 26101};

// A well-formed JPEG's segments around `size` bytes of filling.
Bytes picture_of(std::size_t size) {
  Bytes picture = ByHand::from_text("ffd8ffc0000b0802d0050001011100ffda0008010100003f00");
  picture.resize(size - 2, std::byte{0x12});
  picture.push_back(std::byte{0xFF});
  picture.push_back(std::byte{0xD9});
  return picture;
}

// A session whose channel 0 goes to an exchange.
class Client final : public StreamReceiver {
 public:
  Client(TimePoint now, const CameraConfig& camera, std::uint64_t seed)
      : credentials_{camera.credentials}, session{now, session_config(camera), seed, *this} {}

  void on_stream(TimePoint now, std::uint8_t channel, BytesView bytes) override {
    if (channel == 0) exchange.on_stream(now, bytes);
  }
  void submit(TimePoint now, const std::vector<CgiRequest>& batch) {
    Bytes out;
    ASSERT_TRUE(exchange.submit(now, 1, batch, credentials_, 20s, out).has_value());
    ASSERT_TRUE(session.send(now, 0, out).has_value());
  }
  void take_events() {
    while (const auto event = session.take_event()) {
      if (const auto* ready = std::get_if<Ready>(&*event)) is_ready = *ready;
      if (const auto* over = std::get_if<SessionClosed>(&*event)) closed = *over;
    }
    while (auto event = exchange.take_event()) {
      if (auto* replied = std::get_if<CgiReplied>(&*event)) {
        replies.push_back(std::move(*replied));
      } else {
        ADD_FAILURE() << "an exchange event of kind " << event->index();
      }
    }
  }

 private:
  static SessionConfig session_config(const CameraConfig& camera) {
    SessionConfig config;
    config.uid = camera.uid;
    config.ciphers = {{"plain", {}}, {"configured", Cipher{"vstarcam2018"}}};
    return config;
  }
  Credentials credentials_;

 public:
  CgiExchange exchange;
  std::vector<CgiReplied> replies;
  std::optional<Ready> is_ready;
  std::optional<SessionClosed> closed;
  Session session;
};

struct Conversation : ::testing::Test {
  CameraConfig config;
  void SetUp() override {
    config.uid = uid_of("VSTB-668515-UZCPK");
    config.pictures = {picture_of(150'000)};
  }
  static CgiRequest get(const char* cgi) { return {.cgi = cgi, .parameters = {}}; }
};

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
