#include "bridge/cli/stream_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace cam32100::bridge {

namespace {
constexpr std::size_t kGatheredBytes = 64 * 1024;  // what a pipe holds
}  // namespace

StreamWriter::StreamWriter(int descriptor) : descriptor_{descriptor} {
  gathered_.reserve(kGatheredBytes);
}

void StreamWriter::on_stream(protocol::TimePoint now, std::uint8_t channel,
                             protocol::BytesView bytes) {
  if (channel != protocol::kVideoChannel) {
    other_bytes_ += bytes.size();
    return;
  }
  if (error_) return;
  if (bytes_ == 0 && gathered_.empty()) first_ = now;
  last_ = now;
  frames_.on_bytes(bytes);
  if (gathered_.size() + bytes.size() > kGatheredBytes) flush();
  gathered_.insert(gathered_.end(), bytes.begin(), bytes.end());
}

void StreamWriter::flush() noexcept {
  if (!error_) write(gathered_);
  gathered_.clear();
}

void StreamWriter::write(protocol::BytesView bytes) noexcept {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes_ += static_cast<std::uint64_t>(written);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      // Somebody else's descriptor may be a non-blocking one.
      pollfd waiting{descriptor_, POLLOUT, 0};
      (void)::poll(&waiting, 1, -1);
    } else if (written == 0 || errno != EINTR) {
      error_ = {written == 0 ? EIO : errno, std::generic_category()};
      return;
    }
  }
}

nlohmann::ordered_json StreamWriter::figures() const {
  const double seconds = std::chrono::duration<double>(length()).count();
  const double megabytes = static_cast<double>(bytes_) / 1e6;
  return {{"bytes", bytes_},
          {"frames", frames_.frames()},
          {"seconds", std::round(seconds * 1e3) / 1e3},
          {"mb_per_s", seconds > 0 ? std::round(megabytes / seconds * 10) / 10 : 0.0}};
}

}  // namespace cam32100::bridge
