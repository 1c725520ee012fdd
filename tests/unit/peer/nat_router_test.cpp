#include "protocol/peer/nat_router.hpp"

#include <set>

#include "camera_by_hand.hpp"

namespace cam32100::protocol {
namespace {

const char* const kServerOk = "f111000400000000";
const char* const kClientAtTheDoor =
    "f14000100002409c0a0200c00000000000000000";  // 192.0.2.10:40000

struct RoutedCamera : CameraByHand {
  std::optional<NatRouter> router;
  TimePoint now{1h};

  void start_behind(NatKind kind) {
    config.servers = {{kServer, {}}};
    start();
    router.emplace(*camera, kind);
    hand = std::make_unique<ByHand>(*router);
  }
  static void send(Endpoint& endpoint, TimePoint when, const Address& from, const char* hex) {
    endpoint.on_datagram(when, from, ByHand::from_text(hex));
  }
  std::vector<NatRouter::DoorId> wanted() {
    router->sort(now);
    std::vector<NatRouter::DoorId> all;
    while (const auto id = router->take_wanted_door()) all.push_back(*id);
    return all;
  }
  std::vector<Sent> taken(NatRouter::DoorId id) {
    std::vector<Sent> all;
    Datagram out;
    while (router->door(id).take_datagram(now, out)) all.push_back({out.to, to_hex(out.view())});
    return all;
  }
};

TEST_F(RoutedCamera, HearsOnlyThoseItWroteTo) {
  start_behind(NatKind::port_restricted);
  hand->send(kClient, kLanSearch);
  hand->send(kClient, kPunch);
  const auto sent = hand->take();
  ASSERT_EQ(sent.size(), 2U) << "its login alone";
  EXPECT_EQ(sent[1].to, kServer);
  EXPECT_EQ(router->counters().refused, 2U);
  hand->send(kServer, kServerOk);
  EXPECT_TRUE(camera->snapshot().logged_in);
  hand->send(kServer, kClientAtTheDoor);  // it punches the client, which opens the way
  EXPECT_GE(count(hand->take(), kPunch), 1U);
  hand->send(kClient, kPunch);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
  EXPECT_EQ(count(hand->take(), kReady), 1U);
  Address neighbour = kClient;
  ++neighbour.port;
  hand->send(neighbour, kClose);
  EXPECT_EQ(router->counters().refused, 3U);
}

TEST_F(RoutedCamera, HearsEveryPortOfAHostItWroteToBehindARestrictedRouter) {
  start_behind(NatKind::restricted);
  EXPECT_EQ(hand->take().size(), 2U);
  hand->send({kServer.ip, 4242}, kPunch);
  EXPECT_EQ(router->counters().refused, 0U);
  hand->send(kClient, kPunch);
  EXPECT_EQ(router->counters().refused, 1U);
}

TEST_F(RoutedCamera, HearsAnybodyBehindAFullConeOnceItWroteToSomebody) {
  start_behind(NatKind::full_cone);
  hand->send(kClient, kPunch);
  EXPECT_EQ(router->counters().refused, 1U) << "there is no port yet";
  EXPECT_EQ(hand->take().size(), 2U);
  hand->send(kClient, kPunch);
  EXPECT_EQ(camera->snapshot().sessions, 1U);
}

TEST_F(RoutedCamera, HasAPortForEachThatItWritesToBehindASymmetricRouter) {
  start_behind(NatKind::symmetric);
  EXPECT_TRUE(hand->take().empty()) << "nothing leaves by the first socket";
  const auto to_server = wanted();
  ASSERT_EQ(to_server.size(), 1U);
  EXPECT_TRUE(router->has_datagrams(to_server[0]));
  EXPECT_EQ(taken(to_server[0]).size(), 2U);
  EXPECT_FALSE(router->has_datagrams(to_server[0]));
  send(router->door(to_server[0]), now, kServer, kServerOk);
  EXPECT_TRUE(camera->snapshot().logged_in);
  send(router->door(to_server[0]), now, kServer, kClientAtTheDoor);
  const auto to_client = wanted();
  ASSERT_EQ(to_client.size(), 1U);
  EXPECT_EQ(taken(to_client[0]).at(0).to, kClient);
  EXPECT_TRUE(wanted().empty()) << "once for each";
}

TEST_F(RoutedCamera, LetsNobodyElseUseAPortOfASymmetricRouter) {
  start_behind(NatKind::symmetric);
  const auto to_server = wanted();
  ASSERT_EQ(to_server.size(), 1U);
  send(router->door(to_server[0]), now, kClient, kPunch);  // he was told this port by the server
  hand->send(kClient, kPunch);
  EXPECT_EQ(camera->snapshot().sessions, 0U);
  EXPECT_EQ(router->counters().refused, 2U);
}

TEST_F(RoutedCamera, KeepsTheContractOfAnEndpoint) {
  for (const auto kind : {NatKind::port_restricted, NatKind::symmetric}) {
    start_behind(kind);
    hand->pass(1min);  // fails where a deadline does not move on
  }
  // Nobody took what waits at the door: it has its cap.
  router->sort(hand->now);
  EXPECT_EQ(router->counters().dropped, 0U);
}

// Whatever it is told to write to, in numbers.
struct Talkative final : Endpoint {
  std::deque<Address> targets;
  void on_datagram(TimePoint, const Address&, BytesView) override {}
  void on_time(TimePoint) override {}
  [[nodiscard]] std::optional<TimePoint> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool take_datagram(TimePoint, Datagram& out) override {
    if (targets.empty()) return false;
    out.to = targets.front();
    out.size = 4;
    targets.pop_front();
    return true;
  }
};

TEST(NatRouterCaps, ClosesTheLeastRecentlyUsedPortAndSaysSo) {
  Talkative inner;
  NatRouter router{inner, NatKind::symmetric};
  const auto target = [](std::size_t i) {
    return Address{{192, 0, 2, 1}, static_cast<std::uint16_t>(1000 + i)};
  };
  for (std::size_t i = 0; i < NatRouter::kMost; ++i) inner.targets.push_back(target(i));
  inner.targets.push_back(target(0));
  inner.targets.push_back(target(999));
  router.sort(TimePoint{});
  const auto closed = router.take_closed_door();
  ASSERT_TRUE(closed.has_value());
  EXPECT_FALSE(router.take_closed_door().has_value());
  EXPECT_FALSE(router.has_datagrams(*closed));
  std::set<Address> left;
  while (const auto id = router.take_wanted_door()) {
    Datagram out;
    ASSERT_TRUE(router.door(*id).take_datagram(TimePoint{}, out));
    left.insert(out.to);
  }
  EXPECT_EQ(left.size(), NatRouter::kMost);
  EXPECT_TRUE(left.contains(target(0)) && left.contains(target(999)));
  EXPECT_FALSE(left.contains(target(1)));
}

TEST(NatRouterCaps, DropsWhatNobodyTakesFromADoor) {
  Talkative inner;
  NatRouter router{inner, NatKind::symmetric};
  for (std::size_t i = 0; i < NatRouter::kMostWaiting + 5; ++i) inner.targets.push_back(kClient);
  router.sort(TimePoint{});
  EXPECT_EQ(router.counters().dropped, 5U);
}

}  // namespace
}  // namespace cam32100::protocol
