#include <gtest/gtest.h>

#include <string>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

const Credentials kDefault{"admin", "888888"};

std::string text_of(const CgiRequest& request, const Credentials& credentials = kDefault) {
  const auto text = to_text(request, credentials);
  EXPECT_TRUE(text.has_value());
  return text.has_value() ? *text : std::string{};
}

// An error makes the test fail by its exception.
CgiRequest parsed_from(std::string_view text) { return parse_request_text(text).value(); }
ReceivedCgiRequest received_from(std::string_view text) {
  return parse_received_request(text).value();
}

TEST(CgiRequestText, IsTheKnownVectorForAPlainGet) {
  Bytes block;
  append_request_block(text_of({.cgi = "get_status.cgi", .parameters = {}}), block);
  EXPECT_EQ(
      to_hex(block),
      "010a000049000000474554202f6765745f7374617475732e6367693f6c6f67696e7573653d61646d696e266c6f"
      "67696e7061733d38383838383826757365723d61646d696e267077643d38383838383826");
}

TEST(CgiRequestText, PutsItsOwnParametersBeforeTheCredentials) {
  EXPECT_EQ(
      text_of({.cgi = "camera_control.cgi", .parameters = {{"param", "1"}, {"value", "128"}}}),
      "GET /camera_control.cgi?param=1&value=128&loginuse=admin&loginpas=888888&user=admin&pwd="
      "888888&");
}

// A search for `user=` finds `rtspuser=` as well, and the first one counts.
TEST(CgiRequestText, PutsTheCredentialsInFrontOfParametersThatEndLikeThem) {
  const CgiRequest request{.cgi = "set_rtsp.cgi",
                           .parameters = {{"rtspuser", "u"}, {"rtsppwd", "p"}}};
  const std::string text = text_of(request);
  EXPECT_EQ(text.substr(text.find("user=")).substr(0, 11), "user=admin&");
  EXPECT_EQ(text.substr(text.find("pwd=")).substr(0, 11), "pwd=888888&");
  EXPECT_EQ(text,
            "GET /set_rtsp.cgi?loginuse=admin&loginpas=888888&user=admin&pwd=888888&rtspuser=u&"
            "rtsppwd=p&");
  EXPECT_EQ(to_redacted_text(request),
            "GET /set_rtsp.cgi?loginuse=***&loginpas=***&user=***&pwd=***&rtspuser=u&rtsppwd=***&");
  const auto back = parsed_from(text);
  EXPECT_EQ(back.parameters, request.parameters);
}

TEST(CgiRequestText, LeavesTheViewerPairOutWhereTheCgiHasThatNameItself) {
  EXPECT_EQ(
      text_of({.cgi = "set_ftp.cgi", .parameters = {{"svr", "h"}, {"user", "u"}, {"pwd", "p"}}}),
      "GET /set_ftp.cgi?svr=h&user=u&pwd=p&loginuse=admin&loginpas=888888&");
}

TEST(CgiRequestText, CarriesNoCredentialsWhenTheRequestWantsNone) {
  EXPECT_EQ(text_of({.cgi = "get_online_log.cgi", .parameters = {}, .authenticate = false}),
            "GET /get_online_log.cgi?");
}

TEST(CgiRequestText, EncodesWhateverCouldSmuggleAParameter) {
  const std::string text =
      text_of({.cgi = "set_alias.cgi",
               .parameters = {{"alias", "x&loginuse=root&a%=b\r\nGET /\xC3\xA9\x01 +"}}},
              {"ad&min", "p=a?s"});
  EXPECT_EQ(text,
            "GET /set_alias.cgi?alias=x%26loginuse%3Droot%26a%25%3Db%0D%0AGET%20%2F%C3%A9%01%20%2B"
            "&loginuse=ad%26min&loginpas=p%3Da%3Fs&user=ad%26min&pwd=p%3Da%3Fs&");
}

TEST(CgiRequestText, KeepsUnreservedCharactersAsTheyAre) {
  EXPECT_NE(text_of({.cgi = "a.cgi", .parameters = {{"v", "Az09-._~"}}}).find("v=Az09-._~&"),
            std::string::npos);
}

