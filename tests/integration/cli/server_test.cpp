// What `cam32100 server` tells of itself over HTTP.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/support/emulator.hpp"
#include "tests/integration/support/run_command.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

class ServerPages : public ::testing::Test {
 protected:
  static constexpr const char* kToken = "Mk7qZx93wVt5-token";

  void SetUp() override { start({"--relay", "127.0.0.1"}); }

  void start(std::vector<std::string> more) {
    scratch_.write("token", kToken);
    std::vector<std::string> words{
        CAM32100_BINARY,   "server", "--json", "--bind",      "127.0.0.1",
        "--port",          "0",      "--http", "127.0.0.1:0", "--http-token-file",
        scratch_ / "token"};
    words.insert(words.end(), more.begin(), more.end());
    server_.emplace(loop_, std::move(words));
    const auto started = event("started");
    ASSERT_TRUE(started.is_object()) << server_->errors();
    address_ = started.at("address");
    const std::string said = event("log").at("message");
    page_ = "http://" + said.substr(said.rfind(' ') + 1);
  }

  // The first line with that event.
  json event(const std::string& name) {
    const auto index = server_->wait_for_line(0, [&name](const std::string& line) {
      return line.find("\"event\":\"" + name + "\"") != std::string::npos;
    });
    return index ? json::parse(server_->lines()[*index]) : json(nullptr);
  }
  // By a client that is not ours: the body, or "HTTP <status>".
  std::string get(const std::string& path, const std::string& token) {
    const std::string program = R"(
import sys, urllib.request, urllib.error
request = urllib.request.Request(sys.argv[1], None, {"Authorization": "Bearer " + sys.argv[2]})
try:
    print(urllib.request.urlopen(request, timeout=20).read().decode())
except urllib.error.HTTPError as error:
    print("HTTP", error.code)
)";
    Process client{loop_, {"python3", "-c", program, page_ + path, token}};
    EXPECT_EQ(client.wait_for_exit(), 0) << client.errors();
    return client.output();
  }

  Loop loop_;
  testing::ScratchDirectory scratch_;
  std::optional<Process> server_;
  std::string address_, page_;
};

}  // namespace

TEST_F(ServerPages, CountWhoLoggedInAndWhatWasAsked) {
  Emulator camera{loop_, {.servers = {address_}}};
  ASSERT_TRUE(camera.wait_for_state([](const json& s) { return s.at("logged_in") == true; }));
  EXPECT_EQ(run_command(loop_, {"lookup", camera.uid(), "--server", address_}).exit_code, kOk);
  const auto status = json::parse(get("/status", kToken));
  EXPECT_EQ(status.at("devices"), 1);
  const auto found = status.at("counters").at("found").get<int>();
  EXPECT_GE(found, 1) << "a question is repeated until it is answered";
  EXPECT_EQ(status.at("relay").at("sessions"), 0);
  const auto metrics = get("/metrics", kToken);
  for (const std::string& line : {std::string{"cam32100_server_devices 1\n"},
                                  "cam32100_server_found_total " + std::to_string(found) + "\n",
                                  std::string{"cam32100_relay_sessions 0\n"}})
    EXPECT_NE(metrics.find(line), std::string::npos) << line << "\n" << metrics;
}

TEST_F(ServerPages, AreForThoseWithTheToken) {
  EXPECT_EQ(get("/status", "guess"), "HTTP 401\n");
  EXPECT_EQ(get("/metrics", "guess"), "HTTP 401\n");
  EXPECT_EQ(get("/elsewhere", kToken), "HTTP 404\n");
  EXPECT_EQ(server_->output().find(kToken), std::string::npos);
}

// Five times the bytes of a HELLO are one answer: four of them were not paid for.
TEST_F(ServerPages, CountWhatPrivateAddressesDidNotPayFor) {
  const auto unpaid_after_five_hellos = [this] {
    const std::string program = R"(
import socket, sys
host, port = sys.argv[1].split(":")
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(20)
for _ in range(5):
    client.sendto(bytes.fromhex("f1000000"), (host, int(port)))
print(client.recv(2000).hex()[:8])
)";
    Process client{loop_, {"python3", "-c", program, address_}};
    EXPECT_EQ(client.wait_for_exit(), 0) << client.errors();
    EXPECT_EQ(client.output(), "f1010010\n");
    return json::parse(get("/status", kToken)).at("counters").at("unpaid").get<int>();
  };
  EXPECT_EQ(unpaid_after_five_hellos(), 0);
  start({"--distrust-private"});
  EXPECT_EQ(unpaid_after_five_hellos(), 4);
}

