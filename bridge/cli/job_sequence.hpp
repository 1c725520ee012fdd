#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <vector>

#include "bridge/cli/direct_camera.hpp"
#include "bridge/io/udp_driver.hpp"

namespace cam32100::bridge {

// The jobs of one run, one at a time, and the stream that the last of them asked for; see
// run_jobs(). Stops the loop only where the supervisor does not end in time. One thread.
class JobSequence {
 public:
  // `limit`: of the first job. `stream`: null, or the caller's for as long as this lives.
  JobSequence(boost::asio::io_context& io, CameraSupervisor& camera, std::vector<Job> jobs,
              std::chrono::milliseconds limit, const StreamWish* stream);

  // By which the end of a stream is sent; before the first event.
  void set_driver(UdpDriver& driver) { driver_ = &driver; }
  void submit_next();
  // Every event of the supervisor, between two batches of datagrams.
  void take(SupervisorEvent event);
  // Likewise: the writer must not end anything from within a batch.
  void look_after_stream();

  // The user has had enough: what came is kept, the camera is told.
  void interrupt();

  [[nodiscard]] DirectRun result() { return std::move(run_); }

 private:
  void wait_for_stream();
  void end_stream(protocol::TimePoint now);
  void look_after_session(protocol::TimePoint now);

  boost::asio::io_context& io_;
  CameraSupervisor& camera_;
  boost::asio::steady_timer
      timer_;  // the answer's limit, then the stream's end, then the session's
  std::vector<Job> jobs_;
  std::chrono::milliseconds limit_;
  const StreamWish* stream_;
  UdpDriver* driver_ = nullptr;
  bool streaming_ = false, ended_ = false;
  std::size_t next_ = 0;
  protocol::TimePoint began_, submitted_;
  DirectRun run_;
};

}  // namespace cam32100::bridge
