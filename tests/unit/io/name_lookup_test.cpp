#include "bridge/io/name_lookup.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

#include "bridge/io/broker_probe.hpp"

namespace cam32100::bridge {
namespace {

using boost::asio::ip::tcp;
using Addresses = std::vector<boost::asio::ip::address>;

TEST(NameLookup, AnswersEverybodyWhoAsksForOneName) {
  boost::asio::io_context io;
  NameLookup names{io};
  int answers = 0;
  for (int i = 0; i < 3; ++i) {
    names.ask("localhost", NameLookup::Family::ipv4,
              [&](const Addresses& found, const std::string&) {
                ASSERT_FALSE(found.empty());
                EXPECT_TRUE(found.front().is_loopback());
                ++answers;
              });
  }
  EXPECT_EQ(answers, 0) << "always later";
  io.run();
  EXPECT_EQ(answers, 3);
}

TEST(NameLookup, AnswersEverybodyOnceThoughManyWait) {
  boost::asio::io_context io;
  NameLookup names{io};
  std::size_t found = 0;
  std::size_t turned_away = 0;
  for (std::size_t i = 0; i < 3 * NameLookup::kMaxWaiting; ++i) {
    names.ask("localhost", NameLookup::Family::ipv4,
              [&](const Addresses& addresses, const std::string& why) {
                ++(addresses.empty() ? turned_away : found);
                EXPECT_EQ(addresses.empty(), !why.empty());
              });
  }
  io.run();
  EXPECT_EQ(found, NameLookup::kMaxWaiting);
  EXPECT_EQ(turned_away, 2 * NameLookup::kMaxWaiting);
}

TEST(NameLookup, NeedsNoServiceForANumber) {
  boost::asio::io_context io;
  NameLookup names{io};
  std::vector<std::string> seen;
  for (const char* number : {"10.0.0.7", "::1"}) {
    names.ask(number, NameLookup::Family::any, [&](const Addresses& found, const std::string&) {
      seen.push_back(found.at(0).to_string());
    });
  }
  io.run();
  EXPECT_EQ(seen, (std::vector<std::string>{"10.0.0.7", "::1"}));
}

TEST(NameLookup, SaysWhyNothingWasFound) {
  boost::asio::io_context io;
  NameLookup names{io};
  std::string reason;
  names.ask("no such name", NameLookup::Family::any,
            [&](const Addresses& found, const std::string& why) {
              EXPECT_TRUE(found.empty());
              reason = why;
            });
  io.run();
  EXPECT_FALSE(reason.empty());
}

TEST(NameLookup, DropsAnswersOnceItIsGone) {
  boost::asio::io_context io;
  bool answered = false;
  {
    NameLookup names{io};
    names.ask("localhost", NameLookup::Family::any,
              [&](const Addresses&, const std::string&) { answered = true; });
  }
  io.run();
  EXPECT_FALSE(answered);
}

TEST(BrokerProbe, ReachesAnIpv6Address) {
  boost::asio::io_context io;
  boost::system::error_code error;
  tcp::acceptor acceptor{io};
  acceptor.open(tcp::v6(), error);
  if (!error) acceptor.bind({boost::asio::ip::address_v6::loopback(), 0}, error);
  if (error) GTEST_SKIP() << "this machine has no IPv6: " << error.message();
  acceptor.listen();
  NameLookup names{io};
  BrokerProbe::Result seen;
  const auto probe = std::make_shared<BrokerProbe>(
      io, names, "::1", std::to_string(acceptor.local_endpoint().port()));
  probe->start([&](const BrokerProbe::Result& result) { seen = result; });
  io.run();
  EXPECT_EQ(seen.address, "::1") << seen.why_not;
}

}  // namespace
}  // namespace cam32100::bridge
