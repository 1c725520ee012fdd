#include "bridge/io/http_server.hpp"

#include <algorithm>
#include <utility>

#include "bridge/io/http_connection.hpp"
#include "protocol/wire/address.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kBindAgain = std::chrono::seconds{10};
constexpr auto kAcceptPause = std::chrono::milliseconds{250};  // no descriptors left, say

const char* sentence_of(HttpRefusal why) {
  switch (why) {
    case HttpRefusal::bad_request:
      return "it sent no request that is understood";
    case HttpRefusal::unauthorised:
      return "it did not bring the http.token";
    case HttpRefusal::wrong_host:
      return "it asked for a host that is not ours";
    case HttpRefusal::timeout:
      return "it sent no whole request in time";
    case HttpRefusal::too_many:
      return "there are too many connections";
    case HttpRefusal::made_room:
      return "its idle connection made room for a new one";
  }
  return "";
}

}  // namespace

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
      handlers.on_log(LogLevel::error, name + " cannot listen on " + address + ": " + ec.message() +
                                           "; trying until it can");
    }
    return again(kBindAgain, &Impl::open);
  }
  told = false;
  const auto local = acceptor.local_endpoint(ec);
  handlers.on_log(LogLevel::info, name + " listens on " + local.address().to_string() + ":" +
                                      std::to_string(local.port()));
  accept();
}

void HttpServer::Impl::accept() {
  acceptor.async_accept([weak = weak_from_this()](const error_code& ec, tcp::socket socket) {
    const auto self = weak.lock();
    if (!self || self->stopped || ec == asio::error::operation_aborted) return;
    if (ec) return self->again(kAcceptPause, &Impl::accept);
    self->admit(std::move(socket));
    self->accept();
  });
}

void HttpServer::Impl::admit(tcp::socket socket) {
  error_code ec;
  const auto peer = socket.remote_endpoint(ec).address();
  if (ec) return;  // it left already
  if (!make_room(peer)) return refuse(HttpRefusal::too_many, peer);
  auto connection = std::make_shared<HttpConnection>(std::move(socket), peer, shared_from_this());
  connections.insert(connection);
  connection->read();
}

bool HttpServer::Impl::make_room(const asio::ip::address& peer) {
  const auto same = std::count_if(connections.begin(), connections.end(),
                                  [&](const auto& one) { return one->peer() == peer; });
  const auto most = peer.is_loopback() ? limits.local_peer : limits.peer;
  // Who has its share makes room of its own: nobody else pays for it.
  if (static_cast<std::size_t>(same) >= most) return close_longest_idle(&peer);
  return connections.size() < limits.all || close_longest_idle(nullptr);
}

bool HttpServer::Impl::close_longest_idle(const asio::ip::address* peer) {
  std::shared_ptr<HttpConnection> longest;
  for (const auto& one : connections) {
    if (!one->waits() || (peer != nullptr && one->peer() != *peer)) continue;
    if (!longest || *one->waits() < *longest->waits()) longest = one;
  }
  if (!longest) return false;
  refuse(HttpRefusal::made_room, longest->peer());
  longest->close();
  connections.erase(longest);
  return true;
}

void HttpServer::Impl::refuse(HttpRefusal why, const asio::ip::address& peer) {
  ++refused[static_cast<std::size_t>(why)];
  handlers.on_refused(name + " refused " + peer.to_string() + ": " + sentence_of(why));
}

void HttpServer::Impl::close() {
  error_code ignored;
  timer.cancel();
  acceptor.close(ignored);
  for (const auto& connection : std::exchange(connections, {})) connection->close();
  asked.clear();
}

HttpServer::HttpServer(asio::io_context& io, std::string name, HttpHandlers handlers,
                       HttpLimits limits)
    : impl_{std::make_shared<Impl>(io, std::move(name), std::move(handlers), limits)} {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::listen(const std::string& address, HttpAccess access) {
  impl_->access = std::move(access);
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

std::map<std::string, std::uint64_t> HttpServer::refused() const {
  std::map<std::string, std::uint64_t> out;
  for (std::size_t i = 0; i < kHttpRefusals.size(); ++i)
    out.emplace(kHttpRefusals[i], impl_->refused[i]);
  return out;
}

}  // namespace cam32100::bridge