TEST(ServerLimits, ThatAllowNothingAreRefusedByName) {
  Loop loop;
  for (const auto& [option, value] :
       std::vector<std::pair<std::string, std::string>>{{"--lookup-rate", "0"},
                                                        {"--lookup-rate", "-1"},
                                                        {"--unknown-rate", "nan"},
                                                        {"--expiry", "0"},
                                                        {"--max-devices", "0"},
                                                        {"--devices-each", "0"},
                                                        {"--new-device-rate", "0"},
                                                        {"--relay-each", "0"},
                                                        {"--relay-sessions", "0"},
                                                        {"--relay-total-rate", "0"},
                                                        {"--relay-idle", "0"}}) {
    const auto result = run_command(loop, {"server", "--port", "0", option, value});
    EXPECT_EQ(result.exit_code, kUsage) << option << " " << value;
    EXPECT_NE(result.errors.find(option), std::string::npos) << result.errors;
  }
}

TEST(ServerAllowList, TakesIdsAndPrefixesAsPeopleWriteThem) {
  Loop loop;
  for (const char* word : {"vstc", "VSTC", "VSTC123456ABCDE", "VSTC-123456-ABCDE"}) {
    RendezvousServer server{loop, {"--allow", word}};
    Emulator camera{loop, {.servers = {server.address()}}};
    EXPECT_TRUE(camera.wait_for_state([](const json& s) { return s.at("logged_in") == true; }))
        << word;
  }
  for (const char* word : {"foo bar", "1234", "VSTC-XX-ABCDE", ""}) {
    const auto result = run_command(loop, {"server", "--port", "0", "--allow", word});
    EXPECT_EQ(result.exit_code, kUsage) << word;
    EXPECT_NE(result.errors.find("--allow"), std::string::npos) << result.errors;
  }
}

TEST(ServerAllowList, TakesIdsBesidePrefixes) {
  Loop loop;
  RendezvousServer server{loop, {"--allow", "VSTD", "--allow", "VSTC-123456-ABCDE"}};
  for (const char* uid : {"VSTC-123456-ABCDE", "VSTD-000001-FGHIJ"}) {
    Emulator camera{loop, {.uid = uid, .servers = {server.address()}}};
    EXPECT_TRUE(camera.wait_for_state([](const json& s) { return s.at("logged_in") == true; }))
        << uid;
  }
}

TEST(ServerHttp, IsNotShownToOthersWithoutAToken) {
  Loop loop;
  const auto result = run_command(loop, {"server", "--port", "0", "--http", "0.0.0.0:0"});
  EXPECT_EQ(result.exit_code, kUsage);
  EXPECT_NE(result.errors.find("--http-token-file"), std::string::npos) << result.errors;
}

TEST(ServerRelayOptions, AreRefusedWithoutARelay) {
  Loop loop;
  for (const auto& words : std::vector<std::vector<std::string>>{{"--relay-ports", "32200-32201"},
                                                                 {"--relay-for-others"}}) {
    std::vector<std::string> line{"server", "--port", "0"};
    line.insert(line.end(), words.begin(), words.end());
    const auto result = run_command(loop, line);
    EXPECT_EQ(result.exit_code, kUsage);
    EXPECT_NE(result.errors.find(words.front()), std::string::npos) << result.errors;
  }
}

TEST(ServerKeys, WantTheKeyOfTheLoginsTheyTravelIn) {
  Loop loop;
  const auto result = run_command(loop, {"server", "--port", "0", "--require-dsk"});
  EXPECT_EQ(result.exit_code, kUsage);
  EXPECT_NE(result.errors.find("--crc-key"), std::string::npos) << result.errors;
}

TEST(ServerOption, RefusesWhatIsNoServer) {
  Loop loop;
  for (const char* word : {"127.0.0.1:99999", "127.0.0.1:abc", "127.0.0.1:0", "EBGBEMBMKGJM:x"}) {
    const auto result = run_command(loop, {"lookup", "VSTC-123456-ABCDE", "--server", word});
    EXPECT_EQ(result.exit_code, kUsage) << word;
    EXPECT_NE(result.errors.find("--server"), std::string::npos) << result.errors;
    EXPECT_EQ(run_command(loop, {"emulate", "--port", "0", "--server", word}).exit_code, kUsage);
  }
}

}  // namespace cam32100::integration
