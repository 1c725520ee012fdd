// The HTTP server on real sockets, with a client that can be rude.
#include "bridge/io/http_server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace cam32100::bridge {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

class HttpServerTest : public ::testing::Test {
 protected:
  void listen(const std::string& token = {}) { listen_for({token, true}); }
  void listen_for(HttpAccess access) {
    server.listen("127.0.0.1:0", std::move(access));
    ASSERT_FALSE(log.empty());
    port = static_cast<std::uint16_t>(std::stoi(log.back().substr(log.back().rfind(':') + 1)));
  }
  bool run_until(const std::function<bool()>& done, std::chrono::seconds limit = 10s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done() && std::chrono::steady_clock::now() < end) {
      if (io.stopped()) io.restart();  // it ran out of work for a moment
      io.run_one_for(20ms);
    }
    return done();
  }
  // From 127.0.0.<from>.
  std::unique_ptr<tcp::socket> connect(unsigned char from = 1) {
    auto socket = std::make_unique<tcp::socket>(io, tcp::v4());
    socket->bind({asio::ip::address_v4{{127, 0, 0, from}}, 0});
    socket->connect({asio::ip::address_v4::loopback(), port});
    return socket;
  }
  // One that the server has let in, or closed.
  std::unique_ptr<tcp::socket> settled_connection(unsigned char from) {
    auto socket = connect(from);
    // What was accepted before it is served before it.
    for (int i = 0; i < 100; ++i) io.poll();
    return socket;
  }
  static bool is_closed(tcp::socket& socket) {
    socket.non_blocking(true);
    char byte = 0;
    boost::system::error_code ec;
    (void)socket.read_some(asio::buffer(&byte, 1), ec);
    return ec && ec != asio::error::would_block;
  }
  // Sends, and gives all that comes until the server closes or `until` was seen.
  std::string talk(tcp::socket& socket, const std::string& request, const std::string& until = {}) {
    asio::write(socket, asio::buffer(request));
    std::string got;
    bool closed = false;
    std::array<char, 4096> in{};
    std::function<void()> read = [&] {
      socket.async_read_some(asio::buffer(in),
                             [&](const boost::system::error_code& ec, std::size_t n) {
                               got.append(in.data(), n);
                               if (ec) {
                                 closed = true;
                               } else {
                                 read();
                               }
                             });
    };
    read();
    EXPECT_TRUE(run_until([&] {
      return closed || (!until.empty() && got.find(until) != std::string::npos);
    })) << got;
    boost::system::error_code ignored;
    socket.cancel(ignored);
    EXPECT_TRUE(run_until([&] { return closed; }));
    return got;
  }
  std::string ask(const std::string& request) {
    const auto socket = connect();
    return talk(*socket, request);
  }

  asio::io_context io{1};
  std::vector<HttpQuestion> questions;
  std::vector<std::string> log, refusals;
  bool answers = true;
  std::uint16_t port = 0;
  HttpServer server{io,
                    "HTTP server",
                    {[this](const HttpQuestion& question) {
                       questions.push_back(question);
                       if (answers)
                         server.answer(question.ticket, {200, "text/plain", "hello", {}});
                     },
                     [this](LogLevel, const std::string& text) { log.push_back(text); },
                     [this](const std::string& text) { refusals.push_back(text); }},
                    {.all = 6, .peer = 3, .local_peer = 3}};
};

const std::string kEnd = "Host: localhost\r\nConnection: close\r\n\r\n";

TEST_F(HttpServerTest, AnswersAGet) {
  listen();
  const auto got = ask("GET /a?b=c HTTP/1.1\r\n" + kEnd);
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\nhello")) << got;
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].path, "/a");
  EXPECT_EQ(questions[0].query.at("b"), "c");
}

TEST_F(HttpServerTest, AnswersAHeadWithoutTheBody) {
  listen();
  const auto got = ask("HEAD / HTTP/1.1\r\n" + kEnd);
  EXPECT_NE(got.find("Content-Length: 5"), std::string::npos) << got;
  EXPECT_EQ(got.find("hello"), std::string::npos);
}

