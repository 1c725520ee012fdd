#include "tests/bench/bench_main.hpp"

#include <cstdio>
#include <cstring>
#include <exception>

namespace cam32100::bench {

int bench_main(int argc, char** argv, int (*run)(const BenchOptions&)) {
  try {
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
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace cam32100::bench
