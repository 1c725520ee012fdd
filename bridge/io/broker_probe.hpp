#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridge/io/name_lookup.hpp"

namespace cam32100::bridge {

// Asks whether something listens at the broker's address by opening and closing a TCP connection.
// Cheaper than a client object of Paho, which leaks a little and blocks longer with each failed
// connect; so a broker that is away for a week is asked twice a second without growing.
class BrokerProbe final : public std::enable_shared_from_this<BrokerProbe> {
 public:
  struct Result {
    std::string address;  // that answered, numeric; "" = none did
    std::string why_not;
  };
  using Done = std::function<void(const Result&)>;  // on the io thread, once

  BrokerProbe(boost::asio::io_context& io, NameLookup& names, std::string host,
              const std::string& port);
  void start(Done done);  // gives up after 3 s
  void cancel();          // `done` is not called any more

 private:
  void connect(const std::vector<boost::asio::ip::address>& found);
  void finish(const Result& result);

  NameLookup& names_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::string host_;
  std::uint16_t port_;
  Done done_;
};

}  // namespace cam32100::bridge
