#include "bridge/io/broker_probe.hpp"

#include <boost/asio/connect.hpp>
#include <charconv>
#include <chrono>
#include <utility>

namespace cam32100::bridge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds kGiveUp{3};

std::uint16_t to_port(const std::string& text) {
  std::uint16_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

}  // namespace

BrokerProbe::BrokerProbe(asio::io_context& io, NameLookup& names, std::string host,
                         const std::string& port)
    : names_{names}, socket_{io}, timer_{io}, host_{std::move(host)}, port_{to_port(port)} {}

void BrokerProbe::start(Done done) {
  done_ = std::move(done);
  timer_.expires_after(kGiveUp);
  timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    if (!ec) self->finish({{}, "no answer within 3 s"});
  });
  names_.ask(host_, NameLookup::Family::any,
             [self = shared_from_this()](const auto& found, const std::string& why) {
               if (!self->done_) return;
               if (found.empty()) return self->finish({{}, "name not found (" + why + ")"});
               self->connect(found);
             });
}

void BrokerProbe::connect(const std::vector<asio::ip::address>& found) {
  std::vector<tcp::endpoint> endpoints;
  endpoints.reserve(found.size());
  for (const auto& address : found) endpoints.emplace_back(address, port_);
  asio::async_connect(
      socket_, endpoints,
      [self = shared_from_this()](const error_code& error, const tcp::endpoint& reached) {
        if (!self->done_) return;
        if (error) return self->finish({{}, error.message()});
        self->finish({reached.address().to_string(), {}});
      });
}

void BrokerProbe::cancel() {
  done_ = nullptr;
  finish({});
}

void BrokerProbe::finish(const Result& result) {
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (auto done = std::exchange(done_, nullptr)) done(result);
}

}  // namespace cam32100::bridge
