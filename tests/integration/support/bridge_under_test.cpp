#include "tests/integration/support/bridge_under_test.hpp"

#include <iostream>

namespace cam32100::integration {

BridgeUnderTest::BridgeUnderTest(Loop& loop, const testing::ScratchDirectory& scratch,
                                 nlohmann::json config)
    : loop_{loop}, scratch_{scratch}, file_{scratch / "config.json"} {
  write_config(config);
}

void BridgeUnderTest::write_config(const nlohmann::json& config) {
  config_ = config;
  scratch_.write("config.json", config_.dump(2));
}

void BridgeUnderTest::start(std::vector<std::string> environment) {
  end();
  process_.emplace(loop_, std::vector<std::string>{CAM32100_BINARY, "run", "--config", file_},
                   std::move(environment));
}

void BridgeUnderTest::kill() {
  process_->kill();
  (void)process_->wait_for_exit();
}

std::optional<int> BridgeUnderTest::stop() {
  process_->send_signal(SIGTERM);
  const auto code = process_->wait_for_exit();
  if (code != 0) std::cerr << "the bridge wrote:\n" << process_->errors() << "\n";
  return code;
}

bool BridgeUnderTest::is_running() {
  return process_ && !process_->wait_for_exit(std::chrono::milliseconds{0});
}

void BridgeUnderTest::end() {
  earlier_ = everything_it_wrote();
  process_.reset();
}

std::string BridgeUnderTest::everything_it_wrote() const {
  return process_ ? earlier_ + process_->output() + process_->errors() : earlier_;
}

}  // namespace cam32100::integration
