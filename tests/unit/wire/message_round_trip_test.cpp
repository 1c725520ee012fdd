#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "tests/unit/wire/hex.hpp"
#include "tests/unit/wire/message_samples.hpp"

namespace cam32100::protocol {
namespace {

std::string encoded(const Message& message) {
  std::array<std::byte, kMaxDatagramBytes> buffer{};
  const auto size = encode(message, buffer);
  return size ? to_hex(BytesView{buffer}.first(*size)) : size.error().message();
}

TEST(RoundTrip, CoversEveryAlternativeOnce) {
  std::set<std::size_t> kinds;
  std::set<std::uint8_t> codes;
  for (const auto& sample : samples()) {
    EXPECT_TRUE(kinds.insert(sample.message.index()).second) << to_hex(sample.datagram);
    codes.insert(code(sample.message));
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<Message>);
  EXPECT_EQ(codes.size(), kinds.size() - 4) << "only 32, 43, 87 and 91 are used for two messages";
}

TEST(RoundTrip, EncodesEveryMessageToTheBytesOfTheTable) {
  for (const auto& sample : samples()) EXPECT_EQ(encoded(sample.message), to_hex(sample.datagram));
}

TEST(RoundTrip, DecodesEveryMessageToTheSameKindAndBytes) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(to_hex(sample.datagram));
    const auto packet = decode(sample.datagram);
    ASSERT_TRUE(packet) << packet.error().message();
    EXPECT_EQ(packet->message.index(), sample.message.index());
    EXPECT_EQ(packet->type, code(sample.message));
    EXPECT_EQ(packet->payload_length, sample.datagram.size() - kHeaderBytes);
    EXPECT_TRUE(packet->trailing.empty());
    EXPECT_EQ(encoded(packet->message), to_hex(sample.datagram));
  }
}

TEST(RoundTrip, KeepsTrailingBytesApart) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(to_hex(sample.datagram));
    auto padded = sample.datagram;
    padded.insert(padded.end(), 28, std::byte{0x5A});
    const auto packet = decode(padded);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->trailing.size(), 28U);
    EXPECT_EQ(packet->trailing.data(), padded.data() + sample.datagram.size());
    EXPECT_EQ(encoded(packet->message), to_hex(sample.datagram));
  }
}

TEST(RoundTrip, ViewsPointIntoTheDatagram) {
  for (const auto& sample : samples()) {
    const auto packet = decode(sample.datagram);
    ASSERT_TRUE(packet);
    const auto* const begin = sample.datagram.data();
    const auto* const end = begin + sample.datagram.size();
    std::visit(
        [&](const auto& message) {
          if constexpr (requires { message.extra; }) {
            EXPECT_EQ(message.extra.data() + message.extra.size(), end) << to_hex(sample.datagram);
            EXPECT_GE(message.extra.data(), begin);
          }
        },
        packet->message);
  }
}

TEST(RoundTrip, RefusesEveryBufferThatIsTooSmallAndWritesOnlyInsideIt) {
  for (const auto& sample : samples()) {
    for (std::size_t size = 0; size < sample.datagram.size(); ++size) {
      Bytes buffer(sample.datagram.size() + 8, std::byte{0xEE});
      const auto written = encode(sample.message, MutableBytesView{buffer}.first(size));
      ASSERT_FALSE(written) << to_hex(sample.datagram) << ' ' << size;
      EXPECT_EQ(written.error(), Errc::buffer_too_small);
      EXPECT_TRUE(std::all_of(buffer.begin() + static_cast<std::ptrdiff_t>(size), buffer.end(),
                              [](std::byte b) { return b == std::byte{0xEE}; }));
    }
    Bytes exact(sample.datagram.size());
    EXPECT_EQ(encode(sample.message, exact).value(), sample.datagram.size());
  }
}

TEST(RoundTrip, ReadsRelayServersByTheirBigEndianAddresses) {
  const auto sample = samples();
  const auto found = std::find_if(sample.begin(), sample.end(), [](const Sample& each) {
    return std::holds_alternative<RlyServerReqAck>(each.message);
  });
  ASSERT_NE(found, sample.end());
  const auto packet = decode(found->datagram);
  ASSERT_TRUE(packet);
  const auto& ack = std::get<RlyServerReqAck>(packet->message);
  ASSERT_EQ(ack.count(), 2U);
  EXPECT_EQ(ack.entry(0).address.address.text(), "192.168.40.101:32100");
  EXPECT_EQ(ack.entry(0).address.family, 2);
  EXPECT_EQ(ack.entry(0).tcp, 1);
  EXPECT_EQ(ack.entry(1).address.address.text(), "178.37.37.51:3556");
  EXPECT_EQ(ack.entry(1).super_device, 1);
  EXPECT_EQ(ack.entry(2).address, SockAddr{}) << "there is none";
}

