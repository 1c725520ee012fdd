#include <gtest/gtest.h>

#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

Errc decode_error(std::string_view text) {
  const auto packet = decode(hex(text));
  return packet ? Errc{} : static_cast<Errc>(packet.error().value());
}

Errc encode_error(const Message& message) {
  std::vector<std::byte> buffer(100000);
  const auto size = encode(message, buffer);
  return size ? Errc{} : static_cast<Errc>(size.error().value());
}

TEST(Decode, RefusesForeignMagics) {
  EXPECT_EQ(decode_error("f2100000"), Errc::bad_magic);
  EXPECT_EQ(decode_error("a1000000"), Errc::bad_magic);
  EXPECT_EQ(decode_error("44480101"), Errc::bad_magic) << "the hardware search of VStarcam";
  EXPECT_EQ(decode_error(""), Errc::truncated);
  EXPECT_EQ(decode_error("f13000"), Errc::truncated);
}

TEST(Decode, ReadsAHeaderWhoseDatagramWasCut) {
  const auto header = decode_header(hex("f1d00404"));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->type, 0xD0);
  EXPECT_EQ(header->payload_length, 0x0404);
  EXPECT_EQ(decode_header(hex("f1d004")).error(), Errc::truncated);
  EXPECT_EQ(decode_header(hex("f2d00404")).error(), Errc::bad_magic);
}

TEST(Decode, RefusesDrwWithoutDataOrWithAForeignChannelOrMagic) {
  EXPECT_EQ(decode_error("f1d00005d107000001"), Errc{});
  EXPECT_EQ(decode_error("f1d00004d1000000"), Errc::bad_length);
  EXPECT_EQ(decode_error("f1d00005d108000001"), Errc::bad_length);
  EXPECT_EQ(decode_error("f1d00005d1ff000001"), Errc::bad_length);
  EXPECT_EQ(decode_error("f1d00005d200000001"), Errc::bad_magic);
  EXPECT_EQ(decode_error("f1d00003d10000"), Errc::truncated);
  EXPECT_EQ(decode_error("f1d00004d100000001"), Errc::bad_length) << "the byte is past the length";
}

TEST(Decode, RefusesAnAckWhoseCountDoesNotFit) {
  EXPECT_EQ(decode_error("f1d10006d10000020000"), Errc::bad_length);
  EXPECT_EQ(decode_error("f1d10005d100000100"), Errc::bad_length);
  EXPECT_EQ(decode_error("f1d10006d100ffff0000"), Errc::bad_length);
  EXPECT_EQ(decode_error("f1d10004d1080000"), Errc::bad_length) << "channel";
  EXPECT_EQ(decode_error("f1d10006d30000010000"), Errc::bad_magic);
  EXPECT_EQ(decode_error("f1d10003d10000"), Errc::truncated);
  EXPECT_EQ(decode_error("f1d10004d10000010000"), Errc::bad_length) << "indices past the length";
}

TEST(Decode, AcceptsAnAckOfNothingOneWithD2AndAPaddedOne) {
  EXPECT_EQ(decode_error("f1d10004d1000000"), Errc{});
  const auto old_form = hex("f1d10006d20000010005");
  const auto old_packet = decode(old_form);
  ASSERT_TRUE(old_packet);
  const auto& old_ack = std::get<DrwAck>(old_packet->message);
  EXPECT_EQ(old_ack.inner_magic, kOldAckMagic);
  EXPECT_EQ(old_ack.index(0), 5);
  const auto padded = hex("f1d10020d1020002fffe0001" + std::string(48, '0'));
  const auto packet = decode(padded);
  ASSERT_TRUE(packet);
  const auto& ack = std::get<DrwAck>(packet->message);
  EXPECT_EQ(ack.channel, 2);
  EXPECT_EQ(ack.count(), 2U);
  EXPECT_EQ(ack.index(0), 0xFFFE);
  EXPECT_EQ(ack.index(1), 1);
  EXPECT_EQ(ack.index(2), 0) << "past the end there is no index";
  EXPECT_EQ(ack.extra.size(), 24U);
}

