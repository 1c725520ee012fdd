#include "tests/bench/process_facts.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace cam32100::bench {

namespace {
std::string proc_text(pid_t pid, const char* name) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/" + name};
  return {std::istreambuf_iterator<char>{file}, {}};
}
}  // namespace

double resident_megabytes(pid_t pid) {
  std::istringstream statm{proc_text(pid, "statm")};
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

std::chrono::milliseconds cpu_time(pid_t pid) {
  auto stat = proc_text(pid, "stat");
  // The second field, the name, may hold blanks: the third comes after its last bracket.
  std::istringstream fields{stat.substr(stat.rfind(')') + 1)};
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds{(user + system) * 1000 / ::sysconf(_SC_CLK_TCK)};
}

}  // namespace cam32100::bench
