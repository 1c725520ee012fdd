// `cam32100 emulate` as a command: how many cameras it is, how they log in, how bad their network.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/integration/support/emulator.hpp"
#include "tests/integration/support/free_port.hpp"
#include "tests/integration/support/run_command.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

bool logged_in(const json& state) { return state.at("logged_in") == true; }

class Emulate : public ::testing::Test {
 protected:
  static constexpr const char* kNowhere = "127.0.0.1:9";
  static constexpr const char* kUid = "VSTC-123456-ABCDE";

  CommandResult run(const std::vector<std::string>& words) { return run_command(loop_, words); }
  CommandResult get(const std::string& uid, const std::string& address,
                    const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"get",        uid,      "--target",       address,
                                   "--password", "888888", "/get_status.cgi"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  CommandResult get_by_server(const std::string& server,
                              const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"--server", server};
    words.insert(words.end(), more.begin(), more.end());
    return get(kUid, kNowhere, words);
  }

  // A server that is a relay, too; it has to know its port beforehand. Its address.
  std::string start_relay() {
    for (int attempt = 0; attempt < 20; ++attempt) {
      const auto port = std::to_string(free_port(SOCK_DGRAM));
      relay_.emplace(loop_,
                     std::vector<std::string>{CAM32100_BINARY, "server", "--json", "--bind",
                                              "127.0.0.1", "--port", port, "--relay", "127.0.0.1"});
      const auto started = relay_->wait_for_line(
          0, [](const std::string& line) { return line.find("\"started\"") != std::string::npos; });
      if (started) return "127.0.0.1:" + port;
    }
    ADD_FAILURE() << "no port for a relay";
    return kNowhere;
  }

  Loop loop_;
  testing::ScratchDirectory scratch_;
  std::optional<Process> relay_;
};

}  // namespace

TEST_F(Emulate, IsAsManyCamerasAsItIsAskedFor) {
  Emulator cameras{loop_, {.more_words = {"--count", "3"}}};
  const auto started = cameras.wait_for_started(3);
  ASSERT_EQ(started.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto uid = started[i].at("uid").get<std::string>();
    EXPECT_EQ(uid, "VSTC-12345" + std::to_string(6 + i) + "-ABCDE");
    const auto result = get(uid, started[i].at("address").get<std::string>());
    EXPECT_EQ(result.exit_code, kOk) << result.errors;
    EXPECT_NE(result.output.find(uid), std::string::npos) << "it knows who it is";
  }
}

TEST_F(Emulate, PutsItsCamerasOnPortsInARow) {
  // Somebody may have one of the three: then others are tried.
  for (int attempt = 0; attempt < 20; ++attempt) {
    const auto first = free_port(SOCK_DGRAM);
    Process cameras{loop_,
                    {CAM32100_BINARY, "emulate", "--prefix", "VSTC", "--count", "3", "--bind",
                     "127.0.0.1", "--port", std::to_string(first)}};
    const auto last = cameras.wait_for_line(2, [](const std::string& line) {
      return line.find("\"VSTC-100003-EMULA\"") != std::string::npos;
    });
    if (!last) continue;
    EXPECT_EQ(json::parse(cameras.lines()[*last]).at("address"),
              "127.0.0.1:" + std::to_string(first + 2));
    return;
  }
  FAIL() << "no three ports in a row are free";
}

TEST_F(Emulate, StartsNoCameraWhereAnotherHasNoPort) {
  const auto port = [](const Emulator& camera) {
    return std::stoi(camera.address().substr(camera.address().find(':') + 1));
  };
  // Somebody may have the port before the one that is taken, too: then another is tried.
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    const Emulator other{loop_, {}};
    const auto result = run({"emulate", "--uid", kUid, "--count", "2", "--bind", "127.0.0.1",
                             "--port", std::to_string(port(other) - 1)});
    EXPECT_EQ(result.exit_code, kFailed);
    EXPECT_EQ(result.output, "");
    if (result.errors.find(other.address()) != std::string::npos) return;
  }
  FAIL() << "no port before another is free";
}

