// What the HTTP server shows, in virtual time.
#include "bridge/core/http_pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

using bridge::HttpAnswer;
using nlohmann::json;

class Http : public ::testing::Test {
 protected:
  // The one answer; an empty one with status 0 when none came.
  HttpAnswer get(const std::string& target, const std::string& method = "GET") {
    const auto parsed = bridge::parse_target(target);
    EXPECT_TRUE(parsed) << target;
    const auto ticket = ++ticket_;
    rig.bridge->on_http(rig.moment(), {ticket, method, parsed->path, parsed->query});
    (void)rig.run_until([&] { return rig.ports->pages.contains(ticket); }, 60s);
    const auto& pages = rig.ports->pages[ticket];
    EXPECT_EQ(pages.size(), 1U) << target;
    if (!pages.empty()) return pages.front();
    HttpAnswer none;
    none.status = 0;
    return none;
  }
  static std::string header(const HttpAnswer& page, const std::string& name) {
    for (const auto& [key, value] : page.headers) {
      if (key == name) return value;
    }
    return {};
  }
  BridgeRig rig;
  std::uint64_t ticket_ = 0;
};

const std::string kPicture = "/cameras/" + kUid + "/snapshot.jpg";

TEST_F(Http, TellsItsHealthAndThatTheBrokerIsAway) {
  EXPECT_EQ(get("/health").status, 503);
  rig.bring_online();
  const auto page = get("/health");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "application/json");
  EXPECT_EQ(json::parse(page.body)["status"], "ok");
  EXPECT_TRUE(json::parse(page.body)["cameras"].contains(kUid));
}

TEST_F(Http, ShowsFiguresAsPrometheusReadsThem) {
  rig.add_camera(emulated());
  rig.bring_up();
  const auto page = get("/metrics");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.content_type.find("version=0.0.4"), std::string::npos);
  for (const char* line : {"# TYPE cam32100_commands_total counter", "cam32100_mqtt_connected 1",
                           "cam32100_resident_memory_bytes 9000000",
                           "cam32100_camera_connected{uid=\"VSTC-123456-ABCDE\"} 1",
                           "cam32100_camera_rtt_seconds{uid=\"VSTC-123456-ABCDE\"} 0.02"})
    EXPECT_NE(page.body.find(line), std::string::npos) << line << "\n" << page.body;
}

TEST_F(Http, HasNoPictureBeforeOneWasTaken) {
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_EQ(get(kPicture).status, 404);
}

TEST_F(Http, ShowsTheLastPictureAndWhatItIs) {
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_EQ(rig.call(kUid, "snapshot")["status"], "ok");
  const auto page = get(kPicture);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "image/jpeg");
  EXPECT_EQ(page.body, protocol::to_string(jpeg_of(3000)));
  EXPECT_EQ(header(page, "Cache-Control"), "no-store");
  EXPECT_EQ(header(page, "X-Snapshot-Reason"), "request");
  EXPECT_EQ(get("/cameras/vstc123456abcde/snapshot.jpg").body, page.body) << "any spelling";
}

TEST_F(Http, TakesAFreshPictureAndPublishesIt) {
  rig.add_camera(emulated());
  rig.bring_up();
  const auto page = get(kPicture + "?fresh=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.size(), 3000U);
  EXPECT_EQ(rig.retained_json(rig.topic("snapshot/meta"))["reason"], "http");
  EXPECT_EQ(rig.spy->count(rig.topic("response/snapshot")), 0U) << "nobody asked over MQTT";
  EXPECT_EQ(get(kPicture + "?fresh=0").body, page.body);
}

TEST_F(Http, SaysWhyThereIsNoFreshPicture) {
  rig.bring_online();
  const auto page = get(kPicture + "?fresh=1");
  EXPECT_TRUE(page.status == 503 || page.status == 504) << page.status;
  EXPECT_FALSE(json::parse(page.body)["message"].get<std::string>().empty());
}

TEST_F(Http, KeepsTheRawPictureWhereMqttHasBase64) {
  rig.options.config.snapshot.encoding = "b64";
  rig.kill_bridge();
  rig.start_bridge();
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_EQ(rig.call(kUid, "snapshot")["status"], "ok");
  EXPECT_TRUE(get(kPicture).body.starts_with("\xFF\xD8"));
}

TEST_F(Http, ShowsACameraWithoutItsPassword) {
  rig.add_camera(emulated());
  rig.bring_up();
  const auto page = get("/cameras/" + kUid);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(json::parse(page.body)["state"]["session"], "connected");
  EXPECT_EQ(page.body.find("888888"), std::string::npos);
}

TEST_F(Http, ListsItsPathsAtTheRoot) {
  const auto page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "application/json");
  const auto index = json::parse(page.body);
  EXPECT_EQ(index["name"], "cam32100");
  const auto listed = index["paths"];
  for (const auto& path :
       {std::string{"/health"}, std::string{"/metrics"}, "/cameras/" + kUid, kPicture})
    EXPECT_NE(std::find(listed.begin(), listed.end(), json(path)), listed.end()) << path;
}

