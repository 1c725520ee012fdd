// Sessions that go through a relay: how they give way to direct ones, and how they end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "protocol/transport/sealing.hpp"
#include "tests/sim/core/nat_world.hpp"

namespace cam32100::bridge::test {
namespace {

using mappings::ErrorCode;
using protocol::Path;
using ::testing::HasSubstr;

// Nothing passes between the two but what the relay carries.
class Relayed : public ::testing::Test {
 protected:
  explicit Relayed(NatWorldOptions options = {}) : world{std::move(options)} {
    world.net.cut(world.us, world.them);
  }
  void connect() {
    ASSERT_TRUE(world.run_until_connected());
    ASSERT_EQ(world.status().path, Path::relay);
  }
  // Reads without a pause until `done`; how many were asked for.
  std::size_t read_until(const std::function<bool()>& done, Duration limit) {
    std::size_t asked = 0;
    const TimePoint end = world.net.now() + limit;
    while (!done() && world.net.now() < end) {
      (void)world.submit(status_plan());
      ++asked;
      world.net.run_for(100ms);
    }
    EXPECT_TRUE(done());
    world.net.run_for(10s);  // for the answers under way
    return asked;
  }

  NatWorld world;
};

TEST_F(Relayed, ShowEachRungInTheStateAndInTheAnswer) {
  const JobId job = world.submit({0, std::nullopt, ConnectJob{}});
  ASSERT_TRUE(world.run_until_answered(job));
  ASSERT_TRUE(world.heard.connects.contains(job));
  const auto& answer = world.heard.connects.at(job);
  EXPECT_EQ(answer.path, Path::relay);
  ASSERT_EQ(answer.attempts.size(), 3U) << answer.attempts.dump(2);
  EXPECT_EQ(answer.attempts[0]["stage"], "lookup");
  EXPECT_EQ(answer.attempts[0]["result"], "ok");
  EXPECT_EQ(answer.attempts[1]["stage"], "punch");
  EXPECT_EQ(answer.attempts[1]["result"], "no_answer");
  EXPECT_EQ(answer.attempts[2]["stage"], "relay");
  EXPECT_EQ(answer.attempts[2]["result"], "opened");
  EXPECT_EQ(answer.attempts[2]["relay"], "203.0.113.5:32100");
  EXPECT_TRUE(std::any_of(world.history.begin(), world.history.end(), [](const auto& status) {
    return status.search.dump().find(R"("stage":"relay")") != std::string::npos;
  }));
  EXPECT_TRUE(world.status().search.is_null()) << "it is found";
}

// Server and relay are one host here: a way that was punched there is not the one that opened.
TEST_F(Relayed, CallNoPunchedPlaceTheOneThatOpened) {
  world.supervisor->submit(world.net.now(world.us), {77, std::nullopt, ConnectJob{}});
  connect();
  const JobId job = world.submit({0, std::nullopt, ConnectJob{}});
  ASSERT_TRUE(world.run_until_answered(job));
  EXPECT_TRUE(world.heard.connects.at(job).already);
  std::size_t opened = 0;
  for (const auto& attempt : world.heard.connects.at(job).attempts)
    opened += attempt["result"] == "opened" ? 1U : 0U;
  EXPECT_EQ(opened, 1U);
}

TEST_F(Relayed, GiveWayToADirectSessionWithoutLosingARequest) {
  connect();
  world.net.heal(world.us, world.them);
  const std::size_t asked = read_until([&] { return world.status().path == Path::p2p; }, 60s);
  EXPECT_EQ(world.heard.replies.size(), asked);
  EXPECT_TRUE(world.heard.failures.empty());
  EXPECT_EQ(world.camera->snapshot().requests, asked + 1) << "each once, and our own check_user";
  EXPECT_EQ(world.camera->snapshot().sessions, 1U)
      << "the camera was told that the old one is over";
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true});
  for (const auto& event : world.heard.protocol_events) EXPECT_NE(event.type, "unknown_sender");
}

TEST_F(Relayed, ComeBackByTheSamePortOfTheRelayWhenTheDirectWayIsLost) {
  connect();
  const auto relay = world.status().address;
  world.net.heal(world.us, world.them);
  ASSERT_TRUE(world.net.run_until([&] { return world.status().path == Path::p2p; }, 60s));
  world.net.run_for(60s);  // the relay has forgotten the session, and its port is free
  world.net.cut(world.us, world.them);
  ASSERT_TRUE(world.net.run_until([&] { return world.status().path == Path::relay; }, 60s));
  EXPECT_EQ(world.status().address, relay);
}

TEST_F(Relayed, AreSoughtDirectlyNowAndThenAndLessOftenInTime) {
  connect();
  const auto lookups = [&] { return world.server->counters().lookups; };
  world.net.run_for(60s);
  const auto first_minute = lookups();
  EXPECT_GT(first_minute, 5U);
  world.net.run_for(1h);
  const auto before = lookups();
  world.net.run_for(1h);
  EXPECT_LT(lookups() - before, 60U) << "six tries of a few questions each";
  EXPECT_GT(lookups() - before, 5U);
  EXPECT_EQ(world.status().path, Path::relay);
}

