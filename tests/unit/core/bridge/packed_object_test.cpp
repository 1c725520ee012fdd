#include "bridge/core/packed_object.hpp"

#include <gtest/gtest.h>

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using Merged = PackedObject::Merged;

TEST(PackedObject, IsAnObjectFromTheStart) {
  const PackedObject object;
  EXPECT_TRUE(object.empty());
  EXPECT_EQ(object.value(), json::object());
  EXPECT_EQ(object.text(), "{}");
}

TEST(PackedObject, SaysWhatAnUpdateDidToIt) {
  PackedObject object;
  EXPECT_EQ(object.merge({{"a", 1}, {"b", "x"}}), Merged::grown);
  EXPECT_EQ(object.merge({{"a", 1}}), Merged::nothing);
  EXPECT_EQ(object.merge({{"a", 2}}), Merged::changed);
  EXPECT_EQ(object.merge({{"a", 3}, {"c", nullptr}}), Merged::grown);
  EXPECT_EQ(object.value(), (json{{"a", 3}, {"b", "x"}, {"c", nullptr}}));
  EXPECT_EQ(object.merge(json::object()), Merged::nothing);
  EXPECT_EQ(object.merge(nullptr), Merged::nothing);
  EXPECT_EQ(object.merge(json::array({1})), Merged::nothing);
}

TEST(PackedObject, TakesAnEarlierUpdateAgainAfterAnotherOne) {
  PackedObject object;
  (void)object.merge({{"a", 1}});
  EXPECT_EQ(object.merge({{"a", 1}}), Merged::nothing);
  EXPECT_EQ(object.merge({{"a", 2}}), Merged::changed);
  EXPECT_EQ(object.merge({{"a", 1}}), Merged::changed);
  object.assign({{"a", 5}});
  EXPECT_EQ(object.merge({{"a", 1}}), Merged::changed) << "it was assigned in between";
  EXPECT_EQ(object.value(), (json{{"a", 1}}));
}

TEST(PackedObject, KeepsEveryKindOfValue) {
  PackedObject object;
  const json all{{"text", "ä\"\\\n"},
                 {"number", -1.5},
                 {"big", 18446744073709551615U},
                 {"list", {1, "2"}},
                 {"object", {{"x", true}}}};
  (void)object.merge(all);
  EXPECT_EQ(object.value(), all);
  EXPECT_EQ(object.merge(all), Merged::nothing);
  object.assign(7);
  EXPECT_TRUE(object.empty());
}

}  // namespace
}  // namespace cam32100::bridge
