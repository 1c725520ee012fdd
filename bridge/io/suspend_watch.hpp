#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

namespace cam32100::bridge {

// Tells when the host has slept: CLOCK_MONOTONIC stands still then, CLOCK_BOOTTIME does not. Looks
// every 2 s, so a resume is known at most 2 s late.
class SuspendWatch final : public std::enable_shared_from_this<SuspendWatch> {
 public:
  // How long the host has slept since it was started.
  using Clock = std::function<std::chrono::nanoseconds()>;

  SuspendWatch(boost::asio::io_context& io,
               std::function<void(std::chrono::seconds slept)> on_resume,
               Clock clock = slept_since_boot, std::chrono::milliseconds look_each = kLookEach);
  void start();
  void stop();

 private:
  static constexpr std::chrono::milliseconds kLookEach{2000};
  [[nodiscard]] static std::chrono::nanoseconds slept_since_boot();
  void look();
  boost::asio::steady_timer timer_;
  std::function<void(std::chrono::seconds)> on_resume_;
  Clock clock_;
  std::chrono::milliseconds look_each_;
  std::chrono::nanoseconds offset_;
  bool stopped_ = false;
};

}  // namespace cam32100::bridge
