#include "bridge/io/broker_probe.hpp"

#include <boost/asio/connect.hpp>
#include <chrono>

namespace cam32100::bridge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr std::chrono::seconds kGiveUp{3};
}

BrokerProbe::BrokerProbe(asio::io_context& io, std::string host, std::string port)
    : resolver_{io}, socket_{io}, timer_{io}, host_{std::move(host)}, port_{std::move(port)} {}

void BrokerProbe::start(Done done) {
  done_ = std::move(done);
  timer_.expires_after(kGiveUp);
  timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    if (!ec) self->finish(false, "no answer within 3 s");
  });
  resolver_.async_resolve(
      host_, port_,
      [self = shared_from_this()](const error_code& ec, tcp::resolver::results_type found) {
        if (!self->done_) return;
        if (ec) return self->finish(false, "name not found (" + ec.message() + ")");
        asio::async_connect(self->socket_, found,
                            [self](const error_code& error, const tcp::endpoint&) {
                              if (self->done_)
                                self->finish(!error, error ? error.message() : std::string{});
                            });
      });
}

void BrokerProbe::cancel() {
  done_ = nullptr;
  finish(false, {});
}

void BrokerProbe::finish(bool reachable, const std::string& why_not) {
  timer_.cancel();
  resolver_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (auto done = std::exchange(done_, nullptr)) done(reachable, why_not);
}

}  // namespace cam32100::bridge
