#include "bridge/io/resolver.hpp"

#include <gtest/gtest.h>

namespace cam32100::bridge {
namespace {

using protocol::Address;

TEST(Resolver, AnswersDottedAddressesAtOnceInTheirOrderWithoutRepeats) {
  boost::asio::io_context io;
  Resolver resolver{io};
  std::vector<Address> found;
  resolver.resolve({"10.0.0.2:5", "10.0.0.1", "10.0.0.2:5"}, 32100,
                   [&](auto addresses, auto) { found = addresses; });
  EXPECT_EQ(found, (std::vector<Address>{{{10, 0, 0, 2}, 5}, {{10, 0, 0, 1}, 32100}}));
}

TEST(Resolver, FindsLocalhost) {
  boost::asio::io_context io;
  Resolver resolver{io};
  std::vector<Address> found;
  resolver.resolve({"localhost:7"}, 32100, [&](auto addresses, auto) { found = addresses; });
  io.run();
  EXPECT_EQ(found, (std::vector<Address>{{{127, 0, 0, 1}, 7}}));
}

TEST(Resolver, NamesTheNameThatIsNotFoundAndGivesTheOthers) {
  boost::asio::io_context io;
  Resolver resolver{io};
  std::vector<Address> found;
  std::vector<std::string> missing;
  // Not a legal host name, so no name service is asked.
  resolver.resolve({"no such name", "127.0.0.1"}, 32100, [&](auto addresses, auto names) {
    found = addresses;
    missing = names;
  });
  io.run();
  EXPECT_EQ(found.size(), 1U);
  EXPECT_EQ(missing, std::vector<std::string>{"no such name"});
}

}  // namespace
}  // namespace cam32100::bridge
