#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

namespace cam32100::bridge {

// Blocking calls that nobody can end (a name service that does not answer, a disk that hangs, the
// threads of a library) on threads of their own. The loop never waits for one: what ends after this
// object is gone is dropped, and a thread that never ends is left behind when the process ends.
class SideThreads final {
 public:
  explicit SideThreads(boost::asio::io_context& io);
  ~SideThreads();
  SideThreads(const SideThreads&) = delete;
  SideThreads& operator=(const SideThreads&) = delete;

  // Runs `work` on a new thread and what it returns on the io thread; the loop does not run dry
  // before that. `work` must not throw, and must own what it touches. false: the system gives no
  // more threads, and nothing was run.
  [[nodiscard]] bool run(std::function<std::function<void()>()> work);

 private:
  struct Link;
  std::shared_ptr<Link> link_;
};

}  // namespace cam32100::bridge
