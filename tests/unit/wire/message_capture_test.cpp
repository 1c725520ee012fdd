#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/describe.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "tests/support/vectors/vectors.hpp"

namespace cam32100::protocol {
namespace {

using vectors::Capture;
using vectors::Expected;

Bytes plain(const Capture& capture) {
  auto bytes = capture.bytes;
  Cipher{std::string_view{capture.psk.value_or("")}}.decrypt(bytes);
  return bytes;
}

std::map<std::string, Expected> meaning(const Packet& packet) {
  std::map<std::string, Expected> fields;
  for (const auto& field : describe(packet)) fields.emplace(field.name, field.value);
  return fields;
}

void expect_meaning(const Capture& capture, const Packet& packet) {
  const auto fields = meaning(packet);
  for (const auto& [name, value] : capture.expect) {
    const auto found = fields.find(name);
    ASSERT_NE(found, fields.end()) << name;
    EXPECT_EQ(found->second, value) << name;
  }
}

TEST(Captures, DecodeToWhatTheySayAndBackToTheSameBytes) {
  std::size_t whole = 0;
  for (const auto& capture : vectors::captures()) {
    if (!capture.whole) continue;
    SCOPED_TRACE(capture.n + ": " + capture.what);
    const auto bytes = plain(capture);
    const auto packet = decode(bytes);
    ASSERT_TRUE(packet) << packet.error().message();
    expect_meaning(capture, *packet);

    std::array<std::byte, kMaxDatagramBytes> buffer{};
    const auto size = encode(packet->message, buffer);
    ASSERT_TRUE(size) << size.error().message();
    Bytes again(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*size));
    again.insert(again.end(), packet->trailing.begin(), packet->trailing.end());
    Cipher{std::string_view{capture.psk.value_or("")}}.encrypt(again);
    EXPECT_EQ(to_hex(again), to_hex(capture.bytes));
    ++whole;
  }
  EXPECT_EQ(whole, 30U) << "every whole row, none skipped";
}

TEST(Captures, AreRefusedAsTruncatedWhenOnlyTheirHeadIsKnown) {
  std::size_t heads = 0;
  for (const auto& capture : vectors::captures()) {
    if (capture.whole) continue;
    SCOPED_TRACE(capture.n + ": " + capture.what);
    const auto bytes = plain(capture);
    const auto packet = decode(bytes);
    ASSERT_FALSE(packet);
    EXPECT_EQ(packet.error(), Errc::truncated);

    const auto header = decode_header(bytes);
    ASSERT_TRUE(header);
    const Expected name{std::string{protocol::name(static_cast<MessageType>(header->type))}};
    EXPECT_EQ(capture.expect.at("message"), name);
    EXPECT_EQ(capture.expect.at("payload_length"), Expected{std::uint64_t{header->payload_length}});
    ++heads;
  }
  EXPECT_EQ(heads, 19U) << "every head, none skipped";
  EXPECT_EQ(heads + 30, vectors::row_counts().at("captures.json/captures"));
}

// What was not captured cannot matter to the fields in front of it.
TEST(Captures, ShowTheirFieldsWhenAHeadIsFilledUp) {
  for (const auto& capture : vectors::captures()) {
    if (capture.whole) continue;
    SCOPED_TRACE(capture.n + ": " + capture.what);
    auto bytes = plain(capture);
    bytes.resize(kHeaderBytes + decode_header(bytes)->payload_length);
    const auto packet = decode(bytes);
    ASSERT_TRUE(packet) << packet.error().message();
    expect_meaning(capture, *packet);
  }
}

TEST(Captures, AreNotReadWithoutTheirKey) {
  std::size_t rows = 0;
  for (const auto& capture : vectors::captures()) {
    if (!capture.psk) continue;
    const auto packet = decode(capture.bytes);
    ASSERT_FALSE(packet) << capture.n;
    EXPECT_EQ(packet.error(), Errc::bad_magic) << capture.n;
    ++rows;
  }
  EXPECT_GT(rows, 0U);
}

// The fuzzer starts from, and the replay repeats, what real devices sent.
TEST(Captures, AreAllInTheCorpusOfThePacketFuzzer) {
  std::set<std::string> corpus;
  const auto folder = std::filesystem::path{CAM32100_TESTS_DIR} / "fuzz/packet/corpus";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    corpus.insert(std::string{std::istreambuf_iterator<char>(in), {}});
  }
  for (const auto& capture : vectors::captures()) {
    EXPECT_EQ(corpus.count(to_string(capture.bytes)), 1U) << capture.n << ": " << capture.what;
  }
}

}  // namespace
}  // namespace cam32100::protocol
