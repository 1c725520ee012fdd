#include "bridge/io/http_connection.hpp"

#include <utility>

namespace cam32100::bridge {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kMaxHeader = 8 * 1024;
constexpr std::uint64_t kMaxBody = 0;

// The bytes are there and are no request of ours, which the client is to be told; else it is gone.
bool is_bad_request(const error_code& ec) {
  return ec.category() == http::make_error_code(http::error::bad_method).category() &&
         ec != http::error::end_of_stream && ec != http::error::partial_message;
}

std::string_view text_of(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

HttpConnection::HttpConnection(tcp::socket socket, asio::ip::address peer,
                               std::shared_ptr<HttpServer::Impl> server)
    : stream_{std::move(socket)},
      peer_{std::move(peer)},
      limit_{stream_.get_executor()},
      server_{std::move(server)},
      buffer_{kMaxHeader * 2} {}

void HttpConnection::read() {
  waits_ = server_->next_wait++;
  parser_.emplace();
  parser_->header_limit(kMaxHeader);
  parser_->body_limit(kMaxBody);
  stream_.expires_after(HttpServer::kIdle);
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& ec, std::size_t) { self->on_read(ec); });
}

void HttpConnection::answer(HttpAnswer page) {
  if (closed_ || std::exchange(answered_, true)) return;
  limit_.cancel();
  server_->asked.erase(ticket_);
  response_ = {};
  response_.version(request_version_);
  response_.result(static_cast<unsigned>(page.status));
  response_.set(http::field::server, "cam32100");
  response_.set(http::field::content_type, page.content_type);
  response_.set("X-Content-Type-Options", "nosniff");
  if (page.status == 401) response_.set(http::field::www_authenticate, "Basic realm=\"cam32100\"");
  for (const auto& [key, value] : page.headers) response_.set(key, value);
  response_.keep_alive(keep_alive_);
  response_.content_length(page.body.size());
  if (!head_) response_.body() = std::move(page.body);
  write();
}

void HttpConnection::close() {
  closed_ = true;
  limit_.cancel();
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
  stream_.close();
}

void HttpConnection::on_read(const error_code& ec) {
  if (closed_) return;
  waits_.reset();
  answered_ = false;
  if (ec) return on_no_request(ec);
  served_ = true;
  on_request(parser_->get());
}

void HttpConnection::on_no_request(const error_code& ec) {
  if (is_bad_request(ec)) {
    head_ = false;
    return refuse(
        HttpRefusal::bad_request,
        refusal_answer(400, "bad_argument", "this is no request that is understood here"));
  }
  // A connection that was of use and is kept for more may lie idle; one that never was, or stopped
  // in the middle of a request, is what holds a place for nothing.
  if (ec == beast::error::timeout && (!served_ || parser_->got_some()))
    server_->refuse(HttpRefusal::timeout, peer_);
  finish();
}

void HttpConnection::on_request(const Request& request) {
  request_version_ = request.version();
  keep_alive_ = request.keep_alive();
  head_ = request.method() == http::verb::head;
  const auto& access = server_->access;
  if (!is_authorised(access.token, text_of(request[http::field::authorization])))
    return refuse(
        HttpRefusal::unauthorised,
        refusal_answer(401, "forbidden", "the http.token of the configuration is wanted"));
  if (access.own_hosts_only && access.token.empty() &&
      !is_own_host(text_of(request[http::field::host]), access.public_url))
    return refuse(HttpRefusal::wrong_host,
                  refusal_answer(403, "forbidden",
                                 "without http.token the host must be an IP address, localhost or "
                                 "that of http.public_url"));
  auto target = parse_target(text_of(request.target()));
  if (!target)
    return refuse(HttpRefusal::bad_request,
                  refusal_answer(400, "bad_argument", "the path cannot be read"));
  ask({0, std::string{text_of(request.method_string())}, std::move(target->path),
       std::move(target->query), beast::iequals(request["Sec-Fetch-Site"], "cross-site")});
}

void HttpConnection::ask(HttpQuestion question) {
  ticket_ = server_->next_ticket++;
  question.ticket = ticket_;
  server_->asked[ticket_] = weak_from_this();
  stream_.expires_never();
  limit_.expires_after(HttpServer::kAnswerLimit);
  limit_.async_wait([self = shared_from_this(), ticket = ticket_](const error_code& ec) {
    // Of an earlier request: it was on its way when its answer came.
    if (self->closed_ || ec || ticket != self->ticket_) return;
    self->answer(refusal_answer(504, "timeout", "no answer in time"));
  });
  server_->handlers.on_question(question);
}

void HttpConnection::refuse(HttpRefusal why, HttpAnswer page) {
  keep_alive_ = false;
  server_->refuse(why, peer_);
  answer(std::move(page));
}

void HttpConnection::write() {
  stream_.expires_after(HttpServer::kIdle);
  const auto done = [self = shared_from_this()](const error_code& ec, std::size_t) {
    self->on_written(ec);
  };
  if (!head_) return http::async_write(stream_, response_, done);
  serializer_.emplace(response_);
  http::async_write_header(stream_, *serializer_, done);
}

void HttpConnection::on_written(const error_code& ec) {
  if (closed_) return;
  if (ec || !keep_alive_) return finish();
  read();
}

void HttpConnection::finish() {
  close();
  server_->asked.erase(ticket_);
  server_->connections.erase(shared_from_this());
}

}  // namespace cam32100::bridge
