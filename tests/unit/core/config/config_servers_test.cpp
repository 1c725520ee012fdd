#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kCs2 =
    "EEGDFHBOKCIGGFJPECHIFNEBGJNLHOMIHEFJBADPAGJELNKJDKANCBPJGHLAIALAADMDKPDGOENEBECCIK:"
    "vstarcam2018";
constexpr const char* kIlnk =
    "SWPNPDPFLVAOLNSXPHSQPIEOPAIDENLXHXEHIFLKPGLRHUARSTLQEEEPSUIHPDLSPEAOICLOSQEMLPPALNIBIAERHZLKHX"
    "EJHYHUEIEHEL"
    "EEEKEG";

std::string servers(json keys) { return json{{"servers", json::array({std::move(keys)})}}.dump(); }

ServerSetConfig only(json keys) {
  const Config config = load(servers(std::move(keys)));
  return config.servers.empty() ? ServerSetConfig{} : config.servers.front();
}

TEST(ConfigServers, TakeHostsAndName) {
  const auto set =
      only({{"hosts", {"p2p1.example.org", "192.0.2.10:5000"}}, {"prefixes", {"vstc", "vc0"}}});
  EXPECT_EQ(set.name, "p2p1.example.org");
  EXPECT_THAT(set.hosts, ElementsAre("p2p1.example.org", "192.0.2.10:5000"));
  EXPECT_THAT(set.prefixes, ElementsAre("VSTC", "VC0"));
  EXPECT_EQ(set.psk, "");
}

TEST(ConfigServers, DecodeAnInitStringAndTakeItsPsk) {
  const auto set = only({{"name", "vendor"}, {"hosts", {kCs2}}});
  EXPECT_THAT(set.hosts, ElementsAre("47.74.149.92", "47.254.147.136", "47.254.30.44"));
  EXPECT_EQ(set.psk, "vstarcam2018");
}

TEST(ConfigServers, StandForASetWhenTheyAreTexts) {
  const Config alone = load(json{{"servers", kCs2}}.dump());
  ASSERT_THAT(alone.servers, SizeIs(1));
  EXPECT_THAT(alone.servers[0].hosts, SizeIs(3));
  EXPECT_EQ(alone.servers[0].psk, "vstarcam2018");
  const Config two = load(json{{"servers", {"a.example.org", {{"hosts", {"b"}}}}}}.dump());
  ASSERT_THAT(two.servers, SizeIs(2));
  EXPECT_THAT(two.servers[0].hosts, ElementsAre("a.example.org"));
  EXPECT_THAT(faults_of(R"({"servers": "a b"})"), ElementsAre(HasSubstr("/servers/0/hosts")));
}

TEST(ConfigServers, AreTheMakersOwnInOneWord) {
  const Config config = load(json{{"servers", "vendor"}}.dump());
  ASSERT_THAT(config.servers, SizeIs(4));
  EXPECT_EQ(config.servers[0].name, "vendor VSTB");
  EXPECT_THAT(config.servers[0].prefixes, ElementsAre("VSTB", "VSTC"));
  EXPECT_THAT(config.servers[0].hosts,
              ElementsAre("s2.eye4.cn", "s3.vstarcam.com", "107.20.134.235"));
  EXPECT_EQ(config.servers[3].name, "vendor VSTG");
  EXPECT_EQ(config.servers[3].psk, "vstarcam2018");
  const Config beside = load(json{{"servers", {"vendor", "a.example.org"}}}.dump());
  ASSERT_THAT(beside.servers, SizeIs(5));
  EXPECT_THAT(beside.servers[4].hosts, ElementsAre("a.example.org"));
  EXPECT_EQ(only({{"name", "eye4"}, {"hosts", {"vendor"}}}).name, "eye4 VSTB");
}

TEST(ConfigServers, LetTheMakersOwnStandAlone) {
  for (const json& keys :
       {json{{"hosts", {"vendor", "a.example.org"}}}, json{{"hosts", {"vendor"}}, {"psk", "x"}},
        json{{"hosts", {"vendor"}}, {"prefixes", {"VSTC"}}}}) {
    EXPECT_THAT(faults_of(servers(keys)), ElementsAre(HasSubstr("it stands alone, make two sets")))
        << keys;
  }
  EXPECT_THAT(faults_of(json{{"servers", {"vendor", "vendor"}}}.dump()),
              ::testing::Each(HasSubstr("is taken already at config.json: /servers/0/name")));
}

