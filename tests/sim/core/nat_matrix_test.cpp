// Every kind of router on both sides: which way is found.
#include <gtest/gtest.h>

#include "tests/sim/core/nat_world.hpp"

namespace cam32100::bridge::test {
namespace {

using protocol::Path;
using sim::NatConfig;
using sim::NatKind;

enum class Side { none, full_cone, restricted, port_restricted, symmetric, symmetric_in_sequence };
constexpr std::array kSides{Side::none,       Side::full_cone,
                            Side::restricted, Side::port_restricted,
                            Side::symmetric,  Side::symmetric_in_sequence};

std::string to_text(Side side) {
  switch (side) {
    case Side::none:
      return "none";
    case Side::full_cone:
      return "full_cone";
    case Side::restricted:
      return "restricted";
    case Side::port_restricted:
      return "port_restricted";
    case Side::symmetric:
      return "symmetric";
    case Side::symmetric_in_sequence:
      return "symmetric_in_sequence";
  }
  return "";
}

std::optional<NatConfig> nat_of(Side side, bool hasty = false) {
  NatConfig config;
  if (hasty) config.timeout = std::chrono::seconds{15};
  switch (side) {
    case Side::none:
      return std::nullopt;
    case Side::full_cone:
      config.kind = NatKind::full_cone;
      break;
    case Side::restricted:
      config.kind = NatKind::restricted;
      break;
    case Side::port_restricted:
      config.kind = NatKind::port_restricted;
      break;
    case Side::symmetric:
      config.kind = NatKind::symmetric;
      break;
    case Side::symmetric_in_sequence:
      config.kind = NatKind::symmetric;
      config.ports_in_sequence = true;
      break;
  }
  return config;
}

bool is_symmetric(Side side) {
  return side == Side::symmetric || side == Side::symmetric_in_sequence;
}

// What theory says of punching. A symmetric NAT shows each peer another port: who filters by port
// never hears of it, unless the port is near the one the server saw, and is punched, too.
Path expected(Side ours, Side theirs) {
  const auto filters_ports = [](Side side) { return side == Side::port_restricted; };
  // Each punch of one moves the port that the other aims at.
  if (is_symmetric(ours) && is_symmetric(theirs)) return Path::relay;
  if ((ours == Side::symmetric && filters_ports(theirs)) ||
      (filters_ports(ours) && theirs == Side::symmetric)) {
    return Path::relay;
  }
  return Path::p2p;
}

// The third: routers that forget a mapping after 15 silent seconds.
class NatMatrix : public ::testing::TestWithParam<std::tuple<Side, Side, bool>> {};
INSTANTIATE_TEST_SUITE_P(BothSides, NatMatrix,
                         ::testing::Combine(::testing::ValuesIn(kSides),
                                            ::testing::ValuesIn(kSides), ::testing::Bool()),
                         [](const auto& param) {
                           return to_text(std::get<0>(param.param)) + "_to_" +
                                  to_text(std::get<1>(param.param)) +
                                  (std::get<2>(param.param) ? "_hasty" : "");
                         });

// Only a camera that punches our neighbours, late as it does that, can come in here: by then a
// relayed session is open, which gives way.
bool waits_for_the_camera(Side ours, Side theirs) {
  return ours == Side::symmetric_in_sequence && theirs == Side::port_restricted;
}

TEST_P(NatMatrix, FindsTheWayThatTheoryAllows) {
  const auto [ours, theirs, hasty] = GetParam();
  NatWorld world{{.ours = nat_of(ours, hasty), .theirs = nat_of(theirs, hasty)}};
  ASSERT_TRUE(world.run_until_connected());
  if (waits_for_the_camera(ours, theirs)) {
    ASSERT_TRUE(world.net.run_until([&] { return world.status().path == Path::p2p; }, 2min));
  }
  if (hasty) world.net.run_for(1min);
  ASSERT_EQ(world.status().session, CameraSession::connected);
  EXPECT_STREQ(protocol::to_text(*world.status().path), protocol::to_text(expected(ours, theirs)));
  const JobId picture = world.submit(snapshot_plan());
  ASSERT_TRUE(world.run_until_answered(picture));
  EXPECT_TRUE(world.heard.replies.contains(picture));
}

// What both are told at their one address is more than either sent: some of it has to wait.
TEST(NatSim, FindsACameraBehindTheSameRouter) {
  for (const bool lan : {false, true}) {
    NatWorldOptions options;
    options.ours = nat_of(Side::symmetric);
    options.one_router = true;
    options.lan = lan;
    options.relay = false;
    NatWorld world{options};
    ASSERT_TRUE(world.run_until_connected());
    EXPECT_NE(world.status().path, Path::relay);
  }
}

}  // namespace
}  // namespace cam32100::bridge::test
