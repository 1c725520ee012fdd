#include "protocol/wire/known_servers.hpp"

#include <gmock/gmock.h>

#include <set>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> hosts_of(std::string_view prefix) {
  const auto list = decode_init_string(vendor_init_string(prefix));
  return list ? list->hosts : std::vector<std::string>{};
}

// The hosts that protocol.md 6.6 reads out of them.
TEST(KnownServers, AreThoseOfTheirPrefixes) {
  EXPECT_THAT(hosts_of("VSTB"), ElementsAre("s2.eye4.cn", "s3.vstarcam.com", "107.20.134.235"));
  EXPECT_EQ(hosts_of("VSTC"), hosts_of("VSTB"));
  EXPECT_THAT(hosts_of("VSTD"), ElementsAre("47.254.146.4", "54.223.200.244", "54.167.151.249"));
  EXPECT_THAT(hosts_of("VSTF"), ElementsAre("34.230.130.60", "35.176.174.115", "119.23.133.106"));
  EXPECT_THAT(hosts_of("VSTG"), ElementsAre("47.74.149.92", "47.254.147.136", "47.254.30.44"));
  EXPECT_EQ(decode_init_string(vendor_init_string("VSTG"))->psk, "vstarcam2018");
}

TEST(KnownServers, AreNoneForOtherPrefixes) {
  EXPECT_EQ(vendor_init_string("PPCS"), "");
  EXPECT_EQ(vendor_init_string("VST"), "");
  EXPECT_EQ(vendor_init_string(""), "");
}

TEST(KnownServers, EachPrefixIsGoodAndInOneSetAlone) {
  std::set<std::string_view> seen;
  for (const auto& known : known_servers()) {
    ASSERT_FALSE(known.prefixes.empty());
    for (const auto prefix : known.prefixes) {
      EXPECT_TRUE(Uid::is_prefix(prefix)) << prefix;
      EXPECT_TRUE(seen.insert(prefix).second) << prefix;
    }
  }
}

}  // namespace
}  // namespace cam32100::protocol
