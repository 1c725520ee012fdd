#include "bridge/io/secret_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using testing::ScratchDirectory;

TEST(SecretFiles, GivesTheContentWithoutItsNewline) {
  const ScratchDirectory scratch;
  scratch.write("garden", "hunter2 \r\n");
  EXPECT_EQ(read_secret_file(scratch.text(), "", "garden").value(), "hunter2 ");
}

TEST(SecretFiles, LooksIntoTheCredentialDirectorySecond) {
  const ScratchDirectory first;
  const ScratchDirectory second;
  second.write("garden", "from systemd");
  EXPECT_EQ(read_secret_file(first.text(), second.text(), "garden").value(), "from systemd");
  first.write("garden", "from the directory");
  EXPECT_EQ(read_secret_file(first.text(), second.text(), "garden").value(), "from the directory");
}

TEST(SecretFiles, LetsOneThatCannotBeReadHideNoCredential) {
  const ScratchDirectory first;
  const ScratchDirectory second;
  ASSERT_EQ(::mkdir((first.text() + "/garden").c_str(), 0700), 0);  // root can read every file
  EXPECT_NE(read_secret_file(first.text(), second.text(), "garden").error().message.find("read"),
            std::string::npos);
  second.write("garden", "from systemd");
  EXPECT_EQ(read_secret_file(first.text(), second.text(), "garden").value(), "from systemd");
}

TEST(SecretFiles, RefusesEveryFormOfAPath) {
  const ScratchDirectory scratch;
  for (const auto* name : {"", ".", "..", "../passwd", "/etc/passwd", "a/b"}) {
    const auto secret = read_secret_file(scratch.text(), "", name);
    ASSERT_FALSE(secret) << name;
    EXPECT_EQ(secret.error().code, ErrorCode::forbidden) << name;
  }
}

TEST(SecretFiles, RefusesALinkThatLeadsOut) {
  const ScratchDirectory scratch;
  const ScratchDirectory elsewhere;
  elsewhere.write("other", "not yours");
  std::filesystem::create_symlink(elsewhere / "other", scratch / "garden");
  const auto secret = read_secret_file(scratch.text(), "", "garden");
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::forbidden);
  EXPECT_EQ(secret.error().message.find("not yours"), std::string::npos);
}

TEST(SecretFiles, FollowsALinkThatStaysInside) {
  const ScratchDirectory scratch;
  scratch.write("real", "value");
  std::filesystem::create_symlink(scratch / "real", scratch / "garden");
  EXPECT_EQ(read_secret_file(scratch.text(), "", "garden").value(), "value");
}

// name -> ..data/name, ..data -> ..2026_11_23
TEST(SecretFiles, FollowsTheLinksOfAKubernetesVolume) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "..2026_11_23");
  scratch.write("..2026_11_23/garden", "value");
  std::filesystem::create_directory_symlink("..2026_11_23", scratch / "..data");
  std::filesystem::create_symlink("..data/garden", scratch / "garden");
  EXPECT_EQ(read_secret_file(scratch.text(), "", "garden").value(), "value");
}

TEST(SecretFiles, RefusesALinkIntoAFolderWhoseNameOnlyBeginsAlike) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "secrets");
  std::filesystem::create_directory(scratch / "secrets-of-others");
  scratch.write("secrets-of-others/garden", "not yours");
  std::filesystem::create_symlink(scratch / "secrets-of-others/garden", scratch / "secrets/garden");
  const auto secret = read_secret_file(scratch / "secrets", "", "garden");
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::forbidden);
}

TEST(SecretFiles, NamesAFileThatIsMissingEmptyOrTooLong) {
  const ScratchDirectory scratch;
  scratch.write("empty", "\n");
  scratch.write("long", std::string(5000, 'x'));
  for (const auto* name : {"none", "empty", "long"}) {
    const auto secret = read_secret_file(scratch.text(), "", name);
    ASSERT_FALSE(secret) << name;
    EXPECT_EQ(secret.error().code, ErrorCode::bad_argument);
    EXPECT_NE(secret.error().message.find(name), std::string::npos);
  }
}

// They are read on the event loop: whatever stands there, it must not wait.
TEST(SecretFiles, RefusesAPipeAtOnce) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkfifo((scratch.text() + "/pipe").c_str(), 0600), 0);
  const auto secret = read_secret_file(scratch.text(), "", "pipe");
  ASSERT_FALSE(secret);
  EXPECT_NE(secret.error().message.find("cannot be read"), std::string::npos);
}

TEST(SecretFiles, SaysThatNoDirectoryIsConfigured) {
  const auto secret = read_secret_file("", "", "garden");
  ASSERT_FALSE(secret);
  EXPECT_NE(secret.error().message.find("secrets.directory"), std::string::npos);
}

}  // namespace
}  // namespace cam32100::bridge
