#include "protocol/wire/bytes.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

TEST(Reader, ReadsEachWidthInTheOrderItsNameSays) {
  const auto bytes = hex("01 0203 0405 06070809 0a0b0c0d");
  Reader in{bytes};
  EXPECT_EQ(in.u8(), 0x01);
  EXPECT_EQ(in.u16_be(), 0x0203);
  EXPECT_EQ(in.u16_le(), 0x0504);
  EXPECT_EQ(in.u32_be(), 0x06070809U);
  EXPECT_EQ(in.u32_le(), 0x0D0C0B0AU);
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_TRUE(in.ok());
}

TEST(Reader, TakesAViewOfTheSameBytes) {
  const auto bytes = hex("00112233");
  Reader in{bytes};
  in.skip(1);
  const auto taken = in.take(2);
  EXPECT_EQ(taken.data(), bytes.data() + 1);
  EXPECT_EQ(taken.size(), 2U);
  EXPECT_EQ(in.rest().data(), bytes.data() + 3);
  EXPECT_TRUE(in.ok());
}

TEST(Reader, StaysBrokenAndYieldsZeroAfterTheFirstShortRead) {
  const auto bytes = hex("112233");
  Reader in{bytes};
  EXPECT_EQ(in.u32_be(), 0U);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0) << "three bytes were left, but they are out of step now";
  EXPECT_EQ(in.u16_le(), 0);
  EXPECT_EQ(in.u16_be(), 0);
  EXPECT_EQ(in.u32_le(), 0U);
  EXPECT_TRUE(in.take(1).empty());
  EXPECT_TRUE(in.rest().empty());
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(Reader, RefusesATakeLongerThanAnyBuffer) {
  const auto bytes = hex("112233");
  Reader in{bytes};
  EXPECT_TRUE(in.take(static_cast<std::size_t>(-1)).empty());
  EXPECT_FALSE(in.ok());
}

TEST(Reader, TakesNothingFromNothing) {
  Reader in{BytesView{}};
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_TRUE(in.rest().empty());
  EXPECT_TRUE(in.ok());
  in.skip(1);
  EXPECT_FALSE(in.ok());
}

TEST(Writer, WritesEachWidthInTheOrderItsNameSays) {
  std::array<std::byte, 16> buffer{};
  Writer out{buffer};
  out.u8(0x01);
  out.u16_be(0x0203);
  out.u16_le(0x0504);
  out.u32_be(0x06070809);
  out.u32_le(0x0D0C0B0A);
  out.bytes(hex("0e"));
  out.zeros(2);
  EXPECT_TRUE(out.ok());
  EXPECT_EQ(out.size(), 16U);
  EXPECT_EQ(to_hex(buffer), "0102030405060708090a0b0c0d0e0000");
}

TEST(Writer, WritesNothingMoreAfterTheFirstWriteThatDoesNotFit) {
  std::array<std::byte, 3> buffer{};
  Writer out{buffer};
  out.u8(0x11);
  out.u32_be(0xFFFFFFFF);
  EXPECT_FALSE(out.ok());
  out.u8(0x22);
  out.u16_be(0x3333);
  out.u16_le(0x3333);
  out.u32_le(0x44444444);
  out.bytes(hex("55"));
  out.zeros(1);
  EXPECT_EQ(out.size(), 1U);
  EXPECT_EQ(to_hex(buffer), "110000");
}

TEST(Writer, RefusesMoreZerosThanAnyBufferHolds) {
  std::array<std::byte, 3> buffer{};
  Writer out{buffer};
  out.u8(1);
  out.zeros(static_cast<std::size_t>(-1));
  EXPECT_FALSE(out.ok());
}

TEST(Hex, SkipsBlanksColonsAndALeading0x) {
  Bytes out;
  EXPECT_TRUE(from_hex(" 0xF1:30 00\t0 0\n", out));
  EXPECT_EQ(to_hex(out), "f1300000");
}

TEST(Hex, AcceptsEmptyTextAsNoBytes) {
  Bytes out = hex("11");
  EXPECT_TRUE(from_hex("", out));
  EXPECT_TRUE(out.empty());
  EXPECT_TRUE(from_hex("  ", out));
}

TEST(Hex, RefusesOddAndForeignDigits) {
  Bytes out;
  EXPECT_FALSE(from_hex("f13", out));
  EXPECT_FALSE(from_hex("f1 3", out));
  EXPECT_FALSE(from_hex("g1", out));
  EXPECT_FALSE(from_hex("f1-30", out));
  EXPECT_FALSE(from_hex("f10x30", out)) << "0x is for the beginning only";
}

TEST(Text, KeepsEveryByteBothWays) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(to_string(as_bytes(all)), all);
  EXPECT_EQ(static_cast<const void*>(as_bytes(all).data()), all.data());
  EXPECT_TRUE(as_bytes("").empty());
}

}  // namespace
}  // namespace cam32100::protocol
