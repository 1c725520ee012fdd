#include "bridge/io/http_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "protocol/wire/address.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kMaxHeader = 8 * 1024;
constexpr std::uint64_t kMaxBody = 0;
constexpr auto kBindAgain = std::chrono::seconds{10};
constexpr auto kAcceptPause = std::chrono::milliseconds{250};  // no descriptors left, say

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(asio::io_context& io_context, std::string title, OnQuestion question, OnLog log)
      : io{io_context},
        name{std::move(title)},
        on_question{std::move(question)},
        on_log{std::move(log)},
        acceptor{io_context},
        timer{io_context} {}

  void open();
  void accept();
  void again(std::chrono::milliseconds delay, void (Impl::*then)());
  void close();

  asio::io_context& io;
  std::string name;
  OnQuestion on_question;
  OnLog on_log;
  tcp::acceptor acceptor;
  asio::steady_timer timer;
  std::string address, token;
  bool told = false, stopped = false;
  std::uint64_t next_ticket = 1;
  std::set<std::shared_ptr<HttpConnection>> connections;
  std::map<std::uint64_t, std::weak_ptr<HttpConnection>> asked;
};

// One client: read, ask, answer, and again while it keeps the connection.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(tcp::socket socket, std::shared_ptr<HttpServer::Impl> server)
      : stream_{std::move(socket)}, limit_{stream_.get_executor()}, server_{std::move(server)} {}

  void read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeader);
    parser_->body_limit(kMaxBody);
    stream_.expires_after(HttpServer::kIdle);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](const error_code& ec, std::size_t) { self->on_read(ec); });
  }

  void answer(HttpAnswer page) {
    if (std::exchange(answered_, true)) return;
    limit_.cancel();
    server_->asked.erase(ticket_);
    response_ = {};
    response_.version(request_version_);
    response_.result(static_cast<unsigned>(page.status));
    response_.set(http::field::server, "cam32100");
    response_.set(http::field::content_type, page.content_type);
    response_.set("X-Content-Type-Options", "nosniff");
    if (page.status == 401)
      response_.set(http::field::www_authenticate, "Basic realm=\"cam32100\"");
    for (const auto& [key, value] : page.headers) response_.set(key, value);
    response_.keep_alive(keep_alive_);
    response_.content_length(page.body.size());
    if (!head_) response_.body() = std::move(page.body);
    write();
  }

  void close() {
    limit_.cancel();
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

 private:
  void on_read(const error_code& ec) {
    if (ec == http::error::header_limit || ec == http::error::body_limit ||
        (ec && ec.category() == http::make_error_code(http::error::bad_method).category() &&
         ec != http::error::end_of_stream && ec != http::error::partial_message)) {
      keep_alive_ = false;
      answered_ = false;
      return answer(
          refusal_answer(400, "bad_argument", "this is no request that is understood here"));
    }
    if (ec) return finish();
    const Request& request = parser_->get();
    request_version_ = request.version();
    keep_alive_ = request.keep_alive();
    head_ = request.method() == http::verb::head;
    answered_ = false;
    const auto bearer = request[http::field::authorization];
    if (!is_authorised(server_->token, {bearer.data(), bearer.size()})) {
      keep_alive_ = false;
      return answer(
          refusal_answer(401, "forbidden", "the http.token of the configuration is wanted"));
    }
    auto target = parse_target({request.target().data(), request.target().size()});
    if (!target) return answer(refusal_answer(400, "bad_argument", "the path cannot be read"));
    ask({0, std::string{request.method_string()}, std::move(target->path),
         std::move(target->query)});
  }

  void ask(HttpQuestion question) {
    ticket_ = server_->next_ticket++;
    question.ticket = ticket_;
    server_->asked[ticket_] = weak_from_this();
    stream_.expires_never();
    limit_.expires_after(HttpServer::kAnswerLimit);
    limit_.async_wait([self = shared_from_this()](const error_code& ec) {
      if (!ec) self->answer(refusal_answer(504, "timeout", "no answer in time"));
    });
    server_->on_question(question);
  }

  void write() {
    stream_.expires_after(HttpServer::kIdle);
    const auto done = [self = shared_from_this()](const error_code& ec, std::size_t) {
      if (ec || !self->keep_alive_) return self->finish();
      self->read();
    };
    if (!head_) return http::async_write(stream_, response_, done);
    serializer_.emplace(response_);
    http::async_write_header(stream_, *serializer_, done);
  }

  void finish() {
    close();
    server_->asked.erase(ticket_);
    server_->connections.erase(shared_from_this());
  }

  beast::tcp_stream stream_;
  asio::steady_timer limit_;
  std::shared_ptr<HttpServer::Impl> server_;
  beast::flat_buffer buffer_{kMaxHeader * 2};
  std::optional<http::request_parser<http::empty_body>> parser_;
  Response response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  unsigned request_version_ = 11;
  std::uint64_t ticket_ = 0;
  bool keep_alive_ = false, head_ = false, answered_ = true;
};

void HttpServer::Impl::again(std::chrono::milliseconds delay, void (Impl::*then)()) {
  timer.expires_after(delay);
  timer.async_wait([weak = weak_from_this(), then](const error_code& ec) {
    if (const auto self = weak.lock(); self && !ec && !self->stopped) ((*self).*then)();
  });
}

void HttpServer::Impl::open() {
  if (address.empty()) return;
  const auto parsed = protocol::Address::parse(address, 0);
  if (!parsed) return;
  const auto& [a, b, c, d] = parsed->ip;
  const tcp::endpoint endpoint{asio::ip::address_v4{{a, b, c, d}}, parsed->port};
  error_code ec;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    error_code ignored;
    acceptor.close(ignored);
    if (!std::exchange(told, true)) {
      on_log(LogLevel::error,
             name + " cannot listen on " + address + ": " + ec.message() + "; trying until it can");
    }
    return again(kBindAgain, &Impl::open);
  }
  told = false;
  const auto local = acceptor.local_endpoint(ec);
  on_log(LogLevel::info,
         name + " listens on " + local.address().to_string() + ":" + std::to_string(local.port()));
  accept();
}

void HttpServer::Impl::accept() {
  acceptor.async_accept([weak = weak_from_this()](const error_code& ec, tcp::socket socket) {
    const auto self = weak.lock();
    if (!self || self->stopped || ec == asio::error::operation_aborted) return;
    if (ec) return self->again(kAcceptPause, &Impl::accept);
    if (self->connections.size() < kMaxConnections) {
      auto connection = std::make_shared<HttpConnection>(std::move(socket), self);
      self->connections.insert(connection);
      connection->read();
    }
    self->accept();
  });
}

void HttpServer::Impl::close() {
  error_code ignored;
  timer.cancel();
  acceptor.close(ignored);
  for (const auto& connection : std::exchange(connections, {})) connection->close();
  asked.clear();
}

HttpServer::HttpServer(asio::io_context& io, std::string name, OnQuestion on_question, OnLog on_log)
    : impl_{
          std::make_shared<Impl>(io, std::move(name), std::move(on_question), std::move(on_log))} {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::listen(const std::string& address, const std::string& token) {
  impl_->token = token;
  if (impl_->address == address && impl_->acceptor.is_open()) return;
  impl_->close();
  impl_->address = address;
  impl_->told = false;
  impl_->open();
}

void HttpServer::answer(std::uint64_t ticket, HttpAnswer answer) {
  const auto found = impl_->asked.find(ticket);
  if (found == impl_->asked.end()) return;
  if (const auto connection = found->second.lock()) connection->answer(std::move(answer));
}

void HttpServer::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  impl_->close();
}

}  // namespace cam32100::bridge
