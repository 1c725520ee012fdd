#include <gtest/gtest.h>

#include <set>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

TEST(CgiCommands, KnowsTheCapturedIds) {
  EXPECT_EQ(cgi_command_id("get_status.cgi"), 0x6001);
  EXPECT_EQ(cgi_command_id("get_params.cgi"), 0x6002);
  EXPECT_EQ(cgi_command_id("snapshot.cgi"), 0x6015);
  EXPECT_EQ(cgi_command_id("check_user.cgi"), 0x60A0);
}

TEST(CgiCommands, GivesTheNameBackForEveryIdItLists) {
  std::set<std::string_view> names;
  for (unsigned id = 0; id <= 0xFFFF; ++id) {
    const auto name = cgi_name(static_cast<std::uint16_t>(id));
    if (name.empty()) continue;
    EXPECT_EQ(cgi_command_id(name), id) << name;
    EXPECT_TRUE(names.insert(name).second) << name << " has two ids";
  }
  EXPECT_GT(names.size(), 40U);
}

TEST(CgiCommands, HasNoIdForWhatNoSourceNumbers) {
  EXPECT_FALSE(cgi_command_id("get_rtsp.cgi").has_value());
  EXPECT_FALSE(cgi_command_id("get_onvif.cgi").has_value());
  EXPECT_FALSE(cgi_command_id("get_status").has_value());
  EXPECT_FALSE(cgi_command_id("").has_value());
}

TEST(CgiCommands, HasNoNameForUnlistedIds) {
  EXPECT_EQ(cgi_name(0x0000), "");
  EXPECT_EQ(cgi_name(0x600A), "");  // set_ir of the enumeration: no manual spells its CGI
  EXPECT_EQ(cgi_name(0xFFFF), "");
}

}  // namespace
}  // namespace cam32100::protocol
