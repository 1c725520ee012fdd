#include "bridge/io/state_writer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cam32100::bridge {

using namespace std::chrono_literals;

namespace {
constexpr auto kCoalesce = 200ms;
constexpr auto kFirstWriteRetry = 1s;
constexpr auto kLastRetry = 60s;
}  // namespace

StateWriter::StateWriter(boost::asio::io_context& io, std::string file, Log log, Write write,
                         Saved saved)
    : file_{std::move(file)},
      log_{std::move(log)},
      write_{std::move(write)},
      saved_{std::move(saved)},
      timer_{io},
      retry_delay_{kFirstWriteRetry},
      threads_{io} {}

void StateWriter::save(std::string text) {
  unsaved_ = std::make_shared<const std::string>(std::move(text));
  if (!is_writing_ && !is_scheduled_) write_after(kCoalesce);
}

void StateWriter::finish(std::function<void()> done) {
  finished_ = std::move(done);
  timer_.cancel();
  is_scheduled_ = false;
  if (is_writing_) return;
  if (unsaved_) return write();
  tell_finished();
}

void StateWriter::write_after(std::chrono::milliseconds delay) {
  is_scheduled_ = true;
  timer_.expires_after(delay);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    // finish() may have come when this was due already, and could not be cancelled any more.
    if (ec || !std::exchange(is_scheduled_, false)) return;
    write();
  });
}

void StateWriter::write() {
  assert(unsaved_ != nullptr);
  // What is written here need not be written again: who was told of the last write may have saved.
  timer_.cancel();
  is_scheduled_ = false;
  is_writing_ = true;
  const auto text = std::exchange(unsaved_, nullptr);
  const bool begun =
      threads_.run([this, text, file = file_, write = write_]() -> std::function<void()> {
        return [this, text, error = write(file, *text)] { on_written(text, error); };
      });
  if (!begun) on_written(text, write_(file_, *text));  // better late than lost
}

void StateWriter::on_written(const Text& text, const std::error_code& error) {
  is_writing_ = false;
  if (error) {
    if (!unsaved_) unsaved_ = text;
    if (!std::exchange(has_failed_, true)) {
      log_(LogLevel::error, "state file " + file_ + " cannot be written: " + error.message() +
                                "; cameras added over MQTT are lost at the next restart unless it "
                                "can be written by then (tried again at most 60 s apart)");
    }
    if (finished_) return tell_finished();
    write_after(retry_delay_);
    retry_delay_ = std::min<std::chrono::milliseconds>(retry_delay_ * 2, kLastRetry);
    return;
  }
  if (std::exchange(has_failed_, false))
    log_(LogLevel::info, "state file " + file_ + " is written again");
  retry_delay_ = kFirstWriteRetry;
  if (saved_) saved_(*text);
  if (unsaved_) return write();
  if (finished_) tell_finished();
}

void StateWriter::tell_finished() { std::exchange(finished_, std::nullopt).value()(); }

}  // namespace cam32100::bridge
