#include "bridge/core/camera_jobs.hpp"

#include <algorithm>
#include <utility>

#include "bridge/core/http_answer.hpp"
#include "bridge/core/json_text.hpp"
#include "bridge/core/supervisor_job.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using nlohmann::json;

constexpr std::chrono::seconds kBetweenReads{10};

// They change settings, by numbers or words that do not tell which, and their replies show none.
bool changes_settings(const JobPurpose& purpose) noexcept {
  const std::string_view command = purpose.command;
  return command == "camera_control" ||
         (command.substr(0, 4) == "http" && purpose.plan.kind != mappings::PlanKind::read);
}

// What was written is not what the camera tells: it rounded, is slow, or does as it likes.
bool shows_otherwise(const mappings::DeviceMapping& mapping, const json& told,
                     const json& written) {
  if (!written.is_object()) return false;
  const auto items = written.items();
  return std::any_of(items.begin(), items.end(), [&](const auto& item) {
    const auto found = told.find(item.key());
    return found != told.end() && *found != item.value() &&
           mappings::is_read_as_written(mapping, item.key());
  });
}

bool is_push(JobPurpose::Kind kind) noexcept {
  return kind == JobPurpose::Kind::push_look || kind == JobPurpose::Kind::push_set ||
         kind == JobPurpose::Kind::push_restore;
}

JobOrigin origin_of(const CameraEntry& camera, JobPurpose::Kind kind) {
  switch (kind) {
    case JobPurpose::Kind::command:
    case JobPurpose::Kind::http_picture:
      return JobOrigin::asked;
    case JobPurpose::Kind::interval_picture:
    case JobPurpose::Kind::event_picture:  // a camera that calls may have no session
      return JobOrigin::timed;
    case JobPurpose::Kind::push_look:
    case JobPurpose::Kind::push_set:
    case JobPurpose::Kind::push_restore:
      if (camera.leaving) return JobOrigin::asked;  // it is the last chance
      return camera.is_watched() ? JobOrigin::own : JobOrigin::timed;
    case JobPurpose::Kind::poll:
    case JobPurpose::Kind::settings:
    case JobPurpose::Kind::clients:
      break;
  }
  return JobOrigin::own;
}

using Merged = PackedObject::Merged;

// Whether anything is another than before.
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

