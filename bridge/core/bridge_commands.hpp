#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/core/bridge_info.hpp"
#include "bridge/core/camera_roster.hpp"
#include "bridge/core/command_intake.hpp"
#include "bridge/core/discovery.hpp"
#include "bridge/core/network_queries.hpp"

namespace cam32100::bridge {

// Commands to the bridge itself: <base>/bridge/command/<cmd>.
class BridgeCommands {
 public:
  static constexpr std::size_t kMaxReloads = 8;  // that wait for one answer

  BridgeCommands(BridgeContext& context, Answers& answers, CameraRoster& roster,
                 CameraTopics& topics, CameraEvents& events, NetworkQueries& queries,
                 BridgeInfo& info, Discovery& discovery, CameraJobs& jobs)
      : context_{context},
        answers_{answers},
        roster_{roster},
        topics_{topics},
        events_{events},
        queries_{queries},
        info_{info},
        discovery_{discovery},
        jobs_{jobs} {}

  void on_command(Request request, std::string_view payload);
  // The configuration was read again, because of `reload` or a signal.
  void on_reloaded(boost::system::result<Config, ConfigErrors> loaded);
  void on_reload_limit();
  void on_stop();

 private:
  using Arguments = nlohmann::json;
  using Outcome = mappings::CommandResult<nlohmann::json>;  // the answer's data

  void execute(RequestNumber number, const std::string& command, const Arguments& arguments,
               std::optional<std::chrono::milliseconds> timeout);
  [[nodiscard]] Outcome run_now(const std::string& command, const Arguments& arguments);
  void reload(RequestNumber number);
  void search(RequestNumber number, const std::string& command, const Arguments& arguments,
              std::optional<std::chrono::milliseconds> timeout);

  [[nodiscard]] Outcome add_camera(const Arguments& arguments);
  [[nodiscard]] Outcome update_camera(const Arguments& arguments);
  [[nodiscard]] Outcome remove_camera(const Arguments& arguments);
  [[nodiscard]] Outcome list_cameras() const;
  [[nodiscard]] Outcome add_server(const Arguments& arguments);
  [[nodiscard]] Outcome remove_server(const Arguments& arguments);
  [[nodiscard]] Outcome list_servers() const;
  [[nodiscard]] Outcome set_log_level(const Arguments& arguments);
  [[nodiscard]] Outcome clean_up();
  [[nodiscard]] Outcome rediscover();

  [[nodiscard]] mappings::CommandResult<CameraConfig> parse_payload_camera(
      const Arguments& arguments, const char* where) const;
  [[nodiscard]] std::optional<mappings::CommandError> alias_taken(const std::string& alias,
                                                                  const CameraEntry* by) const;
  [[nodiscard]] bool is_kept_over_restarts() const { return !context_.config.state_file.empty(); }
  void greet(CameraEntry& camera);  // a camera that was added while the bridge works

  void take_config(Config config, nlohmann::json& changes);
  void take_cameras(std::vector<CameraConfig> cameras, nlohmann::json& changes);
  void take_servers(std::vector<ServerSetConfig> servers);

  BridgeContext& context_;
  Answers& answers_;
  CameraRoster& roster_;
  CameraTopics& topics_;
  CameraEvents& events_;
  NetworkQueries& queries_;
  BridgeInfo& info_;
  Discovery& discovery_;
  CameraJobs& jobs_;
  std::vector<RequestNumber> reloads_;
};

// Only the keys that are named in `keys`; the rest of `camera` stays.
void apply_keys(CameraConfig& camera, const CameraConfig& given, const nlohmann::json& keys);

}  // namespace cam32100::bridge
