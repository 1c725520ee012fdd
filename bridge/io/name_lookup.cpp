#include "bridge/io/name_lookup.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

namespace cam32100::bridge {

namespace asio = boost::asio;
using asio::ip::address;

namespace {

struct Answer {
  std::vector<address> found;
  std::string why;
};

template <class Address>
Address as(const sockaddr* in) {
  Address out;
  std::memcpy(&out, in, sizeof out);
  return out;
}

void add(std::vector<address>& to, const addrinfo& one) {
  if (one.ai_family == AF_INET) {
    to.emplace_back(asio::ip::address_v4{ntohl(as<sockaddr_in>(one.ai_addr).sin_addr.s_addr)});
  } else if (one.ai_family == AF_INET6) {
    const auto in = as<sockaddr_in6>(one.ai_addr);
    asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    to.emplace_back(asio::ip::address_v6{bytes, in.sin6_scope_id});
  }
}

Answer ask_system(const std::string& host, NameLookup::Family family) {
  addrinfo hints{};
  hints.ai_family = family == NameLookup::Family::ipv4 ? AF_INET : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;  // else each address comes once per kind of socket
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  Answer out;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); error != 0) {
    out.why = ::gai_strerror(error);
    return out;
  }
  for (const auto* one = list; one != nullptr; one = one->ai_next) add(out.found, *one);
  ::freeaddrinfo(list);
  if (out.found.empty()) out.why = "no address";
  return out;
}

}  // namespace

void NameLookup::ask(const std::string& host, Family family, Done done) {
  boost::system::error_code not_numeric;
  const auto numeric = asio::ip::make_address(host, not_numeric);
  if (!not_numeric) {
    asio::post(io_, [numeric, done = std::move(done)] { done({numeric}, {}); });
    return;
  }
  const Question question{host, family};
  auto& waiting = asked_[question];
  if (waiting.size() == kMaxWaiting) {
    asio::post(io_, [oldest = std::move(waiting.front())] {
      oldest({}, "the name service does not answer");
    });
    waiting.erase(waiting.begin());
    waiting.push_back(std::move(done));
    return;
  }
  waiting.push_back(std::move(done));
  if (waiting.size() > 1) return;
  const bool begun = threads_.run([this, question]() -> std::function<void()> {
    return [this, question, answered = ask_system(question.first, question.second)] {
      answer(question, answered.found, answered.why);
    };
  });
  if (begun) return;
  asio::post(io_, [first = std::move(waiting.front())] { first({}, "no thread to ask with"); });
  asked_.erase(question);
}

void NameLookup::answer(const Question& question, const std::vector<address>& found,
                        const std::string& why) {
  const auto waiting = std::exchange(asked_[question], {});
  asked_.erase(question);
  for (const auto& done : waiting) done(found, why);
}

}  // namespace cam32100::bridge