TEST(ConfigServers, DecodeTheIlnkForm) {
  EXPECT_THAT(only({{"hosts", {kIlnk}}}).hosts,
              ElementsAre("139.155.68.77", "119.45.114.92", "162.62.63.154", "3.132.215.40"));
}

TEST(ConfigServers, TakeTheSamePskTwice) {
  EXPECT_EQ(only({{"hosts", {kCs2}}, {"psk", "vstarcam2018"}}).psk, "vstarcam2018");
  EXPECT_EQ(only({{"hosts", {kCs2}}, {"psk", "key:2cd46006"}}).psk, "vstarcam2018");
  EXPECT_EQ(only({{"hosts", {"a"}}, {"psk", "plain"}}).psk, "");
}

TEST(ConfigServers, TakeAKeyForAPskOrSayWhatIsWrongWithIt) {
  EXPECT_EQ(only({{"hosts", {"a"}}, {"psk", "key:0123abcd"}}).psk, "key:0123abcd");
  EXPECT_THAT(faults_of(servers({{"hosts", {"a"}}, {"psk", "key:0123"}})),
              ElementsAre(HasSubstr("/servers/0/psk: begins with \"key:\"")));
}

TEST(ConfigServers, RefuseAPskThatContradictsTheInitString) {
  EXPECT_THAT(
      faults_of(servers({{"hosts", {kCs2}}, {"psk", "another"}})),
      ElementsAre(AllOf(HasSubstr("config.json: /servers/0/hosts: the init string brings a psk"),
                        Not(HasSubstr("another")), Not(HasSubstr("vstarcam2018")))));
}

TEST(ConfigServers, RefuseAnInitStringBesideOtherHosts) {
  EXPECT_THAT(faults_of(servers({{"hosts", {"a.example.org", kCs2}}})),
              ElementsAre(HasSubstr("/servers/0/hosts: holds an init string beside other hosts")));
}

TEST(ConfigServers, RefuseADamagedInitStringWithoutItsPsk) {
  EXPECT_THAT(faults_of(servers({{"hosts", {"EEGDFHBOKCIGGFJPECHIFNEBGZ:hunter2"}}})),
              ElementsAre(AllOf(HasSubstr("/servers/0/hosts: element 0 looks like an init string"),
                                Not(HasSubstr("hunter2")))));
}

TEST(ConfigServers, RefuseSetsWithoutHosts) {
  EXPECT_THAT(faults_of(servers(json::object())),
              ElementsAre(HasSubstr("/servers/0/hosts: is missing")));
  EXPECT_THAT(
      faults_of(servers({{"hosts", json::array()}})),
      ElementsAre("config.json: /servers/0/hosts: is empty, at least one element is wanted"));
}

TEST(ConfigServers, RefuseWhatIsNotAHost) {
  for (const char* host : {"", "a b", "a:0", "a:99999", "a:x", "-a", "http://a", "[::1]", "a/b"}) {
    EXPECT_THAT(faults_of(servers({{"hosts", {host}}})),
                ElementsAre(HasSubstr("/servers/0/hosts: element 0 ")))
        << host;
  }
}

TEST(ConfigServers, RefusePrefixesThatNoIdBeginsWith) {
  for (const char* prefix : {"", "VSTC-", "123", "ABCDEFGHI"}) {
    EXPECT_THAT(faults_of(servers({{"hosts", {"a"}}, {"prefixes", {prefix}}})),
                ElementsAre(HasSubstr("/servers/0/prefixes: element 0 ")))
        << prefix;
  }
}

TEST(ConfigServers, RefuseTheSameNameTwice) {
  EXPECT_THAT(
      faults_of(R"({"servers": [{"hosts": ["a"]}, {"name": "a", "hosts": ["b"]}]})"),
      ElementsAre("config.json: /servers/1/name: the name \"a\" is taken already at config.json: "
                  "/servers/0/name"));
}

TEST(ParseServer, ReadsAPayload) {
  const auto parsed = parse_server({{"hosts", {kCs2}}}, "server/add");
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->hosts, SizeIs(3));
}

TEST(ParseServer, RefusesAFaultyPayload) {
  auto parsed = parse_server({{"host", "a"}}, "server/add");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().sentences,
              ElementsAre("server/add: /host: unknown key; did you mean \"hosts\"?",
                          HasSubstr("server/add: /hosts: is missing")));
}

}  // namespace
}  // namespace cam32100::bridge
