#include "protocol/wire/fifo.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace cam32100::protocol {
namespace {

TEST(Fifo, GivesWhatWasPutInInItsOrder) {
  Fifo<std::string> fifo;
  EXPECT_FALSE(fifo.take());
  fifo.push("a");
  fifo.push("b");
  EXPECT_EQ(fifo.size(), 2U);
  EXPECT_EQ(fifo.take(), "a");
  fifo.push("c");
  EXPECT_EQ(fifo.take(), "b");
  EXPECT_EQ(fifo.take(), "c");
  EXPECT_TRUE(fifo.empty());
  EXPECT_FALSE(fifo.take());
}

TEST(Fifo, KeepsItsOrderWhileItNeverRunsEmpty) {
  Fifo<std::unique_ptr<int>> fifo;
  int in = 0;
  int out = 0;
  for (int round = 0; round < 1000; ++round) {
    for (int i = 0; i < 3; ++i) fifo.push(std::make_unique<int>(in++));
    for (int i = 0; i < (round % 2 == 0 ? 2 : 3); ++i) EXPECT_EQ(**fifo.take(), out++);
  }
  EXPECT_EQ(fifo.size(), static_cast<std::size_t>(in - out));
  while (!fifo.empty()) EXPECT_EQ(**fifo.take(), out++);
  EXPECT_EQ(out, in);
}

TEST(Fifo, ForgetsWhatWaitsButNotWhatWasTaken) {
  Fifo<int> fifo;
  for (int i = 0; i < 6; ++i) fifo.push(i);
  EXPECT_EQ(fifo.take(), 0);
  fifo.erase(fifo.find_if([](int each) { return each == 1; }));
  EXPECT_EQ(fifo.find_if([](int each) { return each == 0; }), fifo.end()) << "it is gone";
  fifo.erase(fifo.find_if([](int each) { return each == 5; }));
  fifo.push(5);
  fifo.erase_if([](int each) { return each % 2 == 0; });
  EXPECT_EQ(std::vector<int>(fifo.begin(), fifo.end()), (std::vector<int>{3, 5}));
  fifo.clear();
  EXPECT_TRUE(fifo.empty());
}

}  // namespace
}  // namespace cam32100::protocol