TEST(RoundTrip, SendsNoMoreRelayServersThanADatagramHolds) {
  const Bytes many(20 * 64);
  EXPECT_EQ(encoded(RlyServerReqAck{.entries = many}), make_error_code(Errc::bad_length).message());
  EXPECT_EQ(encoded(RlyServerReqAck{.entries = BytesView{many}.first(19)}),
            make_error_code(Errc::bad_length).message());
}

TEST(RoundTrip, RefusesEveryPayloadShorterThanItsFixedPart) {
  for (const auto& sample : samples()) {
    for (std::size_t payload = 0; payload < sample.required; ++payload) {
      auto cut = sample.datagram;
      cut.resize(kHeaderBytes + payload);
      cut[2] = static_cast<std::byte>(payload >> 8);
      cut[3] = static_cast<std::byte>(payload & 0xFF);
      const auto packet = decode(cut);
      ASSERT_FALSE(packet) << to_hex(cut);
      EXPECT_EQ(packet.error(), Errc::truncated) << to_hex(cut);
    }
  }
}

TEST(RoundTrip, RefusesEveryDatagramShorterThanItsLength) {
  for (const auto& sample : samples()) {
    for (std::size_t size = 0; size < sample.datagram.size(); ++size) {
      const Bytes cut(sample.datagram.begin(),
                      sample.datagram.begin() + static_cast<std::ptrdiff_t>(size));
      const auto packet = decode(cut);
      ASSERT_FALSE(packet) << to_hex(cut);
      EXPECT_EQ(packet.error(), Errc::truncated) << to_hex(cut);
    }
  }
}

// Both are legal: bytes behind a message without a payload, and a message with one.
TEST(RoundTrip, TakesALongFormOnlyWhenItIsThereWhole) {
  const std::string uid = "5653544200000000000a3363555a43504b000000";
  const auto kind = [](const std::string& code, const std::string& payload) {
    auto datagram = hex("f1" + code + "0000" + payload);
    datagram[3] = static_cast<std::byte>(payload.size() / 2);
    const auto packet = decode(datagram);
    return packet ? std::optional{packet->message} : std::nullopt;
  };
  const auto notified = kind("32", uid);
  ASSERT_TRUE(notified);
  EXPECT_EQ(std::get<LanNotifyAck>(*notified).uid.text(), "VSTB-668515-UZCPK");
  for (const std::string& payload : {std::string{}, uid.substr(0, 38), "00" + uid}) {
    const auto bare = kind("32", payload);
    ASSERT_TRUE(bare) << payload;
    EXPECT_TRUE(std::holds_alternative<LanSearchExt>(*bare)) << payload;
  }
  // The example of Anker's description: EUPRAKM-12345-ABCDE at 10.20.30.40:31337.
  const std::string anker =
      "45555052414b4d00000030394142434445000000"
      "0002697a281e140a0000000000000000"
      "0000000000000000";
  const auto ready = kind("43", anker);
  ASSERT_TRUE(ready);
  EXPECT_EQ(std::get<P2pRdyAckEx>(*ready).uid.text(), "EUPRAKM-012345-ABCDE");
  EXPECT_EQ(std::get<P2pRdyAckEx>(*ready).address.address.text(), "10.20.30.40:31337");
  for (const std::string& payload : {std::string{}, uid, anker.substr(2)}) {
    const auto bare = kind("43", payload);
    ASSERT_TRUE(bare) << payload;
    EXPECT_TRUE(std::holds_alternative<P2pRdyAck>(*bare)) << payload;
  }
  EXPECT_FALSE(kind("43", "61" + anker.substr(2))) << "long enough, and no UID";
}

TEST(RoundTrip, KeepsAnyCodeThatHasNoLayout) {
  std::set<std::uint8_t> laid_out;
  for (const auto& sample : samples()) laid_out.insert(code(sample.message));
  laid_out.erase(0xA4);  // the sample of Unknown
  for (int value = 0; value < 256; ++value) {
    const auto type = static_cast<std::uint8_t>(value);
    if (laid_out.contains(type)) continue;
    auto datagram = hex("f1000002cafe");
    datagram[1] = std::byte{type};
    const auto packet = decode(datagram);
    ASSERT_TRUE(packet) << value;
    const auto* const unknown = std::get_if<Unknown>(&packet->message);
    ASSERT_NE(unknown, nullptr) << value;
    EXPECT_EQ(unknown->type, type);
    EXPECT_EQ(encoded(*unknown), to_hex(datagram));
  }
}

}  // namespace
}  // namespace cam32100::protocol
