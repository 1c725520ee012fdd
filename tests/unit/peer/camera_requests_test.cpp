#include "protocol/peer/camera_requests.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

struct CameraRequestsTest : ::testing::Test {
  CameraRequests requests;

  std::vector<std::string> all() {
    std::vector<std::string> texts;
    while (auto text = requests.take()) texts.push_back(std::move(*text));
    return texts;
  }
  static Bytes block(std::string_view text) {
    Bytes bytes;
    append_request_block(text, bytes);
    return bytes;
  }
  static Bytes block_of_length(std::string_view text, std::size_t announced) {
    Bytes bytes = block(text);
    bytes[4] = static_cast<std::byte>(announced & 0xFFU);
    bytes[5] = static_cast<std::byte>(announced >> 8U);
    return bytes;
  }
};

const std::string kStatus = "GET /get_status.cgi?";
const std::string kParams = "GET /get_params.cgi?";

TEST_F(CameraRequestsTest, ReadsSeveralBlocksOfOnePacket) {
  Bytes packet = block(kStatus);
  append_request_block(kParams, packet);
  append_request_block(kStatus, packet);
  requests.on_packet(packet);
  EXPECT_EQ(all(), (std::vector<std::string>{kStatus, kParams, kStatus}));
}

TEST_F(CameraRequestsTest, ReadsBlocksAcrossPacketsWhereverTheyAreCut) {
  Bytes stream = block(kStatus);
  append_request_block(kParams, stream);
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    requests.on_packet(BytesView{stream}.first(split));
    requests.on_packet(BytesView{stream}.subspan(split));
    EXPECT_EQ(all(), (std::vector<std::string>{kStatus, kParams})) << split;
  }
}

TEST_F(CameraRequestsTest, ReadsARequestLongerThanAPacket) {
  const std::string text = "GET /set_alias.cgi?alias=" + std::string(3000, 'x') + "&";
  const Bytes stream = block(text);
  for (std::size_t at = 0; at < stream.size(); at += 1024) {
    requests.on_packet(
        BytesView{stream}.subspan(at, std::min<std::size_t>(1024, stream.size() - at)));
  }
  EXPECT_EQ(all(), std::vector<std::string>{text});
}

TEST_F(CameraRequestsTest, NeverAnswersALengthThatIsTooShort) {
  requests.on_packet(block_of_length(kStatus, kStatus.size() - 3));
  EXPECT_TRUE(all().empty());
  requests.on_packet(block(kParams));
  EXPECT_EQ(all(), std::vector<std::string>{kParams});
}

TEST_F(CameraRequestsTest, NeverAnswersALengthThatIsTooLong) {
  requests.on_packet(block_of_length(kStatus, kStatus.size() + 3));
  EXPECT_TRUE(all().empty());
  requests.on_packet(block(kParams));
  EXPECT_EQ(all(), std::vector<std::string>{kParams});
}

TEST_F(CameraRequestsTest, NeverAnswersALengthModulo256InTheWrongPlace) {
  // What one client library writes for texts of 256 and more: the high byte in the command field.
  const std::string text = "GET /set_alias.cgi?alias=" + std::string(300, 'x') + "&";
  Bytes packet = block(text);
  packet[3] = packet[5];
  packet[5] = std::byte{0};
  requests.on_packet(packet);
  EXPECT_TRUE(all().empty());
}

TEST_F(CameraRequestsTest, IgnoresOtherDialectsAndOtherMethods) {
  Bytes json;
  ASSERT_TRUE(from_hex("060aa080040000007b7d7b7d", json));
  requests.on_packet(json);
  requests.on_packet(block("POST /get_status.cgi?"));
  requests.on_packet(block("GET /a.cgi?\r\nGET /b.cgi?"));
  requests.on_packet(block(""));
  EXPECT_TRUE(all().empty());
  EXPECT_EQ(requests.counters().unreadable, 4U);
  requests.on_packet(block(kStatus));
  EXPECT_EQ(all(), std::vector<std::string>{kStatus});
}

TEST_F(CameraRequestsTest, KeepsOnlySoManyUnreadRequests) {
  for (std::size_t i = 0; i < CameraRequests::kMaxQueued + 10; ++i)
    requests.on_packet(block(kStatus));
  EXPECT_EQ(all().size(), CameraRequests::kMaxQueued);
  EXPECT_EQ(requests.counters().dropped, 10U);
}

TEST_F(CameraRequestsTest, SurvivesEverySingleByteCorruption) {
  Bytes packet = block(kStatus);
  append_request_block(kParams, packet);
  for (std::size_t at = 0; at < packet.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes damaged = packet;
      damaged[at] = static_cast<std::byte>(value);
      requests.on_packet(damaged);
      ASSERT_LE(all().size(), 2U);
      requests = CameraRequests{};
    }
  }
}

}  // namespace
}  // namespace cam32100::protocol
