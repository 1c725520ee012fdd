#include "bridge/core/camera_jobs.hpp"

#include <algorithm>
#include <utility>

#include "bridge/core/supervisor_job.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using nlohmann::json;

// It changes settings, by numbers that do not tell which, and its reply shows none.
bool changes_settings(std::string_view command) noexcept { return command == "camera_control"; }

bool merge(json& target, const json& update) {
  if (!update.is_object()) return false;
  bool changed = false;
  for (const auto& [key, value] : update.items()) {
    const auto place = target.find(key);
    if (place != target.end() && *place == value) continue;
    target[key] = value;
    changed = true;
  }
  return changed;
}

}  // namespace

void CameraJobs::submit(CameraEntry& camera, JobPurpose purpose, decltype(Job::what) what,
                        std::optional<std::chrono::milliseconds> timeout) {
  const JobId id = context_.draw_number();
  if (auto* cgi = std::get_if<CgiJob>(&what)) {
    using Wall = WallTime::duration;
    cgi->wall_ahead = context_.now.wall.time_since_epoch() -
                      std::chrono::duration_cast<Wall>(context_.now.steady.time_since_epoch());
  }
  const bool own = purpose.kind != JobPurpose::Kind::command;
  jobs_.emplace(id, std::move(purpose));
  camera.supervisor->submit(context_.now.steady, {id, timeout, std::move(what), own});
  context_.wake(camera.endpoint);
}

void CameraJobs::submit_own(CameraEntry& camera, JobPurpose::Kind kind, const std::string& command,
                            const json& arguments) {
  auto plan = mappings::translate(context_.mapping, command, arguments, {});
  if (!plan) {
    settle_own(camera, kind);
    return;
  }
  CgiJob job{*plan, {}};
  submit(camera, {kind, 0, command, std::move(*plan)}, std::move(job), std::nullopt);
}

void CameraJobs::poll(CameraEntry& camera) {
  if (std::exchange(camera.polling, true)) return;
  submit_own(camera, JobPurpose::Kind::poll, "get_status", json::object());
}

void CameraJobs::read_settings(CameraEntry& camera) {
  if (std::exchange(camera.reading_settings, true)) return;
  submit_own(camera, JobPurpose::Kind::settings, "get", json::object());
}

void CameraJobs::settle_own(CameraEntry& camera, JobPurpose::Kind kind) {
  if (kind == JobPurpose::Kind::poll) camera.polling = false;
  if (kind == JobPurpose::Kind::settings) camera.reading_settings = false;
}

