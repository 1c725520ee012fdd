#include "bridge/core/camera_feed.hpp"

#include <utility>
#include <variant>

namespace cam32100::bridge {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

void CameraFeed::drain(CameraEntry& camera) {
  while (auto event = camera.supervisor->take_event()) {
    std::visit(Overloaded{
                   [&](JobReplied& outcome) { jobs_.on_replied(camera, std::move(outcome)); },
                   [&](JobConnected& outcome) { jobs_.on_connected(std::move(outcome)); },
                   [&](JobDone& outcome) { jobs_.on_done(outcome); },
                   [&](JobLookedUp& outcome) { jobs_.on_looked_up(std::move(outcome)); },
                   [&](JobFailed& outcome) { jobs_.on_failed(camera, std::move(outcome)); },
                   [&](CredentialsChecked& checked) {
                     jobs_.on_checked(camera, std::move(checked.reply));
                   },
                   [&](StatusChanged&) { on_status(camera); },
                   [&](AvailabilityChanged& change) { on_availability(camera, change.online); },
                   [&](ProtocolEvent& protocol_event) {
                     events_.protocol(camera, std::move(protocol_event));
                   },
                   [&](SupervisorLog& line) {
                     context_.log(line.warning ? LogLevel::warning : LogLevel::info, "camera",
                                  camera.uid, line.message);
                   },
               },
               *event);
  }
}

void CameraFeed::on_status(CameraEntry& camera) {
  const bool was_connected = camera.status.session == CameraSession::connected;
  topics_.take_status(camera);
  const bool connected = camera.status.session == CameraSession::connected;
  if (connected && !was_connected) on_session_opened(camera);
  if (!connected) context_.agenda.cancel({Task::poll, camera.endpoint});
}

void CameraFeed::on_session_opened(CameraEntry& camera) {
  if (context_.stopping) return;
  jobs_.poll(camera);
  if (camera.settings.empty()) jobs_.read_settings(camera);
  const auto every = context_.config.timing.status_poll_s;
  // On demand: our own questions would keep the camera awake for ever.
  if (every.count() > 0 && camera.config.session == SessionMode::always) {
    context_.agenda.set_if_absent({Task::poll, camera.endpoint}, context_.now.steady + every);
  }
}

void CameraFeed::on_availability(CameraEntry& camera, bool online) {
  // A stopping bridge leaves the last availability as it is; its own `offline` covers the cameras.
  if (context_.stopping) return;
  // The first decision of a run is news only against what an earlier run had published.
  const bool first = !std::exchange(camera.availability_known, true);
  const auto before = first ? camera.held_online : std::optional<bool>{camera.online};
  context_.agenda.cancel({Task::availability, camera.endpoint});
  topics_.publish_availability(camera, online);
  if (before && *before != online)
    events_.availability(camera, online, camera.supervisor->status().reason);
}

void CameraFeed::on_task(CameraEntry& camera, Task task) {
  switch (task) {
    case Task::poll:
      // After a reload it may be switched off.
      if (context_.config.timing.status_poll_s.count() == 0) break;
      context_.agenda.set({Task::poll, camera.endpoint},
                          context_.now.steady + context_.config.timing.status_poll_s);
      jobs_.poll(camera);
      break;
    case Task::read_settings:
      jobs_.read_settings(camera);
      break;
    case Task::alarm_end:
      events_.alarms(camera, camera.alarms.on_time(context_.now));
      break;
    case Task::event_fold:
      events_.folded_due(camera);
      break;
    case Task::availability:
      on_availability(camera, camera.supervisor->status().available);
      break;
    default:
      break;
  }
}

}  // namespace cam32100::bridge
