// What the bridge asks by itself: status, settings, pictures, and alarm calls set up and taken
// back.
#include <utility>

#include "bridge/core/camera_jobs.hpp"
#include "bridge/core/http_answer.hpp"
#include "bridge/core/supervisor_job.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using nlohmann::json;

constexpr auto kLeaveLimit = std::chrono::seconds{3};
constexpr auto kLeaveLimitOnDemand = std::chrono::seconds{15};  // a session is opened first

}  // namespace

void CameraJobs::submit_own(CameraEntry& camera, JobPurpose::Kind kind, const std::string& command,
                            const json& arguments) {
  auto plan = mappings::translate(context_.mapping, command, arguments, {});
  if (!plan) {
    settle_own(camera, kind);
    return;
  }
  submit_plan(camera, kind, command, std::move(*plan));
}

void CameraJobs::submit_plan(CameraEntry& camera, JobPurpose::Kind kind, const std::string& command,
                             mappings::CommandPlan plan) {
  CgiJob job{plan, {}};
  submit(camera, {kind, 0, command, std::move(plan)}, std::move(job), std::nullopt);
}

void CameraJobs::poll(CameraEntry& camera) {
  if (std::exchange(camera.polling, true)) return;
  submit_own(camera, JobPurpose::Kind::poll, "get_status", json::object());
}

void CameraJobs::read_settings(CameraEntry& camera) {
  if (camera.settings_reads > 0) return;
  camera.settings_stale = false;
  camera.settings_read = context_.now.steady;
  // One job for each CGI: a camera that makes nonsense of one still tells the others.
  for (const auto& keys : mappings::settings_by_read(context_.mapping)) {
    ++camera.settings_reads;
    submit_own(camera, JobPurpose::Kind::settings, "get", {{"keys", keys}});
  }
}

void CameraJobs::count_clients(CameraEntry& camera) {
  if (std::exchange(camera.counting_clients, true)) return;
  submit_plan(camera, JobPurpose::Kind::clients, "check_credentials", check_user_plan());
}

void CameraJobs::take_picture_for(CameraEntry& camera, std::uint64_t ticket) {
  auto plan = mappings::translate(context_.mapping, "snapshot", json::object(), {});
  if (!plan || camera.json_dialect) {
    context_.http_answers.emplace_back(
        ticket, error_answer({ErrorCode::not_supported, "this camera takes no pictures", nullptr}));
    return;
  }
  if (camera.http_askers.size() >= kMaxHttpAskers) {
    auto full = error_answer({ErrorCode::rate_limited,
                              "too many wait for a picture of this camera; ask again in a second",
                              {{"retry_after_ms", 1000}}});
    full.status = 503;  // the crowd's doing, not that of who asks: no 429
    context_.http_answers.emplace_back(ticket, std::move(full));
    return;
  }
  camera.http_askers.push_back(ticket);
  if (camera.http_askers.size() > 1) return;  // the picture under way is for them, too
  submit_plan(camera, JobPurpose::Kind::http_picture, "snapshot", std::move(*plan));
}

void CameraJobs::take_picture_on_time(CameraEntry& camera) {
  if (camera.json_dialect || std::exchange(camera.taking_picture, true)) return;
  submit_own(camera, JobPurpose::Kind::interval_picture, "snapshot", json::object());
}

void CameraJobs::arrange_push(CameraEntry& camera) {
  if (camera.arranging_push) return;
  if (camera.status.session == CameraSession::connected || is_to_be_woken_for_push(camera))
    (void)submit_look(camera);
}

// Without this, a camera that is only there on demand would call nobody until somebody else had
// work for it. Once is enough: what it took, it keeps.
bool CameraJobs::is_to_be_woken_for_push(const CameraEntry& camera) const {
  const bool done = push_.is_on() ? context_.is_called_by(camera) : !push_.is_kept(camera);
  return !done && !camera.is_watched() && camera.online.value_or(false);
}