TEST_F(Relayed, AreHadAgainWithoutTheWaitOfACameraThatMayBeReachedDirectly) {
  connect();
  const JobId gone = world.submit({0, std::nullopt, DisconnectJob{}});
  ASSERT_TRUE(world.run_until_answered(gone));
  world.net.run_for(5s);  // the relay has forgotten it, too
  const JobId read = world.submit(status_plan());
  ASSERT_TRUE(world.run_until_answered(read, 500ms)) << "a new camera would wait for 1.5 seconds";
  EXPECT_EQ(world.status().path, Path::relay);
}

TEST_F(Relayed, StayWhereTheyWereAskedToBe) {
  const JobId job = world.submit({0, std::nullopt, ConnectJob{std::nullopt, Path::relay}});
  ASSERT_TRUE(world.run_until_answered(job, 2s)) << "asked for by name, it is not waited for";
  world.net.heal(world.us, world.them);
  world.net.run_for(2min);
  EXPECT_EQ(world.status().path, Path::relay);
}

TEST_F(Relayed, AnswerASnapshotOnceWhenTheRelayDiesInItsMiddle) {
  connect();
  const JobId picture = world.submit(snapshot_plan());
  world.net.run_for(25ms);
  ASSERT_FALSE(world.heard.answers.contains(picture));
  world.kill_relay_sessions();
  ASSERT_TRUE(world.run_until_answered(picture, 40s));
  EXPECT_EQ(world.heard.answers.at(picture), 1);
  ASSERT_TRUE(world.heard.replies.contains(picture)) << "a read is repeated on the next session";
  EXPECT_EQ(world.heard.replies.at(picture).front().body, make_picture(60'000));
  EXPECT_LE(world.executed("snapshot.cgi"), 2U);
  std::set<std::string> reasons;
  for (const auto& status : world.history) reasons.insert(status.reason);
  EXPECT_EQ(reasons, (std::set<std::string>{"", "timed_out, awaiting_reply"}));
}

TEST_F(Relayed, NeverRepeatAChangeWhenTheRelayDies) {
  connect();
  const JobId change = world.submit(brightness_plan(77));
  world.kill_relay_sessions();
  ASSERT_TRUE(world.run_until_answered(change, 40s));
  EXPECT_TRUE(world.heard.failed_with(change, ErrorCode::session_lost) ||
              world.heard.failed_with(change, ErrorCode::timeout));
  world.net.run_for(60s);
  EXPECT_EQ(world.heard.answers.at(change), 1);
  EXPECT_LE(world.executed("camera_control.cgi"), 1U);
}

// Knows one answer to one message, and then says nothing.
class SaysOneThing : public protocol::Endpoint {
 public:
  SaysOneThing(protocol::MessageType to, const protocol::Message& answer)
      : to_{to}, answer_{answer} {}
  void on_datagram(TimePoint, const protocol::Address& from,
                   protocol::BytesView datagram) override {
    ++heard;
    if (protocol::message_code(datagram, {}) == static_cast<std::uint8_t>(to_)) answer_to = from;
  }
  void on_time(TimePoint) override {}
  [[nodiscard]] std::optional<TimePoint> deadline() const override { return std::nullopt; }
  [[nodiscard]] bool take_datagram(TimePoint, protocol::Datagram& out) override {
    const auto to = std::exchange(answer_to, std::nullopt);
    return to && protocol::seal(answer_, {}, *to, out);
  }
  std::size_t heard = 0;

 private:
  protocol::MessageType to_;
  protocol::Message answer_;
  std::optional<protocol::Address> answer_to;
};

const protocol::Address kDeadRelay{{203, 0, 113, 77}, 32100};
const sim::LinkConfig kNear{.delay = std::chrono::milliseconds{2}};

class RelayedBesideADeadRelay : public Relayed {
 protected:
  RelayedBesideADeadRelay()
      : Relayed{{.server = [](protocol::ServerConfig& server) {
          server.other_relays = {kDeadRelay};
        }}} {
    const auto node = world.net.attach(dead, kDeadRelay);
    world.net.set_link(world.us, node, kNear);
    world.net.set_link(node, world.us, kNear);
  }
  SaysOneThing dead{protocol::MessageType::RLY_HELLO, protocol::RlyHelloAck{}};
};

TEST_F(RelayedBesideADeadRelay, GoByTheGoodOneWithinTheirFirstAttempt) {
  connect();
  EXPECT_EQ(world.status().retries, 0U);
  EXPECT_GT(dead.heard, 10U) << "it was tried first";
}

class RelayedOnTheLan : public Relayed {
 protected:
  RelayedOnTheLan()
      : Relayed{{.lan = true,
                 .camera = [](protocol::CameraConfig& camera) { camera.max_sessions = 1; }}} {}
};

// It cannot be taken over beside itself: the camera has no second place.
TEST_F(RelayedOnTheLan, GiveUpTheirPlaceOnceNobodyWaits) {
  connect();
  world.net.heal(world.us, world.them);
  EXPECT_TRUE(world.net.run_until([&] { return world.status().path == Path::lan; }, 2min));
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true});
}

