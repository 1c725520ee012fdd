#include <gtest/gtest.h>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

TEST(BridgeCommand, GetStatusIsAnsweredByTheCamera) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  const auto answer = rig.call(kUid, "get_status");
  EXPECT_EQ(answer.value("status", ""), "ok") << answer.dump(1);
}

}  // namespace
}  // namespace cam32100::testing
