#include "bridge/core/camera_supervisor.hpp"

#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

std::string_view to_text(CameraSession session) noexcept {
  switch (session) {
    case CameraSession::idle:
      return "idle";
    case CameraSession::searching:
      return "searching";
    case CameraSession::connecting:
      return "connecting";
    case CameraSession::connected:
      return "connected";
    case CameraSession::auth_failed:
      return "auth_failed";
    case CameraSession::busy:
      return "busy";
    case CameraSession::offline:
      return "offline";
  }
  return "idle";
}

SupervisorConfig with_sane_limits(SupervisorConfig config) {
  using std::chrono::milliseconds;
  const auto at_least = [](milliseconds& value, milliseconds least) {
    value = std::max(value, least);
  };
  at_least(config.connect_timeout, milliseconds{100});
  at_least(config.request_timeout, milliseconds{100});
  at_least(config.idle_logout, milliseconds{100});
  at_least(config.presence_check, milliseconds{1000});
  at_least(config.offline_grace, milliseconds{0});
  at_least(config.backoff_min, milliseconds{10});
  at_least(config.backoff_max, config.backoff_min);
  at_least(config.busy_backoff, config.backoff_min);
  config.max_queue = std::max<std::size_t>(config.max_queue, 1);
  return config;
}

CameraSupervisor::Impl::Impl(TimePoint now, SupervisorConfig configuration, std::uint64_t seed)
    : config{with_sane_limits(std::move(configuration))},
      seeds{seed},
      last_now{now},
      next_try{now},
      attempt_started{now},
      presence_due{now},
      opened_at{now},
      last_activity{now},
      leave_by{now},
      session_since{now} {
  if (config.known_way) {
    remembered = Candidate{config.known_way->address, config.known_way->path};
    good_cipher = config.known_way->cipher_name;
  }
  progress(now);
}

CameraSupervisor::CameraSupervisor(protocol::TimePoint now, SupervisorConfig config,
                                   std::uint64_t seed)
    : impl_{std::make_unique<Impl>(now, std::move(config), seed)} {}

CameraSupervisor::~CameraSupervisor() = default;

void CameraSupervisor::submit(protocol::TimePoint now, Job job) {
  impl_->submit(now, std::move(job));
}

void CameraSupervisor::reconfigure(protocol::TimePoint now, SupervisorConfig config) {
  impl_->reconfigure(now, std::move(config));
}

void CameraSupervisor::on_resume(protocol::TimePoint now) { impl_->resume(now); }

void CameraSupervisor::shut_down(protocol::TimePoint now) {
  impl_->shut_down(now, shutting_down_error());
}

void CameraSupervisor::shut_down(protocol::TimePoint now, const mappings::CommandError& why) {
  impl_->shut_down(now, why);
}

bool CameraSupervisor::is_shut_down() const noexcept { return impl_->is_down; }

void CameraSupervisor::on_datagram(protocol::TimePoint now, const protocol::Address& from,
                                   protocol::BytesView datagram) {
  impl_->on_datagram(now, from, datagram);
}

void CameraSupervisor::on_time(protocol::TimePoint now) { impl_->on_time(now); }

std::optional<protocol::TimePoint> CameraSupervisor::deadline() const { return impl_->deadline(); }

bool CameraSupervisor::take_datagram(protocol::TimePoint now, protocol::Datagram& out) {
  return impl_->take_datagram(now, out);
}

std::uint32_t CameraSupervisor::socket_generation() const { return impl_->generation; }

void CameraSupervisor::on_bound(const protocol::Address& local) { impl_->on_bound(local); }

std::optional<SupervisorEvent> CameraSupervisor::take_event() {
  impl_->end_batch();
  return impl_->events.take();
}

CameraStatus CameraSupervisor::status() const { return impl_->status(); }

const protocol::SessionCounters& CameraSupervisor::counters() const noexcept {
  return impl_->counters();
}

}  // namespace cam32100::bridge
