#include "bridge/io/suspend_watch.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;

// A watch that looks as often as the loop lets it, at a clock of ours. Each look takes the next
// reading; after the last one it is stopped.
std::vector<std::chrono::seconds> resumes_seen(const std::vector<std::chrono::nanoseconds>& slept) {
  boost::asio::io_context io;
  std::vector<std::chrono::seconds> seen;
  std::shared_ptr<SuspendWatch> watch;
  std::size_t looks = 0;
  watch = std::make_shared<SuspendWatch>(
      io, [&](std::chrono::seconds length) { seen.push_back(length); },
      [&] {
        const auto reading = slept.at(looks++);
        if (looks == slept.size()) watch->stop();
        return reading;
      },
      0ms);
  watch->start();
  io.run();
  EXPECT_EQ(looks, slept.size());
  return seen;
}

TEST(SuspendWatch, TellsHowLongTheHostSlept) {
  EXPECT_EQ(resumes_seen({0s, 0s, 60s, 60s, 61min, 61min}),
            (std::vector<std::chrono::seconds>{60s, 1h}));
}

TEST(SuspendWatch, CountsFromItsOwnStart) { EXPECT_TRUE(resumes_seen({5h, 5h, 5h}).empty()); }

TEST(SuspendWatch, IsQuietAboutStopsThatNoSessionNotices) {
  EXPECT_TRUE(resumes_seen({0s, 2s, 4s, 6s, 6s}).empty());
}

TEST(SuspendWatch, ReadsTheClocksOfTheSystem) {
  boost::asio::io_context io;
  const auto watch = std::make_shared<SuspendWatch>(io, [](std::chrono::seconds) { FAIL(); });
  watch->start();
  watch->stop();
  io.run();
}

}  // namespace
}  // namespace cam32100::bridge
