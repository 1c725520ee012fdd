// The camera's reliable channel without a session round it: wrap, window, loss.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "tests/support/independent_camera/drw_receiver.hpp"
#include "tests/support/independent_camera/drw_sender.hpp"
#include "tests/support/independent_camera/selftest_client.hpp"

namespace cam32100::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(IndependentSender, CountsOnAcrossTheIndexWrap) {
  independent::DrwSender sender{0, 0xfffe};
  std::vector<independent::Bytes> out;
  independent::Complaints complaints;
  const protocol::TimePoint now{};
  ASSERT_TRUE(sender.write(now, independent::Bytes(std::size_t{4} * 1024), out));
  ASSERT_THAT(out, SizeIs(4));
  EXPECT_THAT(hexed(out[3]), StartsWith("f1d00404d1000001"));
  const std::vector<std::uint16_t> all{0xfffe, 0xffff, 0, 1};
  sender.on_ack(now, all, out, complaints);
  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_TRUE(sender.all_acknowledged());
  const std::vector<std::uint16_t> next{2};
  sender.on_ack(now, next, out, complaints);
  EXPECT_THAT(complaints, SizeIs(1));
}

TEST(IndependentSender, KeepsItsWindowOfIndices) {
  independent::DrwSender sender{0};
  std::vector<independent::Bytes> out;
  independent::Complaints complaints;
  const protocol::TimePoint now{};
  ASSERT_TRUE(sender.write(now, independent::Bytes(std::size_t{300} * 1024), out));
  EXPECT_THAT(out, SizeIs(110));
  const std::vector<std::uint16_t> not_the_oldest{1, 2, 3};
  sender.on_ack(now, not_the_oldest, out, complaints);
  EXPECT_THAT(out, SizeIs(110));
  const std::vector<std::uint16_t> oldest{0};
  sender.on_ack(now, oldest, out, complaints);
  EXPECT_THAT(out, SizeIs(114));
  EXPECT_FALSE(sender.write(now, independent::Bytes(independent::DrwSender::kPendingLimit), out));
}

TEST(IndependentReceiver, DeliversInOrderAcrossTheIndexWrap) {
  independent::DrwReceiver receiver{0, 0xffff};
  independent::Bytes delivered;
  independent::Complaints complaints;
  const protocol::TimePoint now{};
  receiver.accept(now, 0, unhex("02"), delivered, complaints);
  EXPECT_THAT(delivered, IsEmpty());
  receiver.accept(now, 0xffff, unhex("01"), delivered, complaints);
  receiver.accept(now, 1, unhex("03"), delivered, complaints);
  EXPECT_EQ(hexed(delivered), "010203");
  EXPECT_THAT(complaints, IsEmpty());
}

// A link that loses a fifth of what it carries and delays the rest by up to 80 ms.
class BadLink {
 public:
  explicit BadLink(std::uint32_t seed) : random_{seed} {}

  void carry(protocol::TimePoint now, std::vector<independent::Bytes> messages) {
    for (auto& message : messages) {
      if (random_() % 5 == 0) continue;
      const auto delay = std::chrono::milliseconds{random_() % 80};
      on_the_way_.emplace(now + delay, std::move(message));
    }
  }

  std::vector<independent::Bytes> arrived(protocol::TimePoint now) {
    std::vector<independent::Bytes> out;
    const auto end = on_the_way_.upper_bound(now);
    for (auto it = on_the_way_.begin(); it != end; ++it) out.push_back(it->second);
    on_the_way_.erase(on_the_way_.begin(), end);
    return out;
  }

 private:
  std::mt19937 random_;
  std::multimap<protocol::TimePoint, independent::Bytes> on_the_way_;
};

TEST(IndependentSender, BringsEveryByteToTheReceiverOverABadLink) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    independent::DrwSender sender{0, 0xffc0};
    independent::DrwReceiver receiver{0, 0xffc0};
    BadLink there{seed};
    BadLink back{seed + 100};
    independent::Bytes sent;
    for (std::size_t i = 0; i < 300'000; ++i) sent.push_back(static_cast<std::byte>(i * i >> 7));
    independent::Bytes delivered;
    independent::Complaints complaints;
    protocol::TimePoint now{};
    std::vector<independent::Bytes> out;
    ASSERT_TRUE(sender.write(now, sent, out));
    for (int ms = 0; ms < 120'000 && !sender.all_acknowledged(); ++ms, now += 1ms) {
      sender.on_time(now, out);
      there.carry(now, std::exchange(out, {}));
      for (const auto& drw : there.arrived(now)) {
        const auto data = independent::BytesView{drw}.subspan(8);
        receiver.accept(now, independent::u16_be_at(drw, 6), data, delivered, complaints);
        if (auto ack = receiver.take_ack(now)) back.carry(now, {*ack});
      }
      if (auto ack = receiver.take_ack(now)) back.carry(now, {*ack});
      for (const auto& ack : back.arrived(now)) {
        std::vector<std::uint16_t> indices;
        for (std::size_t at = 8; at < ack.size(); at += 2) {
          indices.push_back(independent::u16_be_at(ack, at));
        }
        sender.on_ack(now, indices, out, complaints);
      }
    }
    EXPECT_TRUE(sender.all_acknowledged());
    EXPECT_FALSE(sender.has_given_up());
    EXPECT_TRUE(delivered == sent);
    EXPECT_THAT(complaints, IsEmpty());
  }
}

}  // namespace
}  // namespace cam32100::testing
