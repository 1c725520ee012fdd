#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge/io/udp_driver.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
using protocol::Address;
using protocol::BytesView;
using protocol::Clock;
using protocol::Datagram;
using protocol::TimePoint;
using namespace std::chrono_literals;

constexpr Address kLoopback{{127, 0, 0, 1}, 0};

// Keeps what it gets; sends what it is given.
class ScriptedEndpoint final : public protocol::Endpoint {
 public:
  void on_datagram(TimePoint, const Address& from, BytesView datagram) override {
    sources.push_back(from);
    received.push_back(protocol::to_string(datagram));
    if (on_receive) on_receive();
  }
  void on_time(TimePoint now) override {
    ++woken;
    if (due && now >= *due) {
      due.reset();
      ++fired;
    }
  }
  [[nodiscard]] std::optional<TimePoint> deadline() const override { return due; }
  [[nodiscard]] bool take_datagram(TimePoint, Datagram& out) override {
    if (outgoing.empty()) return false;
    out.to = outgoing.front().first;
    const auto bytes = protocol::as_bytes(outgoing.front().second);
    std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
    out.size = bytes.size();
    outgoing.pop_front();
    ++taken_after_receiving[received.size()];
    return true;
  }
  [[nodiscard]] std::uint32_t socket_generation() const override { return generation; }
  void on_bound(const Address& local) override { bound.push_back(local); }

  void send(const Address& to, std::string text) { outgoing.emplace_back(to, std::move(text)); }

  std::vector<Address> sources, bound;
  std::vector<std::string> received;
  std::function<void()> on_receive;
  std::deque<std::pair<Address, std::string>> outgoing;
  std::map<std::size_t, std::size_t> taken_after_receiving;
  std::optional<TimePoint> due;
  std::uint32_t generation = 1;
  int woken = 0, fired = 0;  // by the timer: in all, and when something was due
};

class UdpDriverTest : public ::testing::Test {
 protected:
  std::shared_ptr<UdpDriver> drive(protocol::Endpoint& endpoint,
                                   std::function<void()> progress = {}) {
    auto driver = std::make_shared<UdpDriver>(io, batch, endpoint, options, std::move(progress));
    driver->start();
    return driver;
  }
  // Runs until `done`, at most 5 s; the limit is a safety net, not a measure.
  bool run_until(const std::function<bool()>& done) {
    const auto limit = Clock::now() + 5s;
    while (!done() && Clock::now() < limit) io.run_one_for(100ms);
    return done();
  }
  // How often the timer calls until something is due, when the deadline moves from `first` to
  // `then` as each datagram moves it. Times from now.
  int woken_until_due(std::chrono::milliseconds first, std::chrono::milliseconds then) {
    ScriptedEndpoint endpoint;
    const auto driver = drive(endpoint);
    for (const auto due : {first, then}) {
      endpoint.due = Clock::now() + due;
      driver->wake();
    }
    EXPECT_TRUE(run_until([&] { return endpoint.fired == 1; }));
    driver->stop();
    return endpoint.woken;
  }
  UdpDriver::Options options{kLoopback, 0, false};
  asio::io_context io{1};
  std::shared_ptr<DatagramBatch> batch = make_datagram_batch();
};

}  // namespace cam32100::bridge
