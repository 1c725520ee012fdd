#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "bridge/io/http_server.hpp"

namespace cam32100::bridge {

class HttpConnection;

enum class HttpRefusal { bad_request, unauthorised, wrong_host, timeout, too_many, made_room };
inline constexpr std::array<std::string_view, 6> kHttpRefusals{
    "bad_request", "unauthorised", "wrong_host", "timeout", "too_many", "made_room"};

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(boost::asio::io_context& io_context, std::string title, HttpHandlers to, HttpLimits most)
      : io{io_context},
        name{std::move(title)},
        handlers{std::move(to)},
        limits{most},
        acceptor{io_context},
        timer{io_context} {}

  void open();
  void accept();
  void admit(boost::asio::ip::tcp::socket socket);
  // Whether one more may come from there; closes an idle connection for it where it must.
  [[nodiscard]] bool make_room(const boost::asio::ip::address& peer);
  // Of this peer, or of all where none is given.
  [[nodiscard]] bool close_longest_idle(const boost::asio::ip::address* peer);
  void refuse(HttpRefusal why, const boost::asio::ip::address& peer);
  void again(std::chrono::milliseconds delay, void (Impl::*then)());
  void close();

  boost::asio::io_context& io;
  std::string name;
  HttpHandlers handlers;
  HttpLimits limits;
  boost::asio::ip::tcp::acceptor acceptor;
  boost::asio::steady_timer timer;
  std::string address;
  HttpAccess access;
  bool told = false, stopped = false;
  std::uint64_t next_ticket = 1;
  std::uint64_t next_wait = 1;  // numbers the waits for a request: the least is the longest
  std::set<std::shared_ptr<HttpConnection>> connections;
  std::map<std::uint64_t, std::weak_ptr<HttpConnection>> asked;
  std::array<std::uint64_t, kHttpRefusals.size()> refused{};
};

}  // namespace cam32100::bridge
