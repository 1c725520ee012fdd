#pragma once

#include <string>

#include "bridge/core/answers.hpp"
#include "bridge/core/camera_jobs.hpp"
#include "bridge/core/command_intake.hpp"

namespace cam32100::bridge {

// Commands to one camera: reads the message and hands a job to the camera's supervisor.
class CameraCommands {
 public:
  CameraCommands(BridgeContext& context, Answers& answers, CameraJobs& jobs)
      : context_{context}, answers_{answers}, jobs_{jobs} {}

  // `asked.fault` was tested before.
  void on_command(CameraEntry& camera, Request request, std::string_view payload);
  void on_set(CameraEntry& camera, Request request, const std::string& key,
              std::string_view payload);

 private:
  void execute(CameraEntry& camera, Intake intake);
  [[nodiscard]] mappings::CommandResult<decltype(Job::what)> job_for(
      CameraEntry& camera, const std::string& command, const nlohmann::json& arguments,
      mappings::CommandPlan& plan);
  [[nodiscard]] mappings::CommandResult<decltype(Job::what)> ptz_job(
      const CameraEntry& camera, const nlohmann::json& arguments, mappings::CommandPlan& plan);
  [[nodiscard]] static mappings::CommandResult<decltype(Job::what)> connect_job(
      const nlohmann::json& arguments);
  [[nodiscard]] mappings::CommandResult<decltype(Job::what)> lookup_job(
      const nlohmann::json& arguments) const;
  [[nodiscard]] mappings::CommandResult<protocol::Credentials> credentials(
      const CameraEntry& camera, const nlohmann::json& arguments) const;

  BridgeContext& context_;
  Answers& answers_;
  CameraJobs& jobs_;
};

// Credentials that would make firmware run another CGI than the one that carries them.
[[nodiscard]] std::optional<mappings::CommandError> unsafe_credentials(
    const protocol::Credentials& login);

// Servers named in a `lookup`: "a.b.c.d[:port]" or the name of a configured set. Empty: the
// configured ones. Errors: bad_argument.
[[nodiscard]] mappings::CommandResult<std::vector<protocol::ServerAddress>> named_servers(
    const ServerSets& sets, const nlohmann::json& names);

}  // namespace cam32100::bridge
