#include "protocol/transport/byte_ring.hpp"

#include <string>

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol {
namespace {

std::string text(const ByteRing& ring, std::size_t offset, std::size_t count) {
  const auto pieces = ring.peek(offset, count);
  return to_string(pieces.first) + to_string(pieces.second);
}

TEST(ByteRing, KeepsTheOrderWhileItWrapsAndGrows) {
  ByteRing ring;
  std::string expected;
  for (unsigned i = 0; i < 3000; ++i) {
    const std::string piece(1 + i % 17, static_cast<char>('a' + i % 26));
    ring.push(as_bytes(piece));
    expected += piece;
    if (i % 3 != 0) {
      const std::size_t gone = std::min<std::size_t>(expected.size(), i % 23);
      ring.pop(gone);
      expected.erase(0, gone);
    }
    ASSERT_EQ(ring.size(), expected.size());
  }
  EXPECT_EQ(text(ring, 0, expected.size()), expected);
  EXPECT_EQ(text(ring, 5, 10), expected.substr(5, 10));
}

TEST(ByteRing, IsEmptyAgainAfterEverythingIsPopped) {
  ByteRing ring;
  ring.push({});
  EXPECT_EQ(ring.size(), 0U);
  ring.push(as_bytes("abc"));
  ring.pop(3);
  EXPECT_EQ(ring.size(), 0U);
  EXPECT_EQ(text(ring, 0, 0), "");
}

TEST(IndexRing, GivesIndicesInTheirOrderWhileItWrapsAndGrows) {
  IndexRing ring;
  std::uint16_t pushed = 0;
  std::uint16_t popped = 0;
  for (int round = 0; round < 500; ++round) {
    for (int i = 0; i < 3 + round % 5; ++i) ring.push(pushed++);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(ring.pop(), popped++);
  }
  EXPECT_EQ(ring.size(), static_cast<std::size_t>(pushed - popped));
}

TEST(IndexRing, IsEmptyAtFirstAndWhenDrained) {
  IndexRing ring;
  EXPECT_TRUE(ring.empty());
  ring.push(7);
  EXPECT_FALSE(ring.empty());
  (void)ring.pop();
  EXPECT_TRUE(ring.empty());
}

}  // namespace
}  // namespace cam32100::protocol
