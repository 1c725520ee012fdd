#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

// `cam32100 run` with a configuration of its own in the scratch directory.
class BridgeUnderTest {
 public:
  BridgeUnderTest(Loop& loop, const testing::ScratchDirectory& scratch, nlohmann::json config);

  void start(std::vector<std::string> environment = {});
  void kill();                              // SIGKILL
  [[nodiscard]] std::optional<int> stop();  // SIGTERM; its exit code. Not 0: prints why
  void write_config(const nlohmann::json& config);

  [[nodiscard]] Process& process() { return *process_; }
  [[nodiscard]] bool is_running();
  [[nodiscard]] const nlohmann::json& config() const noexcept { return config_; }
  [[nodiscard]] const std::string& config_file() const noexcept { return file_; }
  // All that it ever wrote on standard output and error, over its restarts.
  [[nodiscard]] std::string everything_it_wrote() const;

 private:
  void end();

  Loop& loop_;
  const testing::ScratchDirectory& scratch_;
  nlohmann::json config_;
  std::string file_;
  std::string earlier_;
  std::optional<Process> process_;
};

}  // namespace cam32100::integration
