#pragma once

#include <string>

namespace cam32100::bench {

struct BenchOptions {
  bool quick = false;  // fewer samples: to see that it works
  std::string only;    // rows whose name holds this, where a bench can leave out the others
  std::string json_file;

  // So many, or so few in a quick run.
  template <class Value>
  [[nodiscard]] Value pick(Value whole, Value quick_one) const {
    return quick ? quick_one : whole;
  }
};

// main() of a bench: [--quick] [--only WORDS] [JSON FILE].
[[nodiscard]] int bench_main(int argc, char** argv, int (*run)(const BenchOptions&));

}  // namespace cam32100::bench
