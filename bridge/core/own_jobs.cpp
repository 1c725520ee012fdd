// What the bridge asks by itself: status, settings, pictures, and alarm calls set up and taken
// back.
#include <utility>

#include "bridge/core/camera_jobs.hpp"
#include "bridge/core/http_answer.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using nlohmann::json;

constexpr auto kLeaveLimit = std::chrono::seconds{3};

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
  // One job for each CGI: a camera that makes nonsense of one still tells the others.
  for (const auto& keys : mappings::settings_by_read(context_.mapping)) {
    ++camera.settings_reads;
    submit_own(camera, JobPurpose::Kind::settings, "get", {{"keys", keys}});
  }
}

void CameraJobs::count_clients(CameraEntry& camera) {
  if (std::exchange(camera.counting_clients, true)) return;
  submit_own(camera, JobPurpose::Kind::clients, "check_credentials", json::object());
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
  if (auto plan = push_.look(camera))
    submit_plan(camera, JobPurpose::Kind::push_look, {}, std::move(*plan));
}

bool CameraJobs::restore_push(CameraEntry& camera) {
  auto plan = push_.restore(camera);
  if (!plan) return false;
  if (camera.status.session != CameraSession::connected) {
    context_.log(LogLevel::warning, "camera", camera.uid,
                 "it is away: the alarm address that was set on it cannot be put back");
    return false;  // what it had stays in the state file: it may be added again
  }
  camera.leaving = true;
  context_.agenda.set({Task::leave, camera.endpoint}, context_.now.steady + kLeaveLimit);
  submit_plan(camera, JobPurpose::Kind::push_restore, {}, std::move(*plan));
  return true;
}

void CameraJobs::after_push_job(CameraEntry& camera, JobPurpose::Kind kind, bool done,
                                protocol::BytesView reply) {
  if (!done && kind == JobPurpose::Kind::push_set)
    context_.log(LogLevel::warning, "camera", camera.uid,
                 "it did not take the address for its alarm calls; the next session tries again");
  if (!done && kind == JobPurpose::Kind::push_restore)
    context_.log(LogLevel::warning, "camera", camera.uid,
                 "it did not take back the alarm address that it had before; what that was stays "
                 "in the state file");
  if (kind == JobPurpose::Kind::push_restore) {
    if (done) push_.on_restored(camera);
    if (camera.leaving) context_.agenda.set({Task::leave, camera.endpoint}, context_.now.steady);
    return;
  }
  if (!done || kind != JobPurpose::Kind::push_look || camera.leaving) return;
  auto plan = push_.after_look(camera, reply);
  if (!plan) return;
  submit_plan(camera, push_.is_on() ? JobPurpose::Kind::push_set : JobPurpose::Kind::push_restore,
              {}, std::move(*plan));
}

void CameraJobs::settle_own(CameraEntry& camera, JobPurpose::Kind kind) {
  if (kind == JobPurpose::Kind::poll) camera.polling = false;
  if (kind == JobPurpose::Kind::settings && camera.settings_reads > 0) --camera.settings_reads;
  if (kind == JobPurpose::Kind::clients) camera.counting_clients = false;
  if (kind == JobPurpose::Kind::interval_picture) camera.taking_picture = false;
}

}  // namespace cam32100::bridge