TEST(CgiRequestText, EncodesEveryByteSoThatItReadsBackTheSame) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const auto parsed =
      parsed_from(text_of({.cgi = "set_alias.cgi", .parameters = {{"alias", all}}}));
  ASSERT_EQ(parsed.parameters.size(), 1U);
  EXPECT_EQ(parsed.parameters[0].second, all);
}

TEST(CgiRequestText, RefusesNamesThatAreNotNames) {
  for (const char* cgi :
       {"", ".cgi", "get_status", "a.cgi.cgi", "a b.cgi", "../a.cgi", "a.cgi?x=1", "ä.cgi"}) {
    const auto text = to_text({.cgi = cgi, .parameters = {}}, kDefault);
    ASSERT_TRUE(text.has_error()) << cgi;
    EXPECT_EQ(text.error(), make_error_code(Errc::bad_length)) << cgi;
  }
  for (const char* name :
       {"", "a b", "a=b", "a&b", "a%62", "n\n", "loginuse", "loginpas", "xloginuse"}) {
    const auto text = to_text({.cgi = "a.cgi", .parameters = {{name, "1"}}}, kDefault);
    ASSERT_TRUE(text.has_error()) << name;
    EXPECT_EQ(text.error(), make_error_code(Errc::bad_length)) << name;
  }
}

TEST(CgiRequestText, EndsAtTheSixteenBitLength) {
  const auto with_value_of = [](std::size_t size) {
    return to_text(
        {.cgi = "a.cgi", .parameters = {{"v", std::string(size, 'x')}}, .authenticate = false},
        kDefault);
  };
  const std::size_t frame = std::string_view{"GET /a.cgi?v=&"}.size();
  EXPECT_EQ(with_value_of(65535 - frame).value().size(), 65535U);
  EXPECT_TRUE(with_value_of(65536 - frame).has_error());
  EXPECT_TRUE(with_value_of(1'000'000).has_error());
}

TEST(CgiRequestText, HasALittleEndianLengthInItsBlock) {
  Bytes block;
  append_request_block(std::string(0x0123, 'x'), block);
  EXPECT_EQ(to_hex(BytesView{block}.first(8)), "010a000023010000");
  EXPECT_EQ(block.size(), 8U + 0x0123U);
}

TEST(CgiRequestText, StandsNextToItsNeighbourInOneBuffer) {
  Bytes block;
  append_request_block("GET /a.cgi?", block);
  append_request_block("GET /bb.cgi?", block);
  EXPECT_EQ(to_hex(BytesView{block}.subspan(19, 8)), "010a00000c000000");
  EXPECT_EQ(block.size(), 8U + 11U + 8U + 12U);
}

TEST(CgiRedactedText, ShowsNeitherCredentialsNorSecretParameters) {
  EXPECT_EQ(
      to_redacted_text({.cgi = "set_wifi.cgi",
                        .parameters = {{"ssid", "my net"},
                                       {"wpa_psk", "s3cret"},
                                       {"key1", "s3cret"},
                                       {"key1_bits", "0"},
                                       {"apwifi_key", "s3cret"}}}),
      "GET "
      "/set_wifi.cgi?ssid=my%20net&wpa_psk=***&key1=***&key1_bits=0&apwifi_key=***&loginuse=***&"
      "loginpas=***&user=***&pwd=***&");
  EXPECT_EQ(
      to_redacted_text({.cgi = "set_users.cgi", .parameters = {{"user3", "a"}, {"pwd3", "s3cret"}}})
          .find("s3cret"),
      std::string::npos);
}

TEST(CgiRedactedText, IsSafeEvenForNamesThatToTextRefuses) {
  EXPECT_EQ(to_redacted_text(
                {.cgi = "a\n.cgi", .parameters = {{"x&loginpas=1", "v"}}, .authenticate = false}),
            "GET /a%0A.cgi?x%26loginpas%3D1=***&");
}

TEST(ParseRequestText, ReadsPathAndValuesAndDropsCredentials) {
  const auto parsed = parsed_from(
      "/snapshot.cgi?res=1&t=a%20b&loginuse=admin&loginpas=888888&user=admin&pwd=888888&");
  EXPECT_EQ(parsed.cgi, "snapshot.cgi");
  const std::vector<std::pair<std::string, std::string>> expected{{"res", "1"}, {"t", "a b"}};
  EXPECT_EQ(parsed.parameters, expected);
  EXPECT_TRUE(parsed.authenticate);
}

