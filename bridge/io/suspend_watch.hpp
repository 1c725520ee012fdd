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
  SuspendWatch(boost::asio::io_context& io,
               std::function<void(std::chrono::seconds slept)> on_resume);
  void start();
  void stop();

 private:
  void look();
  boost::asio::steady_timer timer_;
  std::function<void(std::chrono::seconds)> on_resume_;
  std::chrono::nanoseconds offset_{};
  bool stopped_ = false;
};

}  // namespace cam32100::bridge