std::optional<JobPurpose> CameraJobs::take(JobId id) {
  auto node = jobs_.extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

void CameraJobs::on_replied(CameraEntry& camera, JobReplied&& outcome) {
  auto purpose = take(outcome.id);
  if (!purpose) return;
  settle_own(camera, purpose->kind);
  if (purpose->kind == JobPurpose::Kind::settings) camera.settings_stale = false;
  auto meaning = mappings::interpret(context_.mapping, purpose->command, purpose->plan,
                                     std::move(outcome.replies));
  absorb(camera, meaning);
  switch (purpose->kind) {
    case JobPurpose::Kind::command:
      answer(camera, *purpose, std::move(meaning));
      break;
    case JobPurpose::Kind::event_picture:
      if (meaning.picture) pictures_.publish_event_picture(camera, *meaning.picture);
      break;
    case JobPurpose::Kind::poll:
    case JobPurpose::Kind::settings:
      break;
  }
}

void CameraJobs::on_checked(CameraEntry& camera, protocol::CgiReply&& reply) {
  std::vector<protocol::CgiReply> replies;
  replies.push_back(std::move(reply));
  absorb(camera, mappings::interpret(context_.mapping, "check_credentials", check_user_plan(),
                                     std::move(replies)));
}

void CameraJobs::absorb(CameraEntry& camera, const mappings::ReplyMeaning& meaning) {
  if (merge(camera.info, meaning.info)) topics_.publish_info(camera);
  if (merge(camera.state, meaning.state)) topics_.publish_state(camera);
  if (merge(camera.settings, meaning.settings)) topics_.publish_settings(camera);
  if (meaning.alarm_status) take_alarm(camera, *meaning.alarm_status);
}

void CameraJobs::take_alarm(CameraEntry& camera, int alarm_status) {
  const auto changes = camera.alarms.on_status(context_.now, alarm_status, context_.event_ids);
  events_.alarms(camera, changes);
  const bool began =
      std::any_of(changes.begin(), changes.end(), [](const auto& change) { return change.active; });
  if (began) submit_own(camera, JobPurpose::Kind::event_picture, "snapshot", json::object());
  if (!camera.alarms.is_active()) return;
  // Its end is to be seen soon, or at least before off_delay ends it.
  const auto half =
      std::chrono::duration_cast<protocol::Duration>(context_.config.motion.off_delay_s) / 2;
  const auto soon =
      context_.now.steady + std::max<protocol::Duration>(half, std::chrono::seconds{1});
  if (context_.agenda.has({Task::poll, camera.endpoint}))
    context_.agenda.set({Task::poll, camera.endpoint}, soon);
}

void CameraJobs::answer(CameraEntry& camera, const JobPurpose& purpose,
                        mappings::ReplyMeaning&& meaning) {
  if (purpose.command == "check_credentials" && meaning.result_failed) {
    answers_.fail(purpose.request, {ErrorCode::auth_failed,
                                    "the camera refused this user and password",
                                    {{"result", meaning.result.value_or(-1)}}});
    return;
  }
  if (meaning.error) {
    answers_.fail(purpose.request, std::move(*meaning.error));
    return;
  }
  if (meaning.picture) {
    answer_snapshot(camera, purpose, *meaning.picture);
    return;
  }
  if (changes_settings(purpose.command)) {
    camera.settings_stale = true;
    context_.agenda.set({Task::read_settings, camera.endpoint},
                        context_.now.steady + std::chrono::milliseconds{500});
  }
  answers_.succeed(purpose.request,
                   meaning.data.is_null() ? json(purpose.plan.echo) : std::move(meaning.data));
}

void CameraJobs::answer_snapshot(CameraEntry& camera, const JobPurpose& purpose,
                                 const protocol::Bytes& picture) {
  const Request* request = answers_.find(purpose.request);
  if (request == nullptr) return;
  auto meta = pictures_.publish_snapshot(camera, picture, "request", request->id);
  if (meta) {
    answers_.succeed(purpose.request, std::move(*meta));
  } else {
    answers_.fail(purpose.request, meta.error());
  }
}

void CameraJobs::on_connected(JobConnected&& outcome) {
  const auto purpose = take(outcome.id);
  if (!purpose) return;
  json data{{"address", outcome.address.text()},
            {"transport", protocol::to_text(outcome.path)},
            {"already", outcome.already}};
  if (!outcome.attempts.is_null()) data["attempts"] = std::move(outcome.attempts);
  answers_.succeed(purpose->request, std::move(data));
}

void CameraJobs::on_done(const JobDone& outcome) {
  if (const auto purpose = take(outcome.id)) answers_.succeed(purpose->request, {{"closed", true}});
}

void CameraJobs::on_looked_up(JobLookedUp&& outcome) {
  const auto purpose = take(outcome.id);
  if (!purpose) return;
  auto data = lookup_answer(outcome.servers, outcome.verdict);
  if (data) {
    answers_.succeed(purpose->request, std::move(*data));
  } else {
    answers_.fail(purpose->request, data.error());
  }
}

void CameraJobs::on_failed(CameraEntry& camera, JobFailed&& outcome) {
  const auto purpose = take(outcome.id);
  if (!purpose) return;
  settle_own(camera, purpose->kind);
  if (purpose->kind == JobPurpose::Kind::command)
    answers_.fail(purpose->request, std::move(outcome.error));
}

}  // namespace cam32100::bridge
