#include <gtest/gtest.h>

#include <array>
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

TEST(CgiCommands, LetsAnIdAnswerItsOwnCgiAlone) {
  EXPECT_TRUE(may_be_reply_to(0x6001, "get_status.cgi"));
  EXPECT_FALSE(may_be_reply_to(0x6002, "get_status.cgi"));
  EXPECT_FALSE(may_be_reply_to(0x7777, "get_status.cgi"));
  EXPECT_FALSE(may_be_reply_to(0x6001, "get_rtsp.cgi"));
}

TEST(CgiCommands, LetsAnIdThatNobodyNumberedAnswerAnyCgiWithoutOne) {
  for (const unsigned any : {0x0000U, 0x6FFFU, 0x7777U, 0xFFFFU}) {
    const auto id = static_cast<std::uint16_t>(any);
    EXPECT_TRUE(may_be_reply_to(id, "get_rtsp.cgi")) << id;
    EXPECT_TRUE(may_be_reply_to(id, "set_ir_gpio.cgi")) << id;
  }
}

TEST(CgiCommands, LetsAnIdWithAnotherSubjectAnswerNone) {
  constexpr std::array<std::uint16_t, 15> kNumbered{0x600A, 0x6018, 0x601C, 0x601D, 0x6022,
                                                    0x602F, 0x6030, 0x6031, 0x6032, 0x6035,
                                                    0x6036, 0x6040, 0x6053, 0x6054, 0x60A1};
  for (const auto id : kNumbered) {
    EXPECT_FALSE(may_be_reply_to(id, "get_rtsp.cgi")) << id;
    EXPECT_FALSE(may_be_reply_to(id, "get_onvif.cgi")) << id;
  }
}

TEST(CgiCommands, LetsAnIdWithASubjectAnswerTheCgisOfThatSubject) {
  EXPECT_TRUE(may_be_reply_to(0x600A, "set_ir_gpio.cgi"));
  EXPECT_TRUE(may_be_reply_to(0x6018, "test_ftp.cgi"));
  EXPECT_TRUE(may_be_reply_to(0x601C, "mailtest.cgi"));
  EXPECT_TRUE(may_be_reply_to(0x602F, "upgrade_firmware.cgi"));
  EXPECT_TRUE(may_be_reply_to(0x6035, "get_apwifi.cgi"));
  EXPECT_FALSE(may_be_reply_to(0x6040, "notification.cgi"));  // sent unasked
}

}  // namespace
}  // namespace cam32100::protocol
