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
  // Asks, and gives the ticket.
  std::uint64_t ask(const std::string& target, const std::string& method = "GET",
                    bool cross_site = false) {
    const auto parsed = bridge::parse_target(target);
    EXPECT_TRUE(parsed) << target;
    const auto ticket = ++ticket_;
    rig.bridge->on_http(rig.moment(), {ticket, method, parsed->path, parsed->query, cross_site});
    return ticket;
  }
  // The one answer; an empty one with status 0 when none came.
  HttpAnswer answer_to(std::uint64_t ticket) {
    (void)rig.run_until([&] { return rig.ports->pages.contains(ticket); }, 60s);
    const auto& pages = rig.ports->pages[ticket];
    EXPECT_EQ(pages.size(), 1U) << ticket;
    if (!pages.empty()) return pages.front();
    HttpAnswer none;
    none.status = 0;
    return none;
  }
  HttpAnswer get(const std::string& target, const std::string& method = "GET") {
    return answer_to(ask(target, method));
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

TEST_F(Http, TakesOnePictureForAllWhoAskAtOnce) {
  rig.add_camera(emulated());
  rig.bring_up();
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 20; ++i) tickets.push_back(ask(kPicture + "?fresh=1"));
  for (const auto ticket : tickets) {
    const auto page = answer_to(ticket);
    EXPECT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(page.body.size(), 3000U);
  }
  rig.run_for(1s);  // the broker delivers
  EXPECT_EQ(rig.spy->count(rig.topic("snapshot")), 1U);
  EXPECT_EQ(get(kPicture + "?fresh=1").status, 200) << "the next is a new one";
  rig.run_for(1s);
  EXPECT_EQ(rig.spy->count(rig.topic("snapshot")), 2U);
}

TEST_F(Http, LeavesTheQueueToCommandsHoweverManyAskForPictures) {
  rig.bring_online();  // the camera is away: whatever is asked waits
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 20; ++i) tickets.push_back(ask(kPicture + "?fresh=1"));
  EXPECT_EQ(json::parse(get("/health").body)["cameras"][kUid]["queued"], 1);
  EXPECT_NE(rig.call(kUid, "get_status")["error"]["code"], "rate_limited");
  for (const auto ticket : tickets) EXPECT_GE(answer_to(ticket).status, 503);
}

TEST_F(Http, TurnsAwayWhoComesWhenTooManyWaitForAPicture) {
  rig.bring_online();
  std::vector<std::uint64_t> tickets;
  for (std::size_t i = 0; i < bridge::CameraJobs::kMaxHttpAskers; ++i)
    tickets.push_back(ask(kPicture + "?fresh=1"));
  const auto late = ask(kPicture + "?fresh=1");
  ASSERT_TRUE(rig.ports->pages.contains(late)) << "at once";
  const auto page = answer_to(late);
  EXPECT_EQ(page.status, 503);
  EXPECT_EQ(json::parse(page.body)["code"], "rate_limited");
  EXPECT_EQ(header(page, "Retry-After"), "1");
  for (const auto ticket : tickets) EXPECT_GE(answer_to(ticket).status, 503);
}

TEST_F(Http, AnswersAllWhoWaitForAPictureWhenItStops) {
  rig.bring_online();
  const auto first = ask(kPicture + "?fresh=1");
  const auto second = ask(kPicture + "?fresh=1");
  rig.bridge->stop(rig.moment());
  EXPECT_EQ(answer_to(first).status, 503);
  EXPECT_EQ(answer_to(second).status, 503);
}

TEST_F(Http, TakesNoPictureForThePageOfAnotherSite) {
  rig.add_camera(emulated());
  rig.bring_up();
  const auto page = answer_to(ask(kPicture + "?fresh=1", "GET", true));
  EXPECT_EQ(page.status, 403);
  EXPECT_EQ(json::parse(page.body)["code"], "forbidden");
  EXPECT_EQ(answer_to(ask("/health", "GET", true)).status, 200);
  EXPECT_EQ(rig.spy->count(rig.topic("snapshot")), 0U);
}

TEST_F(Http, TellsWhatTheServersRefused) {
  rig.bring_online();
  rig.ports->http_refused = {{"unauthorised", 3}, {"too_many", 0}};
  EXPECT_EQ(json::parse(get("/health").body)["http"]["refused"]["unauthorised"], 3);
  const auto metrics = get("/metrics").body;
  for (const char* line : {"# TYPE cam32100_http_refused_total counter",
                           "cam32100_http_refused_total{reason=\"unauthorised\"} 3",
                           "cam32100_http_refused_total{reason=\"too_many\"} 0"})
    EXPECT_NE(metrics.find(line), std::string::npos) << line << "\n" << metrics;
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
  const auto& listed = index["paths"];
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

TEST(HttpHost, IsOursWhenItCannotBeSomebodyElsesName) {
  for (const char* ours : {"", "127.0.0.1", "127.0.0.1:8321", "192.168.1.5", "[::1]:8321", "[::1]",
                           "localhost", "LocalHost:8321"})
    EXPECT_TRUE(bridge::is_own_host(ours, "")) << ours;
  for (const char* foreign :
       {"evil.example", "evil.example:8321", "127.0.0.1.evil.example", "localhost.evil.example",
        "x", ":8321", "[::1", "[evil.example]", "[::1]x", "1.2.3.4.5", "[::1]:80.evil.example"})
    EXPECT_FALSE(bridge::is_own_host(foreign, "")) << foreign;
}

TEST(HttpHost, IsOursAsThePublicUrlSaysIt) {
  const std::string url = "https://Cams.example:8443/porch";
  EXPECT_TRUE(bridge::is_own_host("cams.example", url));
  EXPECT_TRUE(bridge::is_own_host("CAMS.example:8443", url));
  EXPECT_FALSE(bridge::is_own_host("porch", url));
  EXPECT_FALSE(bridge::is_own_host("cams.example.evil.example", url));
  EXPECT_FALSE(bridge::is_own_host(":80", "http://:80"));
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

// Every text of up to nine letters out of "=", "A" and "Y".
TEST(HttpToken, IsNotFoundInAnyShortTextOfPadding) {
  std::vector<std::string> texts{""};
  for (std::size_t done = 0; done < texts.size(); ++done) {
    const std::string text = texts[done];
    EXPECT_FALSE(bridge::is_authorised("s3cret", "Basic " + text)) << text;
    if (text.size() == 9) continue;
    for (const char next : {'=', 'A', 'Y'}) texts.push_back(text + next);
  }
}

}  // namespace
}  // namespace cam32100::testing