TEST_F(HttpServerTest, KeepsAConnectionForMoreThanOneRequest) {
  listen();
  const auto socket = connect();
  const auto both =
      talk(*socket, "GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(questions.size(), 2U);
  EXPECT_NE(both.find("hello", both.find("hello") + 1), std::string::npos) << both;
}

TEST_F(HttpServerTest, WantsItsToken) {
  listen("s3cret");
  for (const char* wrong :
       {"", "Authorization: Bearer s3cre\r\n", "Authorization: Basic eDp5\r\n"}) {
    const auto got = ask(std::string{"GET / HTTP/1.1\r\n"} + wrong + kEnd);
    EXPECT_TRUE(got.starts_with("HTTP/1.1 401")) << got;
    EXPECT_NE(got.find("WWW-Authenticate"), std::string::npos);
    EXPECT_EQ(got.find("s3cret"), std::string::npos);
  }
  EXPECT_TRUE(questions.empty());
  EXPECT_TRUE(
      ask("GET / HTTP/1.1\r\nAuthorization: Bearer s3cret\r\n" + kEnd).starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, RefusesWhatIsNoRequest) {
  listen();
  for (const std::string& bad :
       {std::string{"hello\r\n\r\n"}, std::string{"GET * HTTP/1.1\r\n"} + kEnd,
        "GET / HTTP/1.1\r\nX: " + std::string(20000, 'x') + "\r\n\r\n",
        std::string{"POST / HTTP/1.1\r\nContent-Length: 5\r\nHost: localhost\r\n\r\nhello"}})
    EXPECT_TRUE(ask(bad).starts_with("HTTP/1.1 4")) << bad.substr(0, 60);
  EXPECT_TRUE(questions.empty());
}

TEST_F(HttpServerTest, SurvivesClientsThatLeave) {
  listen();
  answers = false;
  {
    const auto socket = connect();
    asio::write(*socket, asio::buffer("GET / HTTP/1.1\r\n" + kEnd));
    ASSERT_TRUE(run_until([&] { return questions.size() == 1; }));
  }
  server.answer(questions[0].ticket, {200, "text/plain", std::string(1000000, 'x'), {}});
  server.answer(questions[0].ticket, {200, "text/plain", "twice", {}});
  server.answer(12345, {200, "text/plain", "nobody", {}});
  answers = true;
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\n" + kEnd).starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, LetsAPeerBeyondItsShareCloseItsOwnLongestIdleConnection) {
  listen();
  const auto other = settled_connection(2);
  std::vector<std::unique_ptr<tcp::socket>> greedy;
  for (int i = 0; i < 5; ++i) greedy.push_back(settled_connection(1));
  EXPECT_TRUE(run_until([&] { return is_closed(*greedy[0]) && is_closed(*greedy[1]); }));
  for (int i = 2; i < 5; ++i) EXPECT_FALSE(is_closed(*greedy[static_cast<std::size_t>(i)])) << i;
  EXPECT_FALSE(is_closed(*other)) << "it came first, and is not the greedy one's";
  EXPECT_EQ(server.refused().at("made_room"), 2U);
}

TEST_F(HttpServerTest, ClosesTheLongestIdleConnectionForANewPeerWhenItIsFull) {
  listen();
  std::vector<std::unique_ptr<tcp::socket>> open;
  for (unsigned char i = 0; i < 6; ++i)
    open.push_back(settled_connection(static_cast<unsigned char>(2 + i / 3)));
  const auto late = connect(9);
  EXPECT_TRUE(talk(*late, "GET / HTTP/1.1\r\n" + kEnd).starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(is_closed(*open[0]));
  for (std::size_t i = 1; i < open.size(); ++i) EXPECT_FALSE(is_closed(*open[i])) << i;
}

TEST_F(HttpServerTest, ClosesWhoComesWhenEveryConnectionIsAtWork) {
  listen();
  answers = false;
  std::vector<std::unique_ptr<tcp::socket>> open;
  for (unsigned char i = 0; i < 6; ++i) {
    open.push_back(connect(static_cast<unsigned char>(2 + i / 3)));
    asio::write(*open.back(), asio::buffer("GET / HTTP/1.1\r\n" + kEnd));
    ASSERT_TRUE(run_until([&] { return questions.size() == i + 1U; }));
  }
  EXPECT_EQ(talk(*connect(9), ""), "");
  EXPECT_EQ(server.refused().at("too_many"), 1U);
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0], "HTTP server refused 127.0.0.9: there are too many connections");
  for (const auto& question : questions)
    server.answer(question.ticket, {200, "text/plain", "late", {}});
  answers = true;
  EXPECT_TRUE(run_until([&] { return is_closed(*open[0]) || open[0]->available() > 0; }));
  EXPECT_TRUE(
      run_until([&] { return ask("GET / HTTP/1.1\r\n" + kEnd).starts_with("HTTP/1.1 200"); }));
}

TEST_F(HttpServerTest, CountsWhatItRefusesAndSaysWhy) {
  listen("s3cret");
  (void)ask("GET / HTTP/1.1\r\n" + kEnd);
  (void)ask("hello\r\n\r\n");
  const auto refused = server.refused();
  EXPECT_EQ(refused.at("unauthorised"), 1U);
  EXPECT_EQ(refused.at("bad_request"), 1U);
  for (const char* never : {"wrong_host", "timeout", "too_many", "made_room"})
    EXPECT_EQ(refused.at(never), 0U) << never;
  ASSERT_EQ(refusals.size(), 2U);
  EXPECT_EQ(refusals[0], "HTTP server refused 127.0.0.1: it did not bring the http.token");
}

TEST_F(HttpServerTest, AnswersOnlyUnderANameOfItsOwnWithoutAToken) {
  listen_for({"", true, "http://cams.example:8321"});
  const auto under = [this](const std::string& host) {
    return ask("GET / HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
  };
  for (const char* own : {"Host: 127.0.0.1:8321\r\n", "Host: cams.example\r\n", ""})
    EXPECT_TRUE(under(own).starts_with("HTTP/1.1 200")) << own;
  const auto got = under("Host: rebound.example:8321\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 403")) << got;
  EXPECT_NE(got.find("http.public_url"), std::string::npos) << got;
  EXPECT_EQ(server.refused().at("wrong_host"), 1U);
}

TEST_F(HttpServerTest, AnswersUnderAnyNameToWhoHasTheTokenAndWhereAllMayCall) {
  const std::string request =
      "GET / HTTP/1.1\r\nHost: a.name\r\nAuthorization: Bearer s3cret\r\n"
      "Connection: close\r\n\r\n";
  listen("s3cret");
  EXPECT_TRUE(ask(request).starts_with("HTTP/1.1 200"));
  server.listen("", {});
  listen_for({});
  EXPECT_TRUE(ask(request).starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, TellsThatAPageOfAnotherSiteAsks) {
  listen();
  (void)ask("GET / HTTP/1.1\r\nSec-Fetch-Site: cross-site\r\n" + kEnd);
  (void)ask("GET / HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\n" + kEnd);
  ASSERT_EQ(questions.size(), 2U);
  EXPECT_TRUE(questions[0].cross_site);
  EXPECT_FALSE(questions[1].cross_site);
}

TEST_F(HttpServerTest, SaysThatItsAddressIsTaken) {
  listen();
  std::vector<std::string> lines;
  HttpServer second{io,
                    "second",
                    {[](const HttpQuestion&) {},
                     [&](LogLevel, const std::string& text) { lines.push_back(text); },
                     [](const std::string&) {}}};
  second.listen("127.0.0.1:" + std::to_string(port), {});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("cannot listen"), std::string::npos) << lines[0];
}

TEST_F(HttpServerTest, AsksNothingAfterItWasStopped) {
  listen();
  const auto socket = settled_connection(1);
  asio::write(*socket, asio::buffer("GET / HTTP/1.1\r\n" + kEnd));
  server.stop();
  EXPECT_EQ(talk(*socket, "", ""), "");
  EXPECT_TRUE(questions.empty());
  EXPECT_TRUE(refusals.empty());
}

TEST_F(HttpServerTest, StopsInTheMiddleOfARequest) {
  listen();
  answers = false;
  const auto socket = connect();
  asio::write(*socket, asio::buffer("GET / HTTP/1.1\r\n" + kEnd));
  ASSERT_TRUE(run_until([&] { return questions.size() == 1; }));
  server.stop();
  server.answer(questions[0].ticket, {200, "text/plain", "late", {}});
  io.poll();
  EXPECT_EQ(talk(*socket, "", ""), "");
}

}  // namespace
}  // namespace cam32100::bridge
