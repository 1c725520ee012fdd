#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "bridge/core/camera_feed.hpp"

namespace cam32100::bridge {

// Which cameras there are: starts, changes and removes them.
class CameraRoster {
 public:
  CameraRoster(BridgeContext& context, CameraTopics& topics, CameraEvents& events, CameraFeed& feed,
               Discovery& discovery)
      : context_{context}, topics_{topics}, events_{events}, feed_{feed}, discovery_{discovery} {}

  CameraEntry& start(CameraConfig config);
  // Empties every retained topic of the camera, then says camera_removed. Its endpoint lives on
  // until CLOSE was sent.
  void remove(CameraEntry& camera);
  void change(CameraEntry& camera, CameraConfig config);
  void reconfigure(CameraEntry& camera);  // servers, LAN targets or timing changed
  void reconfigure_all();

  // A removed camera's endpoint. False: not one of those.
  bool on_progress(EndpointId endpoint);
  void on_departure(EndpointId endpoint);  // its time is up
  void stop();                             // CLOSE to every camera
  [[nodiscard]] bool all_closed() const;
  void close_endpoints();  // at the very end

 private:
  void empty_topics(CameraEntry& camera);
  BridgeContext& context_;
  CameraTopics& topics_;
  CameraEvents& events_;
  CameraFeed& feed_;
  Discovery& discovery_;
  std::map<EndpointId, std::unique_ptr<CameraEntry>> departing_;  // each for half a second at most
};

}  // namespace cam32100::bridge