TEST_F(Emulate, IsFiveHundredCamerasThoughTheSoftLimitIsLow) {
  Process cameras{loop_,
                  {"bash", "-c",
                   "ulimit -Sn 100; exec \"$0\" emulate --prefix VSTC --count 500 --bind 127.0.0.1 "
                   "--port 0",
                   CAM32100_BINARY}};
  const auto last = cameras.wait_for_line(499, [](const std::string& line) {
    return line.find("\"VSTC-100500-EMULA\"") != std::string::npos;
  });
  ASSERT_TRUE(last.has_value()) << cameras.errors();
  const auto address = json::parse(cameras.lines()[*last]).at("address").get<std::string>();
  const auto result = get("VSTC-100500-EMULA", address);
  EXPECT_EQ(result.exit_code, kOk) << result.errors;
}

TEST_F(Emulate, SaysThatTheHardLimitIsInTheWay) {
  Process cameras{loop_,
                  {"bash", "-c",
                   "ulimit -n 100; exec \"$0\" emulate --prefix VSTC --count 500 --bind 127.0.0.1 "
                   "--port 0",
                   CAM32100_BINARY}};
  EXPECT_EQ(cameras.wait_for_exit(), kFailed);
  EXPECT_NE(cameras.errors().find("wanted 564 file descriptors, the limit is 100"),
            std::string::npos)
      << cameras.errors();
}

TEST_F(Emulate, RefusesWordsThatMakeNoCamera) {
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"--uid", kUid, "--prefix", "VSTC"},
      {"--uid", kUid, "--count", "0"},
      {"--uid", kUid, "--uid", "VSTB-654321-EDCBA", "--count", "2"},
      {"--prefix", "V-C"},
      {"--uid", kUid, "--loss", "101"},
      {"--uid", kUid, "--loss", "-1"},
      {"--uid", kUid, "--delay", "60001"},
      {"--uid", kUid, "--nat", "carrier"},
      {"--uid", kUid, "--dsk", "KEY"},
      {"--uid", kUid, "--login-interval", "0"},
      {"--uid", kUid, "--seed", "many"},
      {"--uid", kUid, "--script", scratch_ / "none.json"},
  };
  for (const auto& words : wrong) {
    std::vector<std::string> line{"emulate", "--bind", "127.0.0.1", "--port", "0"};
    line.insert(line.end(), words.begin(), words.end());
    const auto result = run(line);
    EXPECT_EQ(result.exit_code, kUsage) << json(words);
    EXPECT_FALSE(result.errors.empty()) << json(words);
  }
}

TEST_F(Emulate, ShowsEveryOptionByItsGroup) {
  const auto help = run({"emulate", "--help-all"});
  EXPECT_EQ(help.exit_code, kOk);
  EXPECT_TRUE(help.errors.empty());
  for (const char* text : {"Usage: cam32100 emulate", "Network", "--jitter MS", "--dsk KEY",
                           "--nat KIND", "--loss PERCENT"})
    EXPECT_NE(help.output.find(text), std::string::npos) << text;
}

// --- servers

TEST_F(Emulate, LogsInUnderTheKeysOfTheServer) {
  scratch_.write("dsks", std::string{kUid} + " RIGHTKEY\n");
  scratch_.write("crc_key", "SECRET\n");
  RendezvousServer server{
      loop_,
      {"--crc-key-file", scratch_ / "crc_key", "--require-dsk", "--dsk-file", scratch_ / "dsks"}};
  Emulator without{loop_,
                   {.uid = "VSTC-222222-ABCDE",
                    .servers = {server.address()},
                    .more_words = {"--crc-key", "SECRET", "--login-interval", "0.2"}}};
  Emulator wrong{
      loop_,
      {.servers = {server.address()}, .more_words = {"--crc-key", "SECRET", "--dsk", "WRONGKEY"}}};
  Emulator right{
      loop_,
      {.servers = {server.address()}, .more_words = {"--crc-key", "SECRET", "--dsk", "RIGHTKEY"}}};
  EXPECT_TRUE(server.wait_for_login(kUid));
  EXPECT_TRUE(
      right.wait_for_state([](const json& state) { return state.at("logged_in") == true; }));
  EXPECT_TRUE(wrong.state().is_null() || wrong.state().at("logged_in") == false);
  EXPECT_TRUE(without.state().is_null() || without.state().at("logged_in") == false);
}

