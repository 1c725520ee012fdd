#include <cstdio>
#include <exception>

#include "bridge/cli/commands.hpp"

int main(int argc, char** argv) {
  try {
    return cam32100::bridge::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cam32100: %s\n", error.what());
  } catch (...) {
    std::fputs("cam32100: unknown failure\n", stderr);
  }
  return 1;
}
