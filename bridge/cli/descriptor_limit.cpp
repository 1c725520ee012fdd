#include "bridge/cli/descriptor_limit.hpp"

#include <sys/resource.h>

#include <cstdio>

namespace cam32100::bridge {

bool allow_descriptors(std::size_t wanted) {
  constexpr rlim_t kOwn = 64;  // of the process: pipes, epoll, timers, name look-ups
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return true;
  const rlim_t needed = wanted + kOwn;
  if (limit.rlim_cur >= needed) return true;
  if (limit.rlim_max >= needed) {
    limit.rlim_cur = needed;
    if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return true;
  }
  std::fprintf(
      stderr, "cam32100: wanted %llu file descriptors, the limit is %llu; raise it (ulimit -Hn)\n",
      static_cast<unsigned long long>(needed), static_cast<unsigned long long>(limit.rlim_max));
  return false;
}

}  // namespace cam32100::bridge
