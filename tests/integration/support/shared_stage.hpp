#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

// Tests of one suite share a stage, which lives from the first test to the last: starting three
// processes for each of them would take longer than the tests. Every test ends with the bridge
// alive and no secret told. `Suite` gives `static StageOptions stage_options()`; `Base` is
// testing::Test, or TestWithParam.
template <class Suite, class Base = ::testing::Test>
class SharedStage : public Base {
 protected:
  static void TearDownTestSuite() { stage_.reset(); }

  void SetUp() override {
    if (stage_) return;
    stage_ = std::make_unique<Stage>(Suite::stage_options());
    ASSERT_TRUE(stage_->wait_until_ready()) << stage_->bridge.everything_it_wrote();
  }
  void TearDown() override {
    if (!stage_) return;
    EXPECT_TRUE(stage_->bridge.is_running()) << stage_->bridge.everything_it_wrote();
    stage_->expect_no_secret();
  }
  [[nodiscard]] static Stage& stage() { return *stage_; }

 private:
  inline static std::unique_ptr<Stage> stage_;
};

}  // namespace cam32100::integration
