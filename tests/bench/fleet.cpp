#include "tests/bench/fleet.hpp"

#include <cstdio>
#include <stdexcept>

namespace cam32100::bench {

using nlohmann::json;

namespace {

std::vector<std::string> words_of(std::size_t count, const std::vector<std::string>& more) {
  std::vector<std::string> out{
      CAM32100_BINARY, "emulate",     "--bind",  "127.0.0.1",          "--port", "0",
      "--uid",         Fleet::uid(0), "--count", std::to_string(count)};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace

std::string Fleet::uid(std::size_t number) {
  char text[32] = {};
  std::snprintf(text, sizeof text, "VSTC-%06zu-ABCDE", 100000 + number);
  return text;
}

Fleet::Fleet(integration::Loop& loop, std::size_t count, const std::vector<std::string>& more)
    : process_{loop, words_of(count, more)} {
  const auto all_started = [&] {
    for (; read_ < process_.lines().size(); ++read_) {
      const auto line = json::parse(process_.lines()[read_], nullptr, false);
      if (line.is_object() && line.value("event", "") == "started")
        addresses_[line.at("uid")] = line.at("address");
    }
    return addresses_.size() == count;
  };
  if (!loop.run_until(all_started)) throw std::runtime_error{"emulate: " + process_.errors()};
}

json Fleet::cameras() const {
  json out = json::array();
  for (const auto& [uid, address] : addresses_)
    out.push_back({{"uid", uid}, {"password", kPassword}, {"address", address}});
  return out;
}

}  // namespace cam32100::bench
