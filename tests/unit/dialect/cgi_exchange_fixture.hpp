#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "jpeg_pictures.hpp"
#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {

using namespace std::chrono_literals;

// An exchange in virtual time: `now` is moved by hand.
struct CgiExchangeTest : ::testing::Test {
  CgiExchange exchange;
  TimePoint now{1h};
  Bytes sent;

  void submit(std::uint64_t ticket, const std::vector<std::string>& cgis, Duration timeout = {}) {
    std::vector<CgiRequest> batch;
    for (const auto& cgi : cgis) batch.push_back({.cgi = cgi, .parameters = {}});
    sent.clear();
    ASSERT_TRUE(
        exchange.submit(now, ticket, batch, {"admin", "888888"}, timeout, sent).has_value());
  }
  void receive(BytesView bytes) { exchange.on_stream(now, bytes); }
  void pass(Duration time) {
    now += time;
    exchange.on_time(now);
  }
  template <class T>
  T expect_event() {
    auto event = exchange.take_event();
    if (!event.has_value()) {
      ADD_FAILURE() << "no event";
      return {};
    }
    if (auto* wanted = std::get_if<T>(&*event)) return std::move(*wanted);
    ADD_FAILURE() << "another kind of event: " << event->index();
    return {};
  }
  void expect_reply(std::uint64_t ticket, std::size_t index, const std::string& body) {
    const auto replied = expect_event<CgiReplied>();
    EXPECT_EQ(replied.ticket, ticket);
    EXPECT_EQ(replied.index, index);
    EXPECT_EQ(to_string(replied.reply.body), body);
  }
  void expect_silence() { EXPECT_FALSE(exchange.take_event().has_value()); }
};

}  // namespace cam32100::protocol
