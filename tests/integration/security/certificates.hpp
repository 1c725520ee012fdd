#pragma once

#include <string>

#include "tests/integration/support/process.hpp"
#include "tests/unit/io/scratch_directory.hpp"

namespace cam32100::integration {

// A certificate authority of its own, with one certificate for a broker on 127.0.0.1 and one for a
// client, made by openssl in the scratch directory.
struct Certificates {
  Certificates(Loop& loop, const testing::ScratchDirectory& scratch, const std::string& name,
               const std::string& names = "IP:127.0.0.1,DNS:localhost");

  std::string ca, server, server_key, client, client_key;  // PEM files
};

}  // namespace cam32100::integration
