#include "bridge/io/state_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::bridge {
namespace {

using testing::ScratchDirectory;

TEST(StateFile, ReadsBackWhatItWrote) {
  const ScratchDirectory scratch;
  const std::string text("{\"a\":1}\0x", 9);
  ASSERT_FALSE(write_text_file_atomically(scratch / "state", text));
  std::string read;
  ASSERT_FALSE(read_text_file(scratch / "state", read));
  EXPECT_EQ(read, text);
}

TEST(StateFile, IsReadableByItsOwnerOnly) {
  const ScratchDirectory scratch;
  ASSERT_FALSE(write_text_file_atomically(scratch / "state", "secret"));
  struct stat facts {};
  ASSERT_EQ(::stat((scratch / "state").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(StateFile, TakesAMissingFileForEmpty) {
  const ScratchDirectory scratch;
  std::string read = "left over";
  EXPECT_FALSE(read_text_file(scratch / "none", read));
  EXPECT_TRUE(read.empty());
}

TEST(StateFile, KeepsTheOldContentWhenTheNewCannotBeWritten) {
  const ScratchDirectory scratch;
  ASSERT_FALSE(write_text_file_atomically(scratch / "state", "old"));
  std::filesystem::create_directory(scratch / "state.new");  // the file beside it cannot be made
  EXPECT_TRUE(write_text_file_atomically(scratch / "state", "new"));
  std::string read;
  ASSERT_FALSE(read_text_file(scratch / "state", read));
  EXPECT_EQ(read, "old");
}

// A file that may not grow any more fails in the middle of a write, as on a full disk.
TEST(StateFile, KeepsTheOldContentWhenTheDiskIsFull) {
  const ScratchDirectory scratch;
  ASSERT_FALSE(write_text_file_atomically(scratch / "state", "old"));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small{100, before.rlim_max};
  ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto error = write_text_file_atomically(scratch / "state", std::string(1000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(error);
  std::string read;
  ASSERT_FALSE(read_text_file(scratch / "state", read));
  EXPECT_EQ(read, "old");
  EXPECT_FALSE(std::filesystem::exists(scratch / "state.new"));
}

TEST(StateFile, LeavesNothingBesideItself) {
  const ScratchDirectory scratch;
  ASSERT_FALSE(write_text_file_atomically(scratch / "state", "x"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "state.new"));
}

TEST(StateFile, DoesNotWriteThroughALinkSomebodyPutThere) {
  const ScratchDirectory scratch;
  scratch.write("victim", "untouched");
  std::filesystem::create_symlink(scratch / "victim", scratch / "state.new");
  EXPECT_TRUE(write_text_file_atomically(scratch / "state", "new"));
  std::string read;
  ASSERT_FALSE(read_text_file(scratch / "victim", read));
  EXPECT_EQ(read, "untouched");
}

TEST(StateFile, ReportsAFolderThatIsNotThere) {
  const ScratchDirectory scratch;
  EXPECT_TRUE(write_text_file_atomically(scratch / "no/such/folder/state", "x"));
}

}  // namespace
}  // namespace cam32100::bridge
