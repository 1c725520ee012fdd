#include "bridge/io/suspend_watch.hpp"

#include <ctime>

namespace cam32100::bridge {

using namespace std::chrono_literals;

namespace {
constexpr auto kSlept = 3s;  // shorter stops of the clock are not worth a new session

std::chrono::nanoseconds read(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}
}  // namespace

std::chrono::nanoseconds SuspendWatch::slept_since_boot() {
  return read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC);
}

SuspendWatch::SuspendWatch(boost::asio::io_context& io,
                           std::function<void(std::chrono::seconds)> on_resume, Clock clock,
                           std::chrono::milliseconds look_each)
    : timer_{io},
      on_resume_{std::move(on_resume)},
      clock_{std::move(clock)},
      look_each_{look_each},
      offset_{clock_()} {}

void SuspendWatch::start() {
  timer_.expires_after(look_each_);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    if (!ec && !self->stopped_) self->look();
  });
}

void SuspendWatch::stop() {
  stopped_ = true;
  timer_.cancel();
}

void SuspendWatch::look() {
  const auto offset = clock_();
  const auto slept = offset - offset_;
  offset_ = offset;
  if (slept >= kSlept) on_resume_(std::chrono::duration_cast<std::chrono::seconds>(slept));
  if (!stopped_) start();
}

}  // namespace cam32100::bridge