TEST(ParseRequestText, IsTolerantAboutWhatClientsLeaveOut) {
  for (const char* text :
       {"get_status.cgi", "/get_status.cgi", "GET /get_status.cgi?", "/get_status.cgi?&&"}) {
    const auto parsed = parsed_from(text);
    EXPECT_EQ(parsed.cgi, "get_status.cgi");
    EXPECT_TRUE(parsed.parameters.empty());
  }
  const auto bare = parsed_from("/a.cgi?flag&x=1");  // no trailing '&', a name without value
  EXPECT_EQ(bare.parameters.size(), 2U);
  EXPECT_EQ(bare.parameters[0].second, "");
}

TEST(ParseRequestText, ReadsRequestsAsAppsWriteThem) {
  // The text of capture 50 (password replaced), and that of 35, which ends without '&'.
  const auto app = parsed_from(
      "GET /get_status.cgi?loginuse=admin&loginpas=secret&userId=301968900&vuid=BD0227833JJIU&");
  ASSERT_EQ(app.parameters.size(), 2U);
  EXPECT_EQ(app.parameters[0].second, "301968900");
  EXPECT_EQ(app.parameters[1].first, "vuid");
  const std::string_view bare =
      "GET /get_status.cgi?loginuse=admin&loginpas=888888&user=admin&pwd=888888";
  EXPECT_EQ(bare.size(), 0x48U);
  EXPECT_TRUE(parsed_from(bare).parameters.empty());
}

TEST(ParseRequestText, KeepsUserAndPwdWhereTheyAreTheCgisOwn) {
  const auto parsed = parsed_from("/set_mail.cgi?user=u&pwd=p&loginuse=admin&loginpas=x&");
  const std::vector<std::pair<std::string, std::string>> expected{{"user", "u"}, {"pwd", "p"}};
  EXPECT_EQ(parsed.parameters, expected);
}

TEST(ParseRequestText, RefusesWhatIsNoRequest) {
  for (const char* text :
       {"", "/", "GET ", "/index.html", "/a.cgi?x=%", "/a.cgi?x=%4", "/a.cgi?x=%zz", "/a.cgi?=1",
        "/a.cgi?a b=1", "/a.cgi?x=1\r\nGET /b.cgi", "/a.cgi\x01", "POST /a.cgi"}) {
    const auto parsed = parse_request_text(text);
    ASSERT_TRUE(parsed.has_error()) << text;
    EXPECT_EQ(parsed.error(), make_error_code(Errc::bad_reply)) << text;
  }
}

TEST(ParseReceivedRequest, TellsTheTwoPairsApart) {
  const auto received = received_from("GET /a.cgi?loginuse=m&loginpas=mp&user=v&pwd=vp&x=1");
  ASSERT_TRUE(received.manager.has_value() && received.viewer.has_value());
  EXPECT_EQ(received.manager->user, "m");
  EXPECT_EQ(received.manager->password, "mp");
  EXPECT_EQ(received.viewer->user, "v");
  EXPECT_EQ(received.viewer->password, "vp");
  EXPECT_EQ(received.request.parameters.size(), 1U);
}

TEST(ParseReceivedRequest, TakesTheFirstOfRepeatedCredentials) {
  const auto received = received_from("/a.cgi?loginuse=first&loginuse=second&loginpas=p");
  ASSERT_TRUE(received.manager.has_value());
  EXPECT_EQ(received.manager->user, "first");
}

TEST(ParseReceivedRequest, InventsNoPairThatIsNotThere) {
  const auto received = received_from("/a.cgi?x=1");
  EXPECT_FALSE(received.manager.has_value());
  EXPECT_FALSE(received.viewer.has_value());
  const auto half = received_from("/a.cgi?user=only");
  ASSERT_TRUE(half.viewer.has_value());
  EXPECT_EQ(half.viewer->password, "");
}

}  // namespace
}  // namespace cam32100::protocol
