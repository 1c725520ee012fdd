#include "protocol/transport/cipher_list.hpp"

#include <gtest/gtest.h>

namespace cam32100::protocol {
namespace {

TEST(CipherList, IsAListOfNamedKeys) {
  CipherList list;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.begin(), list.end());
  list = {{"plain", {}}, {"one", Cipher{"one"}}};
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list.front().name, "plain");
  EXPECT_EQ(list[1].cipher, Cipher{"one"});
  list.clear();
  EXPECT_EQ(list.size(), 0U);
}

TEST(CipherList, SharesItsKeysWithItsCopiesUntilOneChanges) {
  CipherList list{{"plain", {}}};
  CipherList copy = list;
  EXPECT_EQ(copy.begin(), list.begin());
  copy.push_back({"one", Cipher{"one"}});
  EXPECT_EQ(copy.size(), 2U);
  EXPECT_EQ(list.size(), 1U);
}

}  // namespace
}  // namespace cam32100::protocol