class RelayedBesideAClosedDoor : public RelayedOnTheLan {
 protected:
  RelayedBesideAClosedDoor() {
    world.net.listen_lan(world.net.attach(door, {{198, 51, 100, 61}, 26101}));
  }
  [[nodiscard]] std::ptrdiff_t losses() const {
    const auto& history = world.history;
    std::ptrdiff_t seen = 0;
    for (std::size_t i = 1; i < history.size(); ++i) {
      if (history[i - 1].session == CameraSession::connected &&
          history[i].session != CameraSession::connected)
        ++seen;
    }
    return seen;
  }
  SaysOneThing door{protocol::MessageType::LAN_SEARCH, protocol::PunchPkt{test_uid()}};
};

// The search finds it there, but it lets nobody in: the relay is the better way, and is kept.
TEST_F(RelayedBesideAClosedDoor, GiveUpTheirPlaceOnlyOnce) {
  connect();
  world.net.run_for(3h);
  EXPECT_EQ(losses(), 1);
  EXPECT_EQ(world.status().path, Path::relay);
  EXPECT_GT(door.heard, 20U) << "it is looked for there all the same";
  EXPECT_EQ(world.heard.availability, std::vector<bool>{true});
}

class RelayedUnderAnotherKey : public Relayed {
 protected:
  RelayedUnderAnotherKey()
      : Relayed{{.camera = [](protocol::CameraConfig& camera) { camera.psk = "vstarcam2018"; },
                 .adjust =
                     [](SupervisorConfig& config) {
                       config.ciphers = {{"camera", protocol::Cipher{"camera"}}};
                       config.other_ciphers = {{"vstarcam2018", protocol::Cipher{"vstarcam2018"}}};
                     }}} {}
};

TEST_F(RelayedUnderAnotherKey, AreToldWhichOne) {
  EXPECT_FALSE(world.run_until_connected(15s));
  ASSERT_TRUE(world.status().last_error);
  const auto error = *world.status().last_error;
  EXPECT_EQ(error.code, ErrorCode::connect_timeout);
  EXPECT_EQ(error.detail["stage"], "relay") << error.message;
  EXPECT_EQ(error.detail["cipher"], "vstarcam2018") << error.message;
}

class RelayedUnderAnUnknownKey : public Relayed {
 protected:
  RelayedUnderAnUnknownKey()
      : Relayed{{.camera = [](protocol::CameraConfig& camera) { camera.psk = "vstarcam2018"; },
                 .adjust =
                     [](SupervisorConfig& config) {
                       config.ciphers = {{"camera", protocol::Cipher{"camera"}}};
                       config.other_ciphers = {{"plain", {}}};
                     }}} {}
};

TEST_F(RelayedUnderAnUnknownKey, AreNotTakenForTheRelayThatRepeatsItself) {
  const protocol::Address relay{{203, 0, 113, 5}, 33000};
  ASSERT_TRUE(world.net.run_until([&] { return world.server->counters().relays_opened > 0; }, 5s));
  world.net.run_for(100ms);
  protocol::Datagram repeated;
  ASSERT_TRUE(protocol::seal(protocol::RlyRdy{world.config.uid, {}}, {}, relay, repeated));
  world.supervisor->on_datagram(world.net.now(world.us), relay, repeated.view());
  EXPECT_FALSE(world.run_until_connected(8s));
  ASSERT_TRUE(world.status().last_error);
  const auto error = *world.status().last_error;
  EXPECT_EQ(error.detail["stage"], "relay") << error.message;
  EXPECT_FALSE(error.detail.contains("cipher")) << error.message;
}

class WithoutARelay : public Relayed {
 protected:
  WithoutARelay() : Relayed{{.relay = false}} {}
};

TEST_F(WithoutARelay, WhoWantsOneHearsItAtOnce) {
  const JobId job = world.submit({0, std::nullopt, ConnectJob{std::nullopt, Path::relay}});
  ASSERT_TRUE(world.run_until_answered(job, 3s));
  ASSERT_TRUE(world.heard.failures.contains(job));
  EXPECT_EQ(world.heard.failures.at(job).detail["stage"], "relay");
  EXPECT_THAT(world.heard.failures.at(job).message, HasSubstr("no relay"));
}

class WithoutRelays : public Relayed {
 protected:
  WithoutRelays() : Relayed{{.adjust = [](SupervisorConfig& config) { config.relays = false; }}} {}
};

TEST_F(WithoutRelays, NoRelayIsAskedFor) {
  EXPECT_FALSE(world.run_until_connected(60s));
  EXPECT_EQ(world.server->counters().relays_allocated, 0U);
  ASSERT_TRUE(world.status().last_error);
  EXPECT_THAT(world.status().last_error->detail.dump(), HasSubstr(R"("stage":"lookup")"));
}

}  // namespace
}  // namespace cam32100::bridge::test
