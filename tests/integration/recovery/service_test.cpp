// What the process tells a service manager, and what it takes from it.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

// The other end of sd_notify().
class ServiceManager {
 public:
  explicit ServiceManager(Stage& stage) : loop_{stage.loop}, path_{stage.scratch / "notify"} {
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(fd_, static_cast<const sockaddr*>(static_cast<const void*>(&address)),
               sizeof address) != 0)
      throw std::runtime_error{"bind " + path_};
    loop_.watch(fd_, [this](std::string_view words) { said_.emplace_back(words); });
  }
  ~ServiceManager() {
    loop_.forget(fd_);
    ::close(fd_);
  }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  [[nodiscard]] std::vector<std::string> environment() const { return {"NOTIFY_SOCKET=" + path_}; }
  [[nodiscard]] std::ptrdiff_t count(const std::string& word) const {
    return std::count(said_.begin(), said_.end(), word);
  }
  [[nodiscard]] bool wait_for(const std::string& word, std::ptrdiff_t times = 1) {
    return loop_.run_until([&] { return count(word) >= times; });
  }

 private:
  Loop& loop_;
  std::string path_;
  int fd_ = -1;
  std::vector<std::string> said_;
};

// The number that the next socket of `process` would get. A file that is being written counts as
// closed: its number is free in a moment.
rlim_t next_descriptor(pid_t process) {
  rlim_t number = 0;
  const auto folder = "/proc/" + std::to_string(process) + "/fd/";
  std::error_code gone;
  while (std::filesystem::is_symlink(folder + std::to_string(number)) &&
         !std::filesystem::is_regular_file(folder + std::to_string(number), gone))
    ++number;
  return number;
}

}  // namespace

TEST(BridgeAsAService, SaysThatItIsReadyAndThatItStops) {
  Stage stage{without_bridge()};
  ServiceManager manager{stage};
  stage.bridge.start(manager.environment());
  EXPECT_TRUE(manager.wait_for("READY=1"));
  ASSERT_TRUE(stage.wait_until_ready());
  EXPECT_EQ(manager.count("WATCHDOG=1"), 0) << "nobody asked for it";
  EXPECT_EQ(manager.count("STOPPING=1"), 0);
  EXPECT_EQ(stage.bridge.stop(), 0);
  EXPECT_TRUE(manager.wait_for("STOPPING=1"));
}

TEST(BridgeAsAService, IsReadyWithoutABrokerToo) {
  Stage stage{without_bridge()};
  ServiceManager manager{stage};
  stage.broker.kill();
  stage.bridge.start(manager.environment());
  EXPECT_TRUE(manager.wait_for("READY=1"));
}

TEST(BridgeAsAService, TellsTheWatchdogThatItLives) {
  Stage stage{without_bridge()};
  ServiceManager manager{stage};
  auto environment = manager.environment();
  environment.emplace_back("WATCHDOG_USEC=200000");
  stage.bridge.start(environment);
  EXPECT_TRUE(manager.wait_for("WATCHDOG=1", 3));
}

TEST(BridgeAsAService, IsReadyAgainAfterARestartAndNeverSaidThatItStops) {
  Stage stage{without_bridge()};
  ServiceManager manager{stage};
  stage.bridge.start(manager.environment());
  ASSERT_TRUE(stage.wait_until_ready());
  ASSERT_EQ(outcome_of(stage.ask_bridge("restart")), "ok");
  EXPECT_TRUE(manager.wait_for("READY=1", 2));
  EXPECT_EQ(manager.count("STOPPING=1"), 0) << "systemd would wait for the end of the process";
}

TEST(BridgeAsAService, SaysThatItStopsWhenItIsTerminatedDuringARestart) {
  Stage stage{without_bridge()};
  ServiceManager manager{stage};
  stage.bridge.start(manager.environment());
  ASSERT_TRUE(stage.wait_until_ready());
  stage.camera.kill();  // nobody answers the goodbye, so the stop takes its time
  ASSERT_EQ(outcome_of(stage.ask_bridge("restart")), "ok");
  EXPECT_EQ(stage.bridge.stop(), 0);
  EXPECT_TRUE(manager.wait_for("STOPPING=1"));
  EXPECT_EQ(manager.count("READY=1"), 1);
}

TEST(BridgeThatIsHungUpOn, ReadsItsConfigurationAgain) {
  Stage stage;
  ASSERT_TRUE(stage.wait_until_ready());
  auto config = stage.bridge.config();
  config["cameras"][0]["name"] = "Backyard";
  stage.bridge.write_config(config);
  stage.bridge.process().send_signal(SIGHUP);
  EXPECT_TRUE(stage.tap.wait_until(stage.bridge_topic("cameras"), [](const Message& message) {
    return message.payload.find("Backyard") != std::string::npos;
  }));
  config["mqtt"]["keep_alive_s"] = 1;
  stage.bridge.write_config(config);
  stage.bridge.process().send_signal(SIGHUP);
  EXPECT_TRUE(stage.bridge.process().wait_for_error_text("/mqtt/keep_alive_s"));
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok") << "the old one stands";
}

TEST(BridgeWithoutDescriptors, GoesOnAndConnectsOnceThereAreSome) {
  StageOptions options;
  options.config = {{"mqtt", {{"allow_plain_secrets", true}}}};  // no file needs to be opened
  Stage stage{options};
  ASSERT_TRUE(stage.wait_until_ready());
  Emulator second{stage.loop, {.uid = "VSTB-654321-EDCBA"}};
  const auto process = stage.bridge.process().pid();
  rlimit before{};
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, nullptr, &before), 0);
  const rlimit none{next_descriptor(process), before.rlim_max};
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, &none, nullptr), 0);
  const auto added = stage.ask_bridge(
      "camera/add", {{"uid", second.uid()}, {"address", second.address()}, {"password", "888888"}});
  EXPECT_TRUE(added.is_object()) << "no answer: " << stage.bridge.everything_it_wrote();
  EXPECT_TRUE(stage.bridge.process().wait_for_error_text("no UDP socket"));
  EXPECT_TRUE(stage.bridge.is_running()) << stage.bridge.everything_it_wrote();
  EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok") << "the other camera is served";
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, &before, nullptr), 0);
  EXPECT_TRUE(stage.tap.wait_until(
      "cam32100/" + second.uid() + "/state",
      [](const Message& m) { return m.json().value("session", "") == "connected"; }))
      << added.dump() << stage.bridge.everything_it_wrote();
}

}  // namespace cam32100::integration
