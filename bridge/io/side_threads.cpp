#include "bridge/io/side_threads.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace cam32100::bridge {

namespace asio = boost::asio;

// Shared with the threads, and the only thing of ours that they may touch when they end late.
struct SideThreads::Link : std::enable_shared_from_this<SideThreads::Link> {
  using Work = asio::executor_work_guard<asio::io_context::executor_type>;

  void begin() {
    const std::lock_guard lock{mutex};
    if (running++ == 0) keeps_running.emplace(io->get_executor());
  }
  void end(std::function<void()> then) {
    const std::lock_guard lock{mutex};
    if (io == nullptr) return;
    if (then) {
      asio::post(*io, [link = shared_from_this(), then = std::move(then)] {
        if (!link->is_cut()) then();
      });
    }
    if (--running == 0) keeps_running.reset();
  }
  [[nodiscard]] bool is_cut() {
    const std::lock_guard lock{mutex};
    return io == nullptr;
  }
  void cut() {
    const std::lock_guard lock{mutex};
    io = nullptr;
    keeps_running.reset();
  }

  std::mutex mutex;
  asio::io_context* io = nullptr;
  std::size_t running = 0;
  std::optional<Work> keeps_running;
};

SideThreads::SideThreads(asio::io_context& io) : link_{std::make_shared<Link>()} {
  link_->io = &io;
}

SideThreads::~SideThreads() { link_->cut(); }

bool SideThreads::run(std::function<std::function<void()>()> work) {
  link_->begin();
  try {
    std::thread{[link = link_, work = std::move(work)] { link->end(work()); }}.detach();
    return true;
  } catch (const std::system_error&) {
    link_->end(nullptr);
    return false;
  }
}

}  // namespace cam32100::bridge
