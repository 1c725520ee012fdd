#pragma once

#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "tests/bench/paho_echo.hpp"

namespace cam32100::bench {

struct BenchOptions {
  bool quick = false;  // a tenth of the samples: to see that it works
  std::string only;    // load_bench: rows whose name holds this
  std::string json_file;
};

// The command line of a bench that measures an echo in a process of its own: the same program with
// --echo URL. Else [--quick] [--only WORDS] [JSON FILE].
inline int run_beside_echo(const char* name, int argc, char** argv,
                           int (*run)(const BenchOptions&)) {
  try {
    if (argc == 3 && std::strcmp(argv[1], "--echo") == 0) {
      run_echo(argv[2], "bench/echo/in", "bench/echo/out");
      return 0;
    }
    BenchOptions options;
    for (int i = 1; i < argc; ++i) {
      if (std::strcmp(argv[i], "--quick") == 0) {
        options.quick = true;
      } else if (std::strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
        options.only = argv[++i];
      } else {
        options.json_file = argv[i];
      }
    }
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

}  // namespace cam32100::bench
