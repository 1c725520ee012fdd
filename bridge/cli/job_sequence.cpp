#include "bridge/cli/job_sequence.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::bridge {

using protocol::Clock;

namespace {

constexpr std::chrono::milliseconds kRequestLimit{5000};
constexpr std::chrono::seconds kCloseLimit{2};  // the supervisor takes less

// Answers that end a job, by its id.
struct JobOf {
  template <class Event>
  std::optional<JobId> operator()(const Event& event) const {
    if constexpr (requires { event.id; }) {
      return event.id;
    } else {
      return std::nullopt;
    }
  }
};

bool is_granted(const SupervisorEvent& event) {
  const auto* replied = std::get_if<JobReplied>(&event);
  return replied != nullptr && !replied->replies.empty() &&
         protocol::parse_cgi_text(replied->replies.front().body).result().value_or(0) == 0;
}

}  // namespace

JobSequence::JobSequence(boost::asio::io_context& io, CameraSupervisor& camera,
                         std::vector<Job> jobs, std::chrono::milliseconds limit,
                         const StreamWish* stream)
    : io_{io},
      camera_{camera},
      timer_{io},
      jobs_{std::move(jobs)},
      limit_{limit},
      stream_{stream},
      began_{Clock::now()},
      submitted_{began_} {}

void JobSequence::submit_next() {
  Job job = jobs_[next_];
  job.timeout = next_ == 0 ? limit_ : std::min(limit_, kRequestLimit);
  // The supervisor answers in time; this is for what should never happen.
  timer_.expires_after(*job.timeout + std::chrono::seconds{1});
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) io_.stop();
  });
  submitted_ = Clock::now();
  camera_.submit(submitted_, std::move(job));
}

void JobSequence::take(SupervisorEvent event) {
  const auto now = Clock::now();
  if (auto* told = std::get_if<ProtocolEvent>(&event);
      told != nullptr && told->type == "confirmed") {
    run_.confirmed = std::move(told->fields);
    run_.until_confirmed = now - began_;
    return;
  }
  if (std::holds_alternative<StatusChanged>(event)) return look_after_session(now);
  const auto job = std::visit(JobOf{}, event);
  if (!job || next_ == jobs_.size() || *job != jobs_[next_].id) return;
  const bool in_vain = next_ == 0 && std::holds_alternative<JobFailed>(event);
  const bool streams = stream_ != nullptr && is_granted(event);
  run_.answers.emplace(*job, DirectAnswer{std::move(event), now - submitted_});
  ++next_;
  if (!in_vain && next_ < jobs_.size()) return submit_next();
  streams ? wait_for_stream() : camera_.shut_down(now);
}

void JobSequence::wait_for_stream() {
  streaming_ = true;
  timer_.expires_after(stream_->length);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec && streaming_) end_stream(Clock::now());
  });
}

void JobSequence::end_stream(protocol::TimePoint now) {
  streaming_ = false;
  ended_ = true;
  camera_.shut_down(now);
  timer_.expires_after(kCloseLimit);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) io_.stop();
  });
  driver_->wake();
}

void JobSequence::look_after_stream() {
  if (stream_ == nullptr) return;
  stream_->writer.flush();
  if (streaming_ && stream_->writer.error()) end_stream(Clock::now());
}

void JobSequence::interrupt() {
  if (streaming_) return end_stream(Clock::now());
  ended_ = true;
  camera_.shut_down(Clock::now());
  driver_->wake();
}

// Also before the answer: the supervisor would ask again in another session, whose stream would
// follow in the middle of this one's frame.
void JobSequence::look_after_session(protocol::TimePoint now) {
  const bool comes_early =
      stream_ != nullptr && next_ < jobs_.size() && stream_->writer.has_begun();
  if (ended_ || (!streaming_ && !comes_early)) return;
  const auto status = camera_.status();
  if (status.session == CameraSession::connected) return;
  run_.stream_lost = status.reason.empty() ? std::string{to_text(status.session)} : status.reason;
  end_stream(now);
}

}  // namespace cam32100::bridge