bool CameraJobs::submit_look(CameraEntry& camera) {
  auto plan = push_.look(camera);
  if (!plan) return false;
  camera.push_settled = false;
  camera.arranging_push = true;
  submit_plan(camera, JobPurpose::Kind::push_look, {}, std::move(*plan));
  return true;
}

void CameraJobs::arrange_push_again(CameraEntry& camera) {
  if (!camera.push_settled) arrange_push(camera);
}

void CameraJobs::on_state_saved(std::string_view text) {
  for (const auto& uid : push_.on_saved(text)) {
    if (CameraEntry* camera = context_.cameras.by_uid(uid)) arrange_push(*camera);
  }
}

bool CameraJobs::restore_push(CameraEntry& camera) {
  if (!push_.is_kept(camera)) return false;
  const bool connected = camera.status.session == CameraSession::connected;
  const bool can_be_woken =
      camera.status.session == CameraSession::idle && camera.online.value_or(false);
  if (!connected && !can_be_woken) {
    context_.log(LogLevel::warning, "camera", camera.uid,
                 "it is away: the alarm address that was set on it cannot be put back");
    return false;  // what it had stays in the state file: it may be added again
  }
  camera.leaving = true;
  context_.agenda.set({Task::leave, camera.endpoint},
                      context_.now.steady + (connected ? kLeaveLimit : kLeaveLimitOnDemand));
  if (submit_look(camera)) return true;
  camera.leaving = false;
  context_.agenda.cancel({Task::leave, camera.endpoint});
  return false;
}

void CameraJobs::after_push_job(CameraEntry& camera, JobPurpose::Kind kind, bool done,
                                protocol::BytesView reply) {
  using What = AlarmPush::Next::What;
  if (kind == JobPurpose::Kind::push_look) {
    AlarmPush::Next next;
    const bool showed_motion = camera.shows_motion();
    if (done) next = push_.after_look(camera, reply);
    note_motion(camera, showed_motion);
    if (next.plan) {
      const auto then =
          next.what == What::set ? JobPurpose::Kind::push_set : JobPurpose::Kind::push_restore;
      return submit_plan(camera, then, {}, std::move(*next.plan));
    }
  } else {
    const bool showed_motion = camera.shows_motion();
    if (done) push_.on_done(camera, kind == JobPurpose::Kind::push_set ? What::set : What::restore);
    note_motion(camera, showed_motion);
    if (!done) warn_of_push(camera, kind);
  }
  camera.arranging_push = false;
  camera.push_settled = done;
  if (camera.leaving) context_.agenda.set({Task::leave, camera.endpoint}, context_.now.steady);
}

// It is told where there is a camera that calls, or is asked.
void CameraJobs::note_motion(CameraEntry& camera, bool showed_motion) {
  if (camera.shows_motion() == showed_motion || camera.leaving) return;
  topics_.publish_info(camera);
  discovery_.note_change(camera);
  if (context_.outbox.is_live()) events_.offer_motion(camera);
}

void CameraJobs::warn_of_push(const CameraEntry& camera, JobPurpose::Kind kind) {
  context_.log(LogLevel::warning, "camera", camera.uid,
               kind == JobPurpose::Kind::push_set
                   ? "it did not take the address for its alarm calls; it is tried again"
                   : "it did not take back the alarm address that it had before; what that was "
                     "stays in the state file");
}

void CameraJobs::settle_own(CameraEntry& camera, JobPurpose::Kind kind) {
  if (kind == JobPurpose::Kind::poll) camera.polling = false;
  if (kind == JobPurpose::Kind::settings && camera.settings_reads > 0) --camera.settings_reads;
  if (kind == JobPurpose::Kind::clients) camera.counting_clients = false;
  if (kind == JobPurpose::Kind::interval_picture) camera.taking_picture = false;
}

}  // namespace cam32100::bridge
