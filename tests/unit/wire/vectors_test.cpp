#include "tests/support/vectors/vectors.hpp"

#include <gtest/gtest.h>

namespace cam32100::vectors {
namespace {

// Each of these kinds is read to its last row by a test that compares its own count with
// row_counts().
TEST(Vectors, HoldNoKindOfRowThatNoTestReads) {
  const std::map<std::string, std::size_t> read{
      {"captures.json/captures", captures().size()},
      {"cipher.json/vectors", cipher_pairs().size()},
      {"crc.json/bad", bad_crc_rows().size()},
      {"crc.json/vectors", crc_rows().size()},
      {"init_strings.json/cs2", cs2_strings().size()},
      {"init_strings.json/ilnk", ilnk_strings().size()},
      {"uid.json/aliases_refused", refused_aliases().size()},
      {"uid.json/invalid", invalid_uids().size()},
      {"uid.json/spellings", uid_spellings().size()},
      {"uid.json/valid", valid_uids().size()}};
  EXPECT_EQ(row_counts(), read);
}

TEST(Vectors, AreNotEmptied) {
  for (const auto& [kind, count] : row_counts()) EXPECT_GT(count, 0U) << kind;
}

TEST(Vectors, SayOfEveryCaptureWhereItComesFrom) {
  for (const auto& capture : captures()) {
    EXPECT_TRUE(capture.kind == "capture" || capture.kind == "synthetic") << capture.n;
    EXPECT_FALSE(capture.what.empty()) << capture.n;
    EXPECT_EQ(capture.expect.count("message"), 1U) << capture.n;
    EXPECT_EQ(capture.expect.count("payload_length"), 1U) << capture.n;
  }
}

}  // namespace
}  // namespace cam32100::vectors
