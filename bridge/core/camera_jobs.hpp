#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/core/alarm_push.hpp"
#include "bridge/core/answers.hpp"
#include "bridge/core/camera_events.hpp"
#include "bridge/core/camera_topics.hpp"
#include "bridge/core/discovery.hpp"
#include "bridge/core/pictures.hpp"
#include "mappings/reply.hpp"

namespace cam32100::bridge {

// What a job of a camera's supervisor is for.
struct JobPurpose {
  enum class Kind {
    command,
    poll,
    settings,
    clients,
    event_picture,
    interval_picture,
    http_picture,
    push_look,
    push_set,
    push_restore
  } kind = Kind::command;
  RequestNumber request = 0;  // command
  std::string command;        // the mapping's name, for interpret()
  mappings::CommandPlan plan;
  std::string event_type{}, event_id{};  // event_picture
};

// Jobs under way and what their outcome means: for the asker, and for the camera's retained topics.
class CameraJobs {
 public:
  CameraJobs(BridgeContext& context, Answers& answers, CameraTopics& topics, CameraEvents& events,
             Discovery& discovery)
      : context_{context},
        answers_{answers},
        topics_{topics},
        events_{events},
        discovery_{discovery},
        pictures_{context},
        push_{context} {}

  void submit(CameraEntry& camera, JobPurpose purpose, decltype(Job::what) what,
              std::optional<std::chrono::milliseconds> timeout);
  // get_status, for its alarm and state; read of all settings; picture of an event. Dropped when
  // one is under way.
  void poll(CameraEntry& camera);
  void read_settings(CameraEntry& camera);
  // A picture for the HTTP server; it is published, too. Who asks while one is under way waits for
  // that one and has its answer, so that a crowd costs one place in the camera's queue; beyond
  // kMaxHttpAskers it is 503 at once.
  static constexpr std::size_t kMaxHttpAskers = 32;
  void take_picture_for(CameraEntry& camera, std::uint64_t ticket);
  void take_picture_on_time(CameraEntry& camera);  // cameras[].snapshot_interval_s
  // alarm_push: has the camera call us, or no longer: in an open session, or in one of its own
  // where the camera is on demand and has not been told.
  void arrange_push(CameraEntry& camera);
  void arrange_push_again(CameraEntry& camera);  // where the last try failed
  // True: its alarm settings are being put back; Task::leave follows when that is over.
  [[nodiscard]] bool restore_push(CameraEntry& camera);
  void on_state_saved(std::string_view text);
  void take_alarm_call(CameraEntry& camera);  // the camera called
  [[nodiscard]] AlarmPush& push() noexcept { return push_; }
  void count_clients(CameraEntry& camera);  // check_user: how many use the camera

  void on_replied(CameraEntry& camera, JobReplied&& outcome);
  void on_checked(CameraEntry& camera, protocol::CgiReply&& reply);
  void on_connected(JobConnected&& outcome);
  void on_done(const JobDone& outcome);
  void on_looked_up(JobLookedUp&& outcome);
  void on_failed(CameraEntry& camera, JobFailed&& outcome);

 private:
  [[nodiscard]] bool is_to_be_woken_for_push(const CameraEntry& camera) const;
  void submit_own(CameraEntry& camera, JobPurpose::Kind kind, const std::string& command,
                  const nlohmann::json& arguments);
  [[nodiscard]] std::optional<JobPurpose> take(JobId id);
  void absorb(CameraEntry& camera, const mappings::ReplyMeaning& meaning);
  void take_alarm(CameraEntry& camera, int alarm_status);
  void take_event_picture(CameraEntry& camera, const AlarmChange& began);
  void fail(CameraEntry& camera, const JobPurpose& purpose, mappings::CommandError error);
  void answer(CameraEntry& camera, const JobPurpose& purpose, mappings::ReplyMeaning&& meaning);
  void answer_snapshot(CameraEntry& camera, const JobPurpose& purpose,
                       const protocol::Bytes& picture);
  void submit_plan(CameraEntry& camera, JobPurpose::Kind kind, const std::string& command,
                   mappings::CommandPlan plan);
  void take_changes(CameraEntry& camera, const std::vector<AlarmChange>& changes);
  [[nodiscard]] bool submit_look(CameraEntry& camera);
  void after_push_job(CameraEntry& camera, JobPurpose::Kind kind, bool done,
                      protocol::BytesView reply);
  void warn_of_push(const CameraEntry& camera, JobPurpose::Kind kind);
  void note_motion(CameraEntry& camera, bool showed_motion);
  [[nodiscard]] HttpAnswer page_of(CameraEntry& camera, const mappings::ReplyMeaning& meaning);
  void answer_http(CameraEntry& camera, const HttpAnswer& page);
  static void settle_own(CameraEntry& camera, JobPurpose::Kind kind);

  BridgeContext& context_;
  Answers& answers_;
  CameraTopics& topics_;
  CameraEvents& events_;
  Discovery& discovery_;
  Pictures pictures_;
  AlarmPush push_;
  std::unordered_map<JobId, JobPurpose>
      jobs_;  // bounded by the supervisors' queues; looked up only
};

// {"server":..,"mapped_address":..,"result":..,"addresses":[..],"took_ms":..} per server, and what
// it means: found, offline, invalid_uid, invalid_prefix, invalid_dsk, no_answer.
[[nodiscard]] nlohmann::json to_json(const std::vector<protocol::ServerReport>& reports);
// The answer of both `lookup` commands. Errors: lookup_failed when nobody answered.
[[nodiscard]] mappings::CommandResult<nlohmann::json> lookup_answer(
    const std::vector<protocol::ServerReport>& reports, std::optional<protocol::Errc> verdict);

}  // namespace cam32100::bridge
