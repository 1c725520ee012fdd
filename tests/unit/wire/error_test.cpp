#include "protocol/wire/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace cam32100::protocol {
namespace {

TEST(Errors, HaveOneNameAndOneSentenceEach) {
  std::set<std::string> names;
  std::set<std::string> sentences;
  const int last = static_cast<int>(Errc::invalid_dsk);
  for (int value = 1; value <= last; ++value) {
    const auto code = static_cast<Errc>(value);
    names.insert(to_text(code));
    sentences.insert(make_error_code(code).message());
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last));
  EXPECT_EQ(sentences.size(), static_cast<std::size_t>(last));
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_EQ(sentences.count("unknown error"), 0U);
}

TEST(Errors, CompareWithTheirEnumerator) {
  const boost::system::error_code code = Errc::timed_out;
  EXPECT_EQ(code, Errc::timed_out);
  EXPECT_NE(code, Errc::truncated);
  EXPECT_STREQ(code.category().name(), "cam32100.protocol");
  EXPECT_STREQ(to_text(Errc::timed_out), "timed_out");
}

TEST(Errors, DoNotFailOnNumbersThatAreNone) {
  EXPECT_EQ(protocol_category().message(0), "unknown error");
  EXPECT_STREQ(to_text(static_cast<Errc>(999)), "unknown");
  EXPECT_STREQ(to_text(static_cast<Operation>(999)), "unknown");
}

TEST(Operations, HaveOneNameEach) {
  std::set<std::string> names;
  const int last = static_cast<int>(Operation::closing);
  for (int value = 0; value <= last; ++value) names.insert(to_text(static_cast<Operation>(value)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace cam32100::protocol
