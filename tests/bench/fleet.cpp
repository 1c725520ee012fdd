#include "tests/bench/fleet.hpp"

#include <cstdio>
#include <stdexcept>

namespace cam32100::bench {

using nlohmann::json;

namespace {

std::vector<std::string> words_of(const FleetPlan& plan) {
  std::vector<std::string> out{CAM32100_BINARY, "emulate",
                               "--bind",        "127.0.0.1",
                               "--port",        "0",
                               "--uid",         Fleet::uid(plan.first),
                               "--count",       std::to_string(plan.count)};
  out.insert(out.end(), plan.words.begin(), plan.words.end());
  return out;
}

}  // namespace

std::string Fleet::uid(std::size_t number) {
  char text[32] = {};
  std::snprintf(text, sizeof text, "VSTC-%06zu-ABCDE", 100000 + number);
  return text;
}

Fleet::Fleet(integration::Loop& loop, FleetPlan plan)
    : plan_{std::move(plan)}, process_{loop, words_of(plan_)} {
  const auto all_started = [&] {
    for (; read_ < process_.lines().size(); ++read_) {
      const auto line = json::parse(process_.lines()[read_], nullptr, false);
      if (line.is_object() && line.value("event", "") == "started")
        addresses_[line.at("uid")] = line.at("address");
    }
    return addresses_.size() == plan_.count;
  };
  if (!loop.run_until(all_started)) throw std::runtime_error{"emulate: " + process_.errors()};
}

void Fleet::wait_until_free(integration::Loop& loop) {
  const auto is_free = [&] {
    for (; read_ < process_.lines().size(); ++read_) {
      const auto line = json::parse(process_.lines()[read_], nullptr, false);
      if (line.is_object()) sessions_ = line.value("sessions", sessions_);
      was_taken_ = was_taken_ || sessions_ > 0;
    }
    return was_taken_ && sessions_ == 0;
  };
  if (!loop.run_until(is_free)) throw std::runtime_error{"a camera keeps a session that is over"};
  was_taken_ = false;
}

json Fleet::cameras() const {
  json out = json::array();
  for (const auto& [uid, address] : addresses_)
    out.push_back({{"uid", uid}, {"password", kPassword}, {"address", address}});
  return out;
}

}  // namespace cam32100::bench
