// A camera of a family that is not built yet: it is found, and its commands say why they do not
// work.
#include <gtest/gtest.h>

#include <deque>

#include "protocol/wire/message.hpp"
#include "tests/support/fake_mqtt/bridge_rig.hpp"

namespace cam32100::testing {
namespace {

// Answers LAN searches with the extended answer, as cameras of the JSON family do, and nothing
// else.
class JsonCamera final : public protocol::Endpoint {
 public:
  explicit JsonCamera(protocol::Uid uid) : uid_{uid} {}
  void on_datagram(protocol::TimePoint, const protocol::Address& from,
                   protocol::BytesView datagram) override {
    const auto packet = protocol::decode(datagram);
    if (!packet || packet->type != kLanSearch) return;
    protocol::Datagram answer{.to = from, .bytes = {}, .size = kHeader + kBody};
    const std::uint8_t header[kHeader]{0xF1, kLanSearchExtAck, 0x00, kBody};
    for (std::size_t i = 0; i < kHeader; ++i) answer.bytes[i] = std::byte{header[i]};
    std::copy(uid_.bytes().begin(), uid_.bytes().end(), answer.bytes.begin() + kHeader);
    answers_.push_back(answer);
  }
  void on_time(protocol::TimePoint) override {}
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const override {
    return std::nullopt;
  }
  [[nodiscard]] bool take_datagram(protocol::TimePoint, protocol::Datagram& out) override {
    if (answers_.empty()) return false;
    out = answers_.front();
    answers_.pop_front();
    return true;
  }

 private:
  static constexpr std::uint8_t kLanSearch = 0x30, kLanSearchExtAck = 0x33;
  static constexpr std::size_t kHeader = 4;
  static constexpr std::uint8_t kBody = 52;
  protocol::Uid uid_;
  std::deque<protocol::Datagram> answers_;
};

TEST(JsonDialect, IsListedAsUnsupportedAndItsCommandsSayWhy) {
  JsonCamera camera{protocol::Uid::parse(kUid).value()};
  BridgeRig rig;
  const auto node = rig.net.attach(camera, {{192, 168, 1, 70}, 32108});
  rig.net.listen_lan(node);
  rig.bring_online();
  const auto found = rig.call("bridge", "discover");
  ASSERT_EQ(found["data"]["cameras"].size(), 1U) << found.dump();
  EXPECT_EQ(found["data"]["cameras"][0]["dialect"], "json");
  EXPECT_EQ(found["data"]["cameras"][0]["supported"], false);
  EXPECT_EQ(found["data"]["cameras"][0]["known"], true);
  const auto answer = rig.call(kUid, "ptz", {{"move", "left"}});
  EXPECT_EQ(answer["error"]["code"], "not_supported");
  EXPECT_NE(answer["error"]["message"].get<std::string>().find("JSON"), std::string::npos);
  const auto info = rig.retained_json(rig.topic("info"));
  EXPECT_EQ(info["supported"], false);
  EXPECT_TRUE(info["commands"].empty());
}

TEST(ForeignPrefix, IsNamedInTheLog) {
  BridgeRig::Options options;
  options.config = config_with("DGOK-123456-ABCDE");
  BridgeRig foreign{std::move(options)};
  foreign.bring_online();
  EXPECT_TRUE(foreign.ports->has_logged("begin with DGOK"));
  BridgeRig known;
  known.bring_online();
  EXPECT_FALSE(known.ports->has_logged("begin with"));
}

TEST(JsonDialect, IsShownInHomeAssistantByItsSessionAlone) {
  JsonCamera camera{protocol::Uid::parse(kUid).value()};
  BridgeRig::Options options;
  options.config.homeassistant.discovery = true;
  BridgeRig rig{std::move(options)};
  const auto node = rig.net.attach(camera, {{192, 168, 1, 70}, 32108});
  rig.net.listen_lan(node);
  rig.bring_online();
  rig.run_for(10s);
  const std::string topic = "homeassistant/device/cam32100_" + kUid + "/config";
  ASSERT_TRUE(rig.retained_json(topic)["components"].contains("sync_time"));
  ASSERT_EQ(rig.call("bridge", "discover")["status"], "ok");
  rig.run_for(15s);
  const auto all = rig.retained_json(topic)["components"];
  for (const char* id : {"session", "connectivity", "last_error", "event"})
    EXPECT_TRUE(all.contains(id)) << id;
  for (const auto& [id, one] : all.items()) {
    EXPECT_FALSE(one.contains("command_topic")) << id;
    EXPECT_NE(id, "firmware");
  }
}

TEST(JsonDialect, IsNotSuspectedOfACameraThatSpeaksCgi) {
  BridgeRig rig;
  rig.add_camera(emulated());
  rig.bring_up();
  ASSERT_EQ(rig.call("bridge", "discover")["data"]["cameras"].size(), 1U);
  EXPECT_EQ(rig.retained_json(rig.topic("info"))["supported"], true);
  EXPECT_EQ(rig.call(kUid, "ptz", {{"move", "left"}, {"step", true}})["status"], "ok");
}

}  // namespace
}  // namespace cam32100::testing
