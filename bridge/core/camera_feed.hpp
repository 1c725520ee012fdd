#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridge/core/camera_jobs.hpp"

namespace cam32100::bridge {

// What comes out of the cameras' supervisors, and when they are asked for their status.
class CameraFeed {
 public:
  CameraFeed(BridgeContext& context, CameraTopics& topics, CameraEvents& events, CameraJobs& jobs,
             Discovery& discovery)
      : context_{context}, topics_{topics}, events_{events}, jobs_{jobs}, discovery_{discovery} {}

  void drain(CameraEntry& camera);  // takes every event of the supervisor
  // A task of this camera's is due.
  void on_task(CameraEntry& camera, Task task);
  void arm_poll(CameraEntry& camera);  // by its configuration and its session
  void arm_pictures(CameraEntry& camera);

 private:
  void arm(CameraEntry& camera, Task task, protocol::Duration every);
  void on_status(CameraEntry& camera);
  void on_availability(CameraEntry& camera, bool online);
  void on_session_opened(CameraEntry& camera);
  void note_answers(CameraEntry& camera, const JobReplied& outcome);
  void note_answer(CameraEntry& camera, const std::string& cgi, const protocol::CgiReply& reply);

  BridgeContext& context_;
  CameraTopics& topics_;
  CameraEvents& events_;
  CameraJobs& jobs_;
  Discovery& discovery_;
};

}  // namespace cam32100::bridge
