#include "bridge/io/state_writer.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::bridge {
namespace {

using namespace std::chrono_literals;

// A disk that fails, or hangs, as it is told. Called on the writer's thread.
struct Disk {
  std::error_code write(const std::string& text) {
    std::future<void> gate;
    {
      const std::lock_guard lock{mutex};
      ++attempts;
      gate = std::move(hang);
    }
    if (gate.valid()) gate.wait();
    const std::lock_guard lock{mutex};
    if (failures > 0) {
      --failures;
      return std::make_error_code(std::errc::no_space_on_device);
    }
    written.push_back(text);
    return {};
  }
  [[nodiscard]] std::vector<std::string> texts() {
    const std::lock_guard lock{mutex};
    return written;
  }

  std::mutex mutex;
  std::future<void> hang;  // the next write waits for it
  int failures = 0, attempts = 0;
  std::vector<std::string> written;
};

class StateWriterTest : public ::testing::Test {
 protected:
  bool run_until(const std::function<bool()>& done) {
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < limit) io.run_one_for(50ms);
    return done();
  }
  bool finish() {
    bool finished = false;
    writer.finish([&] { finished = true; });
    return run_until([&] { return finished; });
  }

  Disk disk;
  boost::asio::io_context io{1};
  std::vector<std::string> log;
  StateWriter writer{
      io, "state.json", [this](LogLevel, const std::string& line) { log.push_back(line); },
      [this](const std::string&, const std::string& text) { return disk.write(text); }};
};

TEST_F(StateWriterTest, MakesOneWriteOfABurst) {
  for (const auto* text : {"1", "2", "3"}) writer.save(text);
  ASSERT_TRUE(run_until([&] { return !disk.texts().empty(); }));
  EXPECT_TRUE(finish());
  EXPECT_EQ(disk.texts(), std::vector<std::string>{"3"});
}

TEST_F(StateWriterTest, WritesAtOnceWhatWaitsWhenItFinishes) {
  writer.save("last");
  ASSERT_TRUE(finish());
  EXPECT_EQ(disk.texts(), std::vector<std::string>{"last"});
  EXPECT_TRUE(log.empty());
}

TEST_F(StateWriterTest, LetsTheLoopRunWhileTheDiskHangsAndTheNewestStateWins) {
  std::promise<void> gate;
  disk.hang = gate.get_future();
  writer.save("1");
  ASSERT_TRUE(run_until([&] {
    const std::lock_guard lock{disk.mutex};
    return disk.attempts == 1;
  }));
  writer.save("2");
  writer.save("3");
  EXPECT_TRUE(disk.texts().empty());
  gate.set_value();
  ASSERT_TRUE(finish());
  EXPECT_EQ(disk.texts(), (std::vector<std::string>{"1", "3"}));
}

TEST_F(StateWriterTest, TriesAgainAfterAFailureAndTellsOnceEach) {
  disk.failures = 2;
  writer.save("kept");
  ASSERT_TRUE(run_until([&] { return log.size() == 2; }));
  EXPECT_EQ(disk.texts(), std::vector<std::string>{"kept"});
  EXPECT_NE(log[0].find("state.json cannot be written"), std::string::npos) << log[0];
  EXPECT_NE(log[1].find("written again"), std::string::npos) << log[1];
}

TEST_F(StateWriterTest, RetriesWithTheNewestState) {
  disk.failures = 1;
  writer.save("old");
  ASSERT_TRUE(run_until([&] { return !log.empty(); }));
  writer.save("new");
  ASSERT_TRUE(run_until([&] { return !disk.texts().empty(); }));
  EXPECT_EQ(disk.texts(), std::vector<std::string>{"new"});
}

// A busy loop finds both timers due in one go: the second can no longer be cancelled by the first.
TEST_F(StateWriterTest, FinishesWhenTheNextWriteIsDueAlready) {
  boost::asio::steady_timer stop{io, 50ms};
  bool finished = false;
  stop.async_wait(
      [&](const boost::system::error_code&) { writer.finish([&] { finished = true; }); });
  writer.save("last");
  const boost::asio::steady_timer both_due{io, 250ms};
  boost::asio::post(io, [&] {
    while (std::chrono::steady_clock::now() < both_due.expiry()) std::this_thread::yield();
  });
  EXPECT_TRUE(run_until([&] { return finished; }));
  EXPECT_EQ(disk.texts(), std::vector<std::string>{"last"});
}

TEST_F(StateWriterTest, FinishesThoughNothingCanBeWritten) {
  disk.failures = 100;
  writer.save("lost");
  EXPECT_TRUE(finish());
  EXPECT_EQ(log.size(), 1U);
}

// Whoever is told of a write may save at once: that is written now, and not once more later.
TEST(StateWriter, WritesOnceWhatIsSavedByWhoIsToldOfAWrite) {
  boost::asio::io_context io{1};
  Disk disk;
  std::function<void(const std::string&)> told;
  StateWriter writer{io, "state.json", [](LogLevel, const std::string&) {},
                     [&](const std::string&, const std::string& text) { return disk.write(text); },
                     [&](const std::string& text) { told(text); }};
  told = [&](const std::string& text) {
    if (text == "1") writer.save("2");
  };
  writer.save("1");
  io.run();  // until no timer and no write is left
  EXPECT_EQ(disk.texts(), (std::vector<std::string>{"1", "2"}));
}

TEST(StateWriter, WritesTheRealFile) {
  const testing::ScratchDirectory scratch;
  boost::asio::io_context io{1};
  std::string saved;
  StateWriter writer{io, scratch / "state.json", [](LogLevel, const std::string&) {},
                     write_text_file_atomically, [&](const std::string& what) { saved = what; }};
  writer.save("{}");
  bool finished = false;
  writer.finish([&] { finished = true; });
  io.run();
  EXPECT_TRUE(finished);
  std::string text;
  ASSERT_FALSE(read_text_file(scratch / "state.json", text));
  EXPECT_EQ(text, "{}");
  EXPECT_EQ(saved, "{}");
}

TEST(StateWriter, TellsNothingSavedThatIsNot) {
  boost::asio::io_context io{1};
  bool told = false;
  StateWriter writer{io, "state.json", [](LogLevel, const std::string&) {},
                     [](const std::string&, const std::string&) {
                       return std::make_error_code(std::errc::no_space_on_device);
                     },
                     [&](const std::string&) { told = true; }};
  writer.save("{}");
  writer.finish([] {});
  io.run();
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace cam32100::bridge