bool note_keys(std::set<std::string>& keys, const json& values) {
  bool grown = false;
  if (!values.is_object()) return false;
  for (const auto& [key, value] : values.items()) grown = keys.insert(key).second || grown;
  return grown;
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
  const auto origin = origin_of(camera, purpose.kind);
  jobs_.emplace(id, std::move(purpose));
  camera.supervisor->submit(context_.now.steady, {id, timeout, std::move(what), origin});
  context_.wake(camera.endpoint);
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
  if (is_push(purpose->kind)) {
    const auto& last = outcome.replies.back();
    const bool done = purpose->kind == JobPurpose::Kind::push_look ||
                      protocol::parse_cgi_text(last.body).result() == 0;
    return after_push_job(camera, purpose->kind, done, last.body);
  }
  auto meaning = mappings::interpret(context_.mapping, purpose->command, purpose->plan,
                                     std::move(outcome.replies));
  if (purpose->kind == JobPurpose::Kind::settings && !meaning.settings.is_object())
    camera.settings_stale = true;  // nonsense, or refused: the next session asks again
  absorb(camera, meaning);
  switch (purpose->kind) {
    case JobPurpose::Kind::command:
      answer(camera, *purpose, std::move(meaning));
      break;
    case JobPurpose::Kind::event_picture:
      if (!meaning.picture) break;
      pictures_.publish_event_picture(camera, *meaning.picture);
      (void)pictures_.publish_snapshot(camera, *meaning.picture, purpose->event_type,
                                       purpose->event_id);
      break;
    case JobPurpose::Kind::interval_picture:
      if (meaning.picture)
        (void)pictures_.publish_snapshot(camera, *meaning.picture, "interval", nullptr);
      break;
    case JobPurpose::Kind::http_picture:
      answer_http(camera, page_of(camera, meaning));
      break;
    case JobPurpose::Kind::poll:
    case JobPurpose::Kind::settings:
    case JobPurpose::Kind::clients:
    case JobPurpose::Kind::push_look:
    case JobPurpose::Kind::push_set:
    case JobPurpose::Kind::push_restore:
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
  const auto info = camera.info.merge(meaning.info);
  if (info != Merged::nothing) {
    context_.cameras.note_info(camera);
    topics_.publish_info(camera);
  }
  if (merge(camera.state, meaning.state)) topics_.publish_state(camera);
  const auto settings = camera.settings.merge(meaning.settings);
  if (settings != Merged::nothing) topics_.publish_settings(camera);
  const bool new_state = note_keys(camera.state_keys, meaning.state);
  if (info != Merged::nothing || settings == Merged::grown || new_state)
    discovery_.note_change(camera);
  if (info != Merged::nothing || settings != Merged::nothing || new_state)
    context_.keep_known(camera);
  if (meaning.alarm_status) take_alarm(camera, *meaning.alarm_status);
}

void CameraJobs::take_alarm(CameraEntry& camera, int alarm_status) {
  take_changes(camera, camera.alarms.on_status(context_.now, alarm_status, context_.event_ids));
}

void CameraJobs::take_alarm_call(CameraEntry& camera) {
  take_changes(camera, camera.alarms.on_push(context_.now, context_.event_ids));
  if (camera.status.session == CameraSession::connected) poll(camera);  // what kind it is
}

void CameraJobs::take_changes(CameraEntry& camera, const std::vector<AlarmChange>& changes) {
  events_.alarms(camera, changes);
  const auto began = std::find_if(changes.begin(), changes.end(),
                                  [](const auto& change) { return change.active; });
  if (began != changes.end()) take_event_picture(camera, *began);
  if (!camera.alarms.is_active()) return;
  // Its end is to be seen soon, or at least before off_delay ends it.
  const auto half =
      std::chrono::duration_cast<protocol::Duration>(context_.config.motion.off_delay_s) / 2;
  const auto soon =
      context_.now.steady + std::max<protocol::Duration>(half, std::chrono::seconds{1});
  if (context_.agenda.has({Task::poll, camera.endpoint}))
    context_.agenda.bring_forward({Task::poll, camera.endpoint}, soon);
}

void CameraJobs::take_event_picture(CameraEntry& camera, const AlarmChange& began) {
  auto plan = mappings::translate(context_.mapping, "snapshot", json::object(), {});
  if (!plan) return;
  CgiJob job{*plan, {}};
  submit(camera,
         {JobPurpose::Kind::event_picture, 0, "snapshot", std::move(*plan), began.type, began.id},
         std::move(job), std::nullopt);
}

void CameraJobs::fail(CameraEntry& camera, const JobPurpose& purpose,
                      mappings::CommandError error) {
  // Who shows a setting has shown the new value already: the old one is told again.
  if (purpose.plan.kind == mappings::PlanKind::change) topics_.resend_settings(camera);
  answers_.fail(purpose.request, std::move(error));
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
    return fail(camera, purpose, std::move(*meaning.error));
  }
  if (meaning.picture) {
    answer_snapshot(camera, purpose, *meaning.picture);
    return;
  }
  const bool otherwise =
      purpose.plan.echo.is_object() &&
      shows_otherwise(context_.mapping, camera.settings.value(), purpose.plan.echo);
  if (otherwise) topics_.resend_settings(camera);
  const TaskKey reading{Task::read_settings, camera.endpoint};
  const auto soon = context_.now.steady + std::chrono::milliseconds{500};
  if (changes_settings(purpose) || otherwise) {
    camera.settings_stale = true;
    context_.agenda.set(reading, soon);
  } else if (purpose.command == "get_status") {
    // The contract's word. They are several calls: who asks again and again does not get them each
    // time, but at least once after the last question.
    const auto pause = camera.settings_read.value_or(protocol::TimePoint{}) + kBetweenReads;
    context_.agenda.bring_forward(reading, std::max(soon, pause));
  }
  answers_.succeed(purpose.request,
                   meaning.data.is_null() ? json(purpose.plan.echo) : std::move(meaning.data));
}

void CameraJobs::answer_snapshot(CameraEntry& camera, const JobPurpose& purpose,
                                 const protocol::Bytes& picture) {
  const Request* request = answers_.find(purpose.request);
  if (request == nullptr) return;
  const auto to =
      text_at(purpose.plan.echo, "deliver") == "url" ? Pictures::To::url : Pictures::To::mqtt;
  auto meta = pictures_.publish_snapshot(camera, picture, "request", request->id, to);
  if (meta) {
    answers_.succeed(purpose.request, std::move(*meta));
  } else {
    answers_.fail(purpose.request, meta.error());
  }
}

HttpAnswer CameraJobs::page_of(CameraEntry& camera, const mappings::ReplyMeaning& meaning) {
  const mappings::CommandError none{ErrorCode::cgi_error, "the camera gave no picture", nullptr};
  if (!meaning.picture) return error_answer(meaning.error.value_or(none));
  const auto meta = pictures_.publish_snapshot(camera, *meaning.picture, "http", nullptr);
  if (!meta) return error_answer(meta.error());
  return picture_answer(protocol::to_string(*meaning.picture), camera.picture_meta);
}

void CameraJobs::answer_http(CameraEntry& camera, const HttpAnswer& page) {
  for (const auto ticket : std::exchange(camera.http_askers, {}))
    context_.http_answers.emplace_back(ticket, page);
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
  if (purpose->kind == JobPurpose::Kind::settings) camera.settings_stale = true;
  if (purpose->kind == JobPurpose::Kind::command) fail(camera, *purpose, std::move(outcome.error));
  if (is_push(purpose->kind)) after_push_job(camera, purpose->kind, false, {});
  if (purpose->kind == JobPurpose::Kind::http_picture)
    answer_http(camera, error_answer(outcome.error));
}

}  // namespace cam32100::bridge
