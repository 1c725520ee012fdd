#pragma once

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "bridge/io/http_server_impl.hpp"

namespace cam32100::bridge {

// One client of an HttpServer: read, ask, answer, and again while it keeps the connection.
//
// close() is the end: whoever calls it forgets the connection, and handlers that come later find
// it closed.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(boost::asio::ip::tcp::socket socket, boost::asio::ip::address peer,
                 std::shared_ptr<HttpServer::Impl> server);

  void read();
  void answer(HttpAnswer page);
  void close();

  [[nodiscard]] const boost::asio::ip::address& peer() const noexcept { return peer_; }
  // The number of its wait for a request; nullopt while one is answered.
  [[nodiscard]] std::optional<std::uint64_t> waits() const noexcept { return waits_; }

 private:
  using Request = boost::beast::http::request<boost::beast::http::empty_body>;

  void on_read(const boost::system::error_code& ec);
  void on_no_request(const boost::system::error_code& ec);
  void on_request(const Request& request);
  void ask(HttpQuestion question);
  void refuse(HttpRefusal why, HttpAnswer page);
  void write();
  void on_written(const boost::system::error_code& ec);
  void finish();

  boost::beast::tcp_stream stream_;
  boost::asio::ip::address peer_;
  boost::asio::steady_timer limit_;
  std::shared_ptr<HttpServer::Impl> server_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>>
      serializer_;
  unsigned request_version_ = 11;
  std::uint64_t ticket_ = 0;
  std::optional<std::uint64_t> waits_;
  bool keep_alive_ = false, head_ = false, answered_ = true, served_ = false, closed_ = false;
};

}  // namespace cam32100::bridge
