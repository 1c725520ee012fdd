#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/core/answers.hpp"
#include "bridge/core/camera_events.hpp"
#include "bridge/core/camera_topics.hpp"
#include "bridge/core/pictures.hpp"
#include "mappings/reply.hpp"

namespace cam32100::bridge {

// What a job of a camera's supervisor is for.
struct JobPurpose {
  enum class Kind { command, poll, settings, event_picture } kind = Kind::command;
  RequestNumber request = 0;  // command
  std::string command;        // the mapping's name, for interpret()
  mappings::CommandPlan plan;
};

// Jobs under way and what their outcome means: for the asker, and for the camera's retained topics.
class CameraJobs {
 public:
  CameraJobs(BridgeContext& context, Answers& answers, CameraTopics& topics, CameraEvents& events)
      : context_{context},
        answers_{answers},
        topics_{topics},
        events_{events},
        pictures_{context} {}

  void submit(CameraEntry& camera, JobPurpose purpose, decltype(Job::what) what,
              std::optional<std::chrono::milliseconds> timeout);
  // get_status, for rssi and alarms; read of all settings; picture of an event. Dropped when one is
  // under way.
  void poll(CameraEntry& camera);
  void read_settings(CameraEntry& camera);

  void on_replied(CameraEntry& camera, JobReplied&& outcome);
  void on_checked(CameraEntry& camera, protocol::CgiReply&& reply);
  void on_connected(JobConnected&& outcome);
  void on_done(const JobDone& outcome);
  void on_looked_up(JobLookedUp&& outcome);
  void on_failed(CameraEntry& camera, JobFailed&& outcome);

 private:
  void submit_own(CameraEntry& camera, JobPurpose::Kind kind, const std::string& command,
                  const nlohmann::json& arguments);
  [[nodiscard]] std::optional<JobPurpose> take(JobId id);
  void absorb(CameraEntry& camera, const mappings::ReplyMeaning& meaning);
  void take_alarm(CameraEntry& camera, int alarm_status);
  void answer(CameraEntry& camera, const JobPurpose& purpose, mappings::ReplyMeaning&& meaning);
  void answer_snapshot(CameraEntry& camera, const JobPurpose& purpose,
                       const protocol::Bytes& picture);
  static void settle_own(CameraEntry& camera, JobPurpose::Kind kind);

  BridgeContext& context_;
  Answers& answers_;
  CameraTopics& topics_;
  CameraEvents& events_;
  Pictures pictures_;
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
