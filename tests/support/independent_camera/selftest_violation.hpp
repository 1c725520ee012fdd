#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/independent_camera/selftest_client.hpp"

namespace cam32100::testing {

// An open session; after each fault exactly one complaint is expected.
class Violation : public ::testing::Test {
 protected:
  Violation() { client.open(); }

  void expect_only(std::string_view what) {
    EXPECT_THAT(client.camera.violations(),
                ::testing::ElementsAre("192.168.1.9:40000: " + std::string{what}));
  }
  void expect_none() { EXPECT_THAT(client.camera.violations(), ::testing::IsEmpty()); }

  // A reply of one chunk, index 0, is on its way and nothing is acknowledged.
  void let_a_reply_leave() {
    client.ask(0, ScriptedClient::kStatus);
    client.wait(std::chrono::milliseconds{40});
  }

  ScriptedClient client{strict_config()};
};

class LenientViolation : public Violation {
 protected:
  LenientViolation() {
    auto config = strict_config();
    config.network_is_perfect = false;
    lenient.emplace(config);
    lenient->open();
  }
  std::optional<ScriptedClient> lenient;
};

}  // namespace cam32100::testing
