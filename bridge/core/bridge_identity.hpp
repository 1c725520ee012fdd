#pragma once

#include <chrono>
#include <string>

namespace cam32100::bridge {

struct BridgeIdentity {
  std::string version, build;  // "0.1.0", "g++ 12.2 release"
  std::chrono::system_clock::time_point started;
};

}  // namespace cam32100::bridge
