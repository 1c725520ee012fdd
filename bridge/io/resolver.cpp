#include "bridge/io/resolver.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace cam32100::bridge {

using protocol::Address;

namespace {

constexpr std::size_t kMaxAddressesPerName = 4;

struct HostPort {
  std::string host;
  std::uint16_t port;
};

HostPort split(const std::string& text, std::uint16_t default_port) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return {text, default_port};
  std::uint16_t port = default_port;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return {text.substr(0, colon), port};
}

// One question over several hosts; lives until the last answer.
struct Question {
  std::vector<std::vector<Address>> found;
  std::vector<std::string> not_found;
  std::size_t waiting = 0;
  Resolver::Done done;

  void answer_when_complete() {
    if (waiting != 0) return;
    std::vector<Address> all;
    for (const auto& of_one : found) {
      for (const auto& address : of_one) {
        if (std::find(all.begin(), all.end(), address) == all.end()) all.push_back(address);
      }
    }
    std::exchange(done, nullptr)(std::move(all), std::move(not_found));
  }
};

}  // namespace

void Resolver::resolve(const std::vector<std::string>& hosts, std::uint16_t default_port,
                       Done done) {
  auto question = std::make_shared<Question>();
  question->found.resize(hosts.size());
  question->done = std::move(done);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (const auto dotted = Address::parse(hosts[i], default_port)) {
      question->found[i] = {*dotted};
      continue;
    }
    ++question->waiting;
    const auto [host, port] = split(hosts[i], default_port);
    names_.ask(host, NameLookup::Family::ipv4,
               [question, i, name = host, to = port](const auto& found, const std::string&) {
                 --question->waiting;
                 if (found.empty()) question->not_found.push_back(name);
                 for (const auto& address : found) {
                   if (question->found[i].size() == kMaxAddressesPerName) break;
                   question->found[i].push_back({address.to_v4().to_bytes(), to});
                 }
                 question->answer_when_complete();
               });
  }
  question->answer_when_complete();
}

}  // namespace cam32100::bridge
