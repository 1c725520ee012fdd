#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "bridge/core/ports.hpp"
#include "bridge/io/side_threads.hpp"
#include "bridge/io/state_file.hpp"

namespace cam32100::bridge {

// Keeps the state file up to date without making the loop wait for the disk: one write at a time on
// a thread of its own, the newest state wins. A write that fails is told once and tried again, 1 to
// 60 s apart, until it succeeds. io thread.
class StateWriter final {
 public:
  using Log = std::function<void(LogLevel, std::string)>;
  using Write = std::function<std::error_code(const std::string& file, const std::string& text)>;

  using Saved = std::function<void(const std::string& text)>;  // it is on the disk

  StateWriter(boost::asio::io_context& io, std::string file, Log log,
              Write write = write_text_file_atomically, Saved saved = {});

  void save(std::string text);  // soon: the saves of one burst become one write
  // At once, for the last time: `done` is called when nothing waits any more or the write failed.
  void finish(std::function<void()> done);

 private:
  using Text = std::shared_ptr<const std::string>;
  void write_after(std::chrono::milliseconds delay);
  void write();
  void on_written(const Text& text, const std::error_code& error);
  void tell_finished();

  std::string file_;
  Log log_;
  Write write_;
  Saved saved_;
  boost::asio::steady_timer timer_;
  Text unsaved_;
  bool is_writing_ = false, is_scheduled_ = false, has_failed_ = false;
  std::chrono::milliseconds retry_delay_;
  std::optional<std::function<void()>> finished_;
  SideThreads threads_;
};

}  // namespace cam32100::bridge