TEST(Decode, RefusesMoreThanEightRelaysAndRelaysThatAreNotThere) {
  const std::string relay = "00026c7d6528a8c00000000000000000";
  EXPECT_EQ(decode_error("f169001401000000" + relay), Errc{});
  EXPECT_EQ(decode_error("f169000400000000"), Errc{});
  EXPECT_EQ(decode_error("f169001402000000" + relay), Errc::truncated);
  std::string nine = "f169009409000000";
  for (int i = 0; i < 9; ++i) nine += relay;
  EXPECT_EQ(decode_error(nine), Errc::bad_length);
  EXPECT_EQ(decode_error("f1690004ff000000"), Errc::bad_length);
}

TEST(Decode, RefusesIdsThatAreNone) {
  EXPECT_EQ(decode_error("f1420014" + std::string(40, '0')), Errc::bad_uid);
  EXPECT_EQ(decode_error("f1420014" + std::string(40, 'f')), Errc::bad_uid);
  EXPECT_EQ(decode_error("f1420013" + std::string(38, '0')), Errc::truncated)
      << "a short field is short before it is wrong";
}

TEST(Decode, AcceptsTheLongerVariantsOfKnownMessages) {
  const std::string uid = "5653544200000000000a3363555a43504b000000";
  const auto extended = hex("f1420018" + uid + "04010300");
  const auto packet = decode(extended);
  ASSERT_TRUE(packet);
  EXPECT_EQ(to_hex(std::get<P2pRdy>(packet->message).extra), "04010300");
  EXPECT_EQ(decode_error("f1410017" + uid + "000000"), Errc{}) << "23 bytes, eufy";
  EXPECT_EQ(decode_error("f13000020000"), Errc{}) << "LAN_SEARCH with two zeros, eufy";
  EXPECT_EQ(decode_error("f1710001aa"), Errc{});
  EXPECT_EQ(decode_error("f143002c" + std::string(88, '0')), Errc{}) << "Anker's P2P_RDY_ACK";
}

TEST(Encode, RefusesWhatAPeerWouldRefuse) {
  const Bytes data(kMaxDrwData + 1);
  const BytesView all{data};
  EXPECT_EQ(encode_error(Drw{7, 0, all.first(kMaxDrwData)}), Errc{});
  EXPECT_EQ(encode_error(Drw{0, 0, all}), Errc::bad_length);
  EXPECT_EQ(encode_error(Drw{0, 0, {}}), Errc::bad_length);
  EXPECT_EQ(encode_error(Drw{8, 0, all.first(1)}), Errc::bad_length);
  EXPECT_EQ(encode_error(DrwAck{.channel = 8, .indices = all.first(2)}), Errc::bad_length);
  EXPECT_EQ(encode_error(DrwAck{.channel = 0, .indices = all.first(3)}), Errc::bad_length);
  EXPECT_EQ(encode_error(DrwAck{.channel = 0, .indices = all.first(2), .inner_magic = 0}),
            Errc::bad_magic);
  EXPECT_EQ(encode_error(ListReqAck{.count = 9}), Errc::bad_length);
}

TEST(Encode, RefusesAPayloadThatItsLengthCannotSay) {
  const Bytes data(0x10000);
  const BytesView all{data};
  EXPECT_EQ(encode_error(Alive{all.first(0xFFFF)}), Errc{});
  EXPECT_EQ(encode_error(Alive{all}), Errc::bad_length);
}

TEST(Encode, WritesAnIdAsItIsEvenANoneOne) {
  std::array<std::byte, 24> buffer{};
  EXPECT_EQ(encode(P2pRdy{}, buffer).value(), 24U);
  EXPECT_EQ(to_hex(buffer), "f1420014" + std::string(40, '0'));
}

}  // namespace
}  // namespace cam32100::protocol
