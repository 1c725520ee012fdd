#include "bridge/core/camera_feed.hpp"

#include <algorithm>
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

constexpr const char* kCheckUser = "check_user.cgi";

}  // namespace

void CameraFeed::note_answers(CameraEntry& camera, const JobReplied& outcome) {
  const std::size_t count = std::min(outcome.cgis.size(), outcome.replies.size());
  for (std::size_t i = 0; i < count; ++i) note_answer(camera, outcome.cgis[i], outcome.replies[i]);
}

// Once for each CGI: a status comes every second.
void CameraFeed::note_answer(CameraEntry& camera, const std::string& cgi,
                             const protocol::CgiReply& reply) {
  if (camera.answered.contains(cgi) || !mappings::is_answer(context_.mapping, cgi, reply)) return;
  camera.answered.insert(cgi);
  discovery_.note_change(camera);  // what it does not tell in it may go
}

void CameraFeed::drain(CameraEntry& camera) {
  while (auto event = camera.supervisor->take_event()) {
    std::visit(Overloaded{
                   [&](JobReplied& outcome) {
                     note_answers(camera, outcome);
                     jobs_.on_replied(camera, std::move(outcome));
                   },
                   [&](JobConnected& outcome) { jobs_.on_connected(std::move(outcome)); },
                   [&](JobDone& outcome) { jobs_.on_done(outcome); },
                   [&](JobLookedUp& outcome) { jobs_.on_looked_up(std::move(outcome)); },
                   [&](JobFailed& outcome) { jobs_.on_failed(camera, std::move(outcome)); },
                   [&](CredentialsChecked& checked) {
                     note_answer(camera, kCheckUser, checked.reply);
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
  const bool connected = camera.supervisor->status().session == CameraSession::connected;
  if (!connected) camera.state.erase("clients");  // how many they are now nobody knows
  topics_.take_status(camera);
  if (connected) context_.keep_way(camera);
  if (connected && !was_connected) on_session_opened(camera);
  if (connected) return;
  context_.agenda.cancel({Task::poll, camera.endpoint});
  context_.agenda.cancel({Task::poll_rest, camera.endpoint});
  context_.agenda.cancel({Task::read_settings, camera.endpoint});
}

void CameraFeed::on_session_opened(CameraEntry& camera) {
  if (context_.stopping) return;
  jobs_.poll(camera);
  // Whoever had the camera meanwhile, or a restart of it, may have changed them. One that sleeps is
  // not kept awake for that.
  if (camera.is_watched() || camera.settings.empty() || camera.settings_stale)
    jobs_.read_settings(camera);
  jobs_.count_clients(camera);
  jobs_.arrange_push(camera);
  arm_poll(camera);
}

void CameraFeed::arm(CameraEntry& camera, Task task, protocol::Duration every) {
  const TaskKey key{task, camera.endpoint};
  const bool connected = camera.status.session == CameraSession::connected;
  if (!connected || !camera.is_watched() || every.count() == 0) return context_.agenda.cancel(key);
  context_.agenda.bring_forward(key, context_.now.steady + every);
}

void CameraFeed::arm_poll(CameraEntry& camera) {
  const protocol::Duration all = context_.config.timing.status_poll_s;
  const protocol::Duration motion = context_.config.motion.poll_ms;
  arm(camera, Task::poll, motion.count() == 0 ? all : motion);
  arm(camera, Task::poll_rest, all);
}

void CameraFeed::arm_pictures(CameraEntry& camera) {
  const TaskKey key{Task::snapshot, camera.endpoint};
  const auto every = camera.config.snapshot_interval_s;
  if (every.count() == 0) return context_.agenda.cancel(key);
  context_.agenda.bring_forward(key, context_.now.steady + every);
}

void CameraFeed::on_availability(CameraEntry& camera, bool online) {
  // A stopping bridge leaves the last availability as it is; its own `offline` covers the cameras.
  if (context_.stopping) return;
  // The first decision of a run is news only against what an earlier run had published.
  camera.availability_known = true;
  const auto before = camera.online;
  topics_.publish_availability(camera, online);
  if (before && *before != online)
    events_.availability(camera, online, camera.supervisor->status().reason);
  if (online) jobs_.arrange_push(camera);
}

void CameraFeed::on_task(CameraEntry& camera, Task task) {
  switch (task) {
    case Task::poll:
      arm_poll(camera);
      jobs_.poll(camera);
      break;
    case Task::poll_rest:
      arm_poll(camera);
      jobs_.read_settings(camera);
      jobs_.count_clients(camera);
      jobs_.arrange_push_again(camera);
      break;
    case Task::snapshot:
      jobs_.take_picture_on_time(camera);
      arm_pictures(camera);
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
    default:
      break;
  }
}

}  // namespace cam32100::bridge
