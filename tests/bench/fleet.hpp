#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"

namespace cam32100::bench {

// `cam32100 emulate` as many cameras, one process, each on a free loopback port.
class Fleet {
 public:
  static constexpr const char* kPassword = "888888";

  // `more`: further words of the command line. Throws when not all of them start.
  Fleet(integration::Loop& loop, std::size_t count, const std::vector<std::string>& more = {});

  [[nodiscard]] static std::string uid(std::size_t number);
  [[nodiscard]] const std::string& address(std::size_t number) const {
    return addresses_.at(uid(number));
  }
  [[nodiscard]] nlohmann::json cameras() const;  // for the bridge's configuration

 private:
  integration::Process process_;
  std::size_t read_ = 0;
  std::map<std::string, std::string> addresses_;
};

}  // namespace cam32100::bench
