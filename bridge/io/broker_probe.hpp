#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

namespace cam32100::bridge {

// Asks whether something listens at the broker's address by opening and closing a TCP connection.
// Cheaper than a client object of Paho, which leaks a little and blocks longer with each failed
// connect; so a broker that is away for a week is asked twice a second without growing.
class BrokerProbe final : public std::enable_shared_from_this<BrokerProbe> {
 public:
  using Done =
      std::function<void(bool reachable, const std::string& why_not)>;  // on the io thread, once

  BrokerProbe(boost::asio::io_context& io, std::string host, std::string port);
  void start(Done done);  // gives up after 3 s
  void cancel();          // `done` is not called any more

 private:
  void finish(bool reachable, const std::string& why_not);

  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::string host_, port_;
  Done done_;
};

}  // namespace cam32100::bridge