TEST_F(Http, RefusesWhatItDoesNotKnow) {
  rig.bring_online();
  EXPECT_EQ(get("//").status, 404);
  EXPECT_EQ(get("/cameras/").status, 404);
  EXPECT_EQ(get("/cameras/VSTC-999999-ABCDE/snapshot.jpg").status, 404);
  EXPECT_EQ(get("/health", "POST").status, 405);
}

TEST_F(Http, AnswersWhileTheBridgeStops) {
  rig.bring_online();
  rig.bridge->stop(rig.moment());
  EXPECT_EQ(get("/health").status, 503);
}

TEST_F(Http, LinksThePictureOnlyWherePeopleCanReachIt) {
  rig.add_camera(emulated());
  rig.bring_up();
  EXPECT_FALSE(rig.call(kUid, "snapshot")["data"].contains("url"));
  rig.options.config.http.public_url = "http://192.0.2.1:8321";
  rig.kill_bridge();
  rig.start_bridge();
  rig.bring_up();
  EXPECT_EQ(rig.call(kUid, "snapshot")["data"]["url"],
            "http://192.0.2.1:8321/cameras/" + kUid + "/snapshot.jpg");
}

TEST(SnapshotInterval, TakesPicturesByItself) {
  BridgeRig::Options options;
  options.config.cameras.front().snapshot_interval_s = 10s;
  BridgeRig rig{std::move(options)};
  rig.add_camera(emulated());
  rig.bring_up();
  rig.run_for(35s);
  EXPECT_EQ(rig.spy->count(rig.topic("snapshot")), 3U);
  EXPECT_EQ(rig.retained_json(rig.topic("snapshot/meta"))["reason"], "interval");
}

TEST(HttpTarget, IsDecodedOrRefused) {
  const auto target = bridge::parse_target("/a%20b/c?x=1&y=%26&z");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c");
  EXPECT_EQ(target->query, (std::map<std::string, std::string>{{"x", "1"}, {"y", "&"}, {"z", ""}}));
  for (const char* bad : {"", "*", "http://x/", "/%", "/%4", "/%zz", "/a%00b", "/?%"})
    EXPECT_FALSE(bridge::parse_target(bad)) << bad;
  EXPECT_FALSE(bridge::parse_target("/" + std::string(3000, 'x')));
  EXPECT_FALSE(bridge::parse_target("/?" + std::string(100, '&') +
                                    "a=1&b=1&c=1&d&e&f&g&h&i&j&k&l&m&n&o&p&q"));
}

TEST(HttpToken, IsTakenAsBearerAndAsPassword) {
  EXPECT_TRUE(bridge::is_authorised("", ""));
  EXPECT_TRUE(bridge::is_authorised("s3cret", "Bearer s3cret"));
  EXPECT_TRUE(bridge::is_authorised("s3cret", "Basic YW55OnMzY3JldA=="));  // any:s3cret
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "s3cret", "Basic", "Basic !!!!",
        "Basic czNjcmV0", "Basic YW55OnMzY3JlVA==", "Digest s3cret"})
    EXPECT_FALSE(bridge::is_authorised("s3cret", wrong)) << wrong;
}

}  // namespace
}  // namespace cam32100::testing
