#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bridge/io/name_lookup.hpp"
#include "protocol/wire/address.hpp"

namespace cam32100::bridge {

// Names to IPv4 addresses, never in a session's path. Asks once; when to ask again is the asker's
// business.
// Dotted addresses need no name service and are answered before resolve() returns.
class Resolver final {
 public:
  explicit Resolver(boost::asio::io_context& io) : names_{io} {}

  // `hosts`: "name", "name:port", "a.b.c.d[:port]". `done` is called once, with the addresses
  // found, in the order of `hosts` (at most 4 of one name, no duplicates); a name that is not found
  // adds none.
  using Done =
      std::function<void(std::vector<protocol::Address>, std::vector<std::string> not_found)>;
  void resolve(const std::vector<std::string>& hosts, std::uint16_t default_port, Done done);

 private:
  NameLookup names_;
};

}  // namespace cam32100::bridge
