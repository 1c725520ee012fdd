// The HTTP server and the alarm listener of a running bridge, asked by a client that is not ours.
#include <fstream>
#include <regex>

#include "tests/integration/support/secret_marker.hpp"
#include "tests/integration/support/shared_stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

struct Page {
  int status = 0;
  std::string body;
};

class HttpOfTheBridge : public SharedStage<HttpOfTheBridge> {
 public:
  static StageOptions stage_options() {
    StageOptions options;
    // The camera is told an address where nobody is: it is not a camera that calls.
    options.config = {{"alarm_push", {{"listen", "127.0.0.1:0"}, {"url", "http://127.0.0.1:9"}}},
                      {"motion", {{"poll_ms", 0}}}};
    return options;
  }

 protected:
  // The port behind "<name> listens on 127.0.0.1:".
  static std::string port_of(const std::string& name) {
    std::smatch found;
    const auto log = stage().bridge.everything_it_wrote();
    return std::regex_search(log, found, std::regex{name + R"( listens on 127\.0\.0\.1:(\d+))"})
               ? found[1].str()
               : "0";
  }
  // By Python's own client. The body as hexadecimal digits on its way.
  static Page get(const std::string& name, const std::string& target,
                  const std::string& host = {}) {
    const std::string program = R"(
import sys, urllib.request, urllib.error
try:
    headers = {"Host": sys.argv[2]} if sys.argv[2] else {}
    answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1], None, headers), timeout=20)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status if hasattr(answer, "status") else answer.code)
print(answer.read().hex())
)";
    Process client{stage().loop,
                   {"python3", "-c", program, "http://127.0.0.1:" + port_of(name) + target, host}};
    EXPECT_EQ(client.wait_for_exit(), 0) << client.errors();
    EXPECT_FALSE(find_secret(client.output()));
    Page page;
    if (client.lines().size() < 2) return page;
    page.status = std::stoi(client.lines()[0]);
    const auto& digits = client.lines()[1];
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
      page.body += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return page;
  }
  static std::string token() {
    std::ifstream file{stage().scratch / "state.json"};
    const auto state = json::parse(file, nullptr, false);
    const auto& cameras = state.is_object() ? state.value("alarm_push", json::object()) : json();
    return cameras.contains(stage().camera.uid()) ? cameras[stage().camera.uid()]["token"] : "";
  }
};

}  // namespace

TEST_F(HttpOfTheBridge, GivesAFreshPictureAndThenTheSameAsTheLast) {
  const std::string path = "/cameras/" + stage().camera.uid() + "/snapshot.jpg";
  const auto from = stage().tap.end();
  const auto fresh = get("HTTP server", path + "?fresh=1");
  ASSERT_EQ(fresh.status, 200) << fresh.body;
  EXPECT_TRUE(fresh.body.starts_with("\xFF\xD8"));
  const auto published = stage().tap.wait_for(
      from, [](const Message& message) { return message.topic.ends_with("/snapshot"); });
  ASSERT_TRUE(published);
  EXPECT_EQ(published->payload, fresh.body);
  EXPECT_EQ(get("HTTP server", path).body, fresh.body);
}

TEST_F(HttpOfTheBridge, TellsHealthAndFigures) {
  const auto health = get("HTTP server", "/health");
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(json::parse(health.body).at("status"), "ok");
  const auto metrics = get("HTTP server", "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("cam32100_camera_connected{uid=\"" + stage().camera.uid() + "\"} 1"),
            std::string::npos)
      << metrics.body;
  EXPECT_EQ(get("HTTP server", "/nothing").status, 404);
}

TEST_F(HttpOfTheBridge, AnswersNoPageUnderAForeignNameAndCountsIt) {
  const auto refused = get("HTTP server", "/cameras/" + stage().camera.uid(), "rebound.example");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(json::parse(refused.body).at("code"), "forbidden");
  EXPECT_EQ(get("HTTP server", "/health", "localhost").status, 200);
  EXPECT_NE(get("HTTP server", "/metrics")
                .body.find("cam32100_http_refused_total{reason=\"wrong_host\"} 1"),
            std::string::npos);
}

TEST_F(HttpOfTheBridge, TakesTheCallOfACameraAsMotionAndThatOfAStrangerAsNothing) {
  // The state file is written a second after the camera was told; questions pass the time.
  for (int i = 0; i < 1000 && token().empty(); ++i) (void)stage().ask("get_status");
  ASSERT_EQ(token().size(), 32U);
  EXPECT_EQ(get("alarm listener", "/alarm/0123456789abcdef0123456789abcdef").status, 404);
  EXPECT_EQ(get("alarm listener", "/health").status, 404);
  const auto from = stage().tap.end();
  EXPECT_EQ(get("alarm listener", "/alarm/" + token()).status, 200);
  const auto event =
      stage().tap.wait_for(from, live_on_topic(stage().camera_topic("event/motion")));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->json().at("source"), "alarm_push");
  EXPECT_TRUE(stage().tap.wait_for(
      from, [&](const Message& message) { return message.topic.ends_with("/snapshot/event"); }));
  EXPECT_EQ(stage().bridge.everything_it_wrote().find(token()), std::string::npos);
}

}  // namespace cam32100::integration