TEST_F(Emulate, IsReachedThroughARelayBehindARouter) {
  const auto server = start_relay();
  for (const char* kind : {"port_restricted", "symmetric"}) {
    SCOPED_TRACE(kind);
    Emulator camera{loop_, {.servers = {server}, .more_words = {"--nat", kind, "--no-punch"}}};
    ASSERT_TRUE(camera.wait_for_state(logged_in));
    EXPECT_EQ(get(kUid, camera.address(), {"--timeout", "1"}).exit_code, kTimedOut)
        << "its router lets nobody in";
    const auto result = get_by_server(server, {"--timeout", "20"});
    EXPECT_EQ(result.exit_code, kOk) << result.errors;
  }
}

TEST_F(Emulate, TakesNoRelayWhenItIsToldNotTo) {
  const auto server = start_relay();
  Emulator camera{loop_,
                  {.servers = {server},
                   .more_words = {"--nat", "port_restricted", "--no-punch", "--no-relay"}}};
  ASSERT_TRUE(camera.wait_for_state(logged_in));
  EXPECT_EQ(get_by_server(server, {"--timeout", "6"}).exit_code, kTimedOut);
  EXPECT_EQ(camera.state().at("sessions"), 0);
}

// Its router lets in whom it went to meet; this side has none that would be in the way.
TEST_F(Emulate, MeetsAClientThroughItsRouterWithoutARelay) {
  RendezvousServer server{loop_};
  for (const char* kind : {"port_restricted", "symmetric"}) {
    SCOPED_TRACE(kind);
    Emulator camera{loop_, {.servers = {server.address()}, .more_words = {"--nat", kind}}};
    ASSERT_TRUE(camera.wait_for_state(logged_in));
    const auto result = get_by_server(server.address());
    EXPECT_EQ(result.exit_code, kOk) << result.errors;
  }
}

TEST_F(Emulate, AnswersNoSearchWhenItIsToldNotTo) {
  Emulator hidden{loop_, {.more_words = {"--no-lan-search"}}};
  Emulator shown{loop_, {.uid = "VSTB-654321-EDCBA"}};
  const auto found = run({"discover", "--json", "--timeout", "1", "--target", hidden.address(),
                          "--target", shown.address()});
  EXPECT_NE(found.output.find(shown.uid()), std::string::npos) << found.output;
  EXPECT_EQ(found.output.find(hidden.uid()), std::string::npos) << found.output;
}

// --- the network

TEST_F(Emulate, DelaysWhatItSendsAndReceives) {
  Emulator camera{loop_, {.more_words = {"--delay", "150"}}};
  const auto result = run({"probe", kUid, "--target", camera.address(), "--password", "888888",
                           "--json", "--timeout", "20"});
  ASSERT_EQ(result.exit_code, kOk) << result.errors;
  const auto report = json::parse(result.output);
  EXPECT_GE(report.at("connect_ms"), 300);
  for (const auto& request : report.at("requests")) EXPECT_GE(request.at("took_ms"), 300);
}

TEST_F(Emulate, IsReachedOverABadNetworkToo) {
  Emulator camera{loop_,
                  {.more_words = {"--loss", "20", "--duplicate", "20", "--reorder", "20", "--delay",
                                  "5", "--jitter", "20", "--seed", "7", "--strict"}}};
  EXPECT_EQ(camera.wait_for_started(1).at(0).at("seed"), 7);
  for (int i = 0; i < 3; ++i) {
    const auto result = run({"snapshot", kUid, "--target", camera.address(), "--password", "888888",
                             "--timeout", "60", "-o", scratch_ / "now.jpg"});
    EXPECT_EQ(result.exit_code, kOk) << result.errors;
  }
}

TEST_F(Emulate, HearsNothingWhenAllIsLost) {
  Emulator camera{loop_, {.more_words = {"--loss", "100"}}};
  EXPECT_EQ(get(kUid, camera.address(), {"--timeout", "1"}).exit_code, kTimedOut);
}

}  // namespace cam32100::integration
