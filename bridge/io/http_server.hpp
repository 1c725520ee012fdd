#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "bridge/core/config.hpp"
#include "bridge/core/http_answer.hpp"
#include "bridge/core/http_question.hpp"

namespace cam32100::bridge {

// Who may ask.
struct HttpAccess {
  std::string token;  // what a request must bring; "": nothing
  // Without a token: only under a name that is_own_host(). Off where others choose the name by
  // which they call, as cameras do.
  bool own_hosts_only = false;
  std::string public_url{};  // whose host is ours, too
};

// Connections at once. A peer is an address: whoever has one machine cannot keep the others out.
struct HttpLimits {
  std::size_t all = 64;
  std::size_t peer = 8;
  // The machine itself: a proxy in front brings everybody under this one address. A quarter of all
  // is left to the network even so.
  std::size_t local_peer = 48;
};

struct HttpHandlers {
  std::function<void(const HttpQuestion&)> on_question;
  std::function<void(LogLevel, std::string)> on_log;
  // A sentence for each refusal: strangers decide how many, so it is to be folded.
  std::function<void(std::string)> on_refused;
};

// A small HTTP/1.1 server on one address, for GET and HEAD. On the io thread.
//
// Every request that is authorised becomes a question with a ticket; answer() sends what belongs to
// it. A connection has one request at a time and kIdle for each step, 8 KiB of header and no body.
// When there are as many as HttpLimits allow, of one peer or of all, the one of these that has
// waited longest for a request makes room; when each has a request under way, the new one is closed
// at once. An answer that does not come in kAnswerLimit is 504; tickets of connections that are
// gone are ignored.
//
// Answers of its own: 400 (no request, or no path), 401 (no token), 403 (a foreign Host), 504.
class HttpServer {
 public:
  static constexpr auto kIdle = std::chrono::seconds{15};
  static constexpr auto kAnswerLimit = std::chrono::seconds{60};

  // `name` stands in log lines: "HTTP server".
  HttpServer(boost::asio::io_context& io, std::string name, HttpHandlers handlers,
             HttpLimits limits = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // "a.b.c.d:port"; "" stops listening. An address that is not there, or taken, is tried again each
  // 10 s; the first failure and the success are logged.
  void listen(const std::string& address, HttpAccess access);
  void answer(std::uint64_t ticket, HttpAnswer answer);
  void stop();  // closes every connection; no handler is called any more

  // How often, since the start, by reason, those that never came, too: bad_request, unauthorised,
  // wrong_host, timeout (no whole request in time), too_many (a new connection was closed),
  // made_room (an idle one was).
  [[nodiscard]] std::map<std::string, std::uint64_t> refused() const;

 private:
  friend class HttpConnection;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cam32100::bridge
