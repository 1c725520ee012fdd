#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bridge/core/config.hpp"
#include "bridge/core/http_answer.hpp"
#include "bridge/core/http_question.hpp"

namespace cam32100::bridge {

class HttpConnection;

// A small HTTP/1.1 server on one address, for GET and HEAD. On the io thread.
//
// Every request that is authorised becomes a question with a ticket; answer() sends what belongs to
// it. A connection has one request at a time and kIdle for each step; there are kMaxConnections at
// most (one more is closed at once), 8 KiB of header and no body. An answer that does not come in
// kAnswerLimit is 504; tickets of connections that are gone are ignored.
class HttpServer {
 public:
  static constexpr std::size_t kMaxConnections = 64;
  static constexpr auto kIdle = std::chrono::seconds{15};
  static constexpr auto kAnswerLimit = std::chrono::seconds{60};

  using OnQuestion = std::function<void(const HttpQuestion&)>;
  using OnLog = std::function<void(LogLevel, std::string)>;

  // `name` stands in log lines: "HTTP server".
  HttpServer(boost::asio::io_context& io, std::string name, OnQuestion on_question, OnLog on_log);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // "a.b.c.d:port"; "" stops listening. An address that is not there, or taken, is tried again each
  // 10 s; the first failure and the success are logged. `token`: what a request must bring ("":
  // nothing).
  void listen(const std::string& address, const std::string& token);
  void answer(std::uint64_t ticket, HttpAnswer answer);
  void stop();  // closes every connection

 private:
  friend class HttpConnection;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cam32100::bridge
