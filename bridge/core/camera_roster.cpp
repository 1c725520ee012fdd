#include "bridge/core/camera_roster.hpp"

#include <algorithm>
#include <utility>

#include "bridge/core/camera_setup.hpp"

namespace cam32100::bridge {
namespace {

// CLOSE is repeated within 300 ms; then the socket may go.
constexpr auto kDeparture = std::chrono::milliseconds{500};

}  // namespace

CameraEntry& CameraRoster::start(CameraConfig config) {
  const EndpointId endpoint = context_.draw_number();
  auto entry = std::make_unique<CameraEntry>(std::move(config), endpoint,
                                             context_.config.motion.off_delay_s);
  auto supervised = supervisor_config(entry->config, context_.config, context_.servers,
                                      context_.lan_targets, context_.own_host);
  supervised.known_way = context_.known_way(entry->config.uid.text());
  entry->supervisor = std::make_unique<CameraSupervisor>(context_.now.steady, std::move(supervised),
                                                         context_.seed + endpoint);
  CameraEntry& camera = context_.cameras.add(std::move(entry));
  if (!camera.config.trouble.empty()) {
    context_.log(LogLevel::error, "camera", camera.uid,
                 "its password is missing: " + camera.config.trouble);
  }
  if (!context_.mapping.serves(camera.config.uid.prefix())) {
    context_.log(LogLevel::warning, "camera", camera.uid,
                 "no family of cameras that is known here has ids that begin with " +
                     std::string{camera.config.uid.prefix()} + "; it is treated as " +
                     context_.mapping.family() + " and may not answer");
  }
  camera.reports_alarms = context_.is_called_by(camera);
  context_.recall_known(camera);
  camera.settings_stale = true;  // of an earlier run
  topics_.take_status(camera);
  topics_.publish_info(camera);
  topics_.publish_settings(camera);
  context_.ports.open_endpoint(endpoint, *camera.supervisor);
  feed_.arm_pictures(camera);
  context_.wake(endpoint);
  return camera;
}

void CameraRoster::remove(CameraEntry& camera) {
  const std::string uid = camera.uid;
  const EndpointId endpoint = camera.endpoint;
  camera.supervisor->shut_down(
      context_.now.steady,
      {mappings::ErrorCode::unknown_camera,
       "this camera was removed while the command waited; add it again to use it", nullptr});
  feed_.drain(camera);  // commands that waited are answered before their topics go
  empty_topics(camera);
  context_.agenda.cancel_subject(endpoint);
  departing_[endpoint] = context_.cameras.remove(uid);
  context_.agenda.set({Task::departure, endpoint}, context_.now.steady + kDeparture);
  context_.wake(endpoint);
  context_.cameras_changed();
  events_.bridge_event("camera_removed", {{"uid", uid}});
}

void CameraRoster::empty_topics(CameraEntry& camera) {
  std::set<std::string> topics = std::move(camera.retained_topics);
  topics.merge(camera.held_topics);
  const auto kept = context_.saved.retained_topics.find(camera.uid);
  if (kept != context_.saved.retained_topics.end()) {
    topics.insert(kept->second.begin(), kept->second.end());
    context_.saved.retained_topics.erase(kept);
    context_.save_soon();
  }
  if (context_.saved.known.erase(camera.uid) + context_.saved.ways.erase(camera.uid) > 0)
    context_.save_soon();
  // A message kept for a broker that is away would bring the topic back: an empty one replaces it.
  for (const auto& topic : topics) context_.outbox.clear(topic);
}

void CameraRoster::change(CameraEntry& camera, CameraConfig config) {
  camera.config = std::move(config);
  context_.cameras.set_alias(camera, camera.config.alias);
  reconfigure(camera);
  topics_.publish_info(camera);
  discovery_.note_change(camera);
  if (context_.outbox.is_live()) events_.offer_motion(camera);
}

void CameraRoster::reconfigure(CameraEntry& camera) {
  camera.supervisor->reconfigure(context_.now.steady,
                                 supervisor_config(camera.config, context_.config, context_.servers,
                                                   context_.lan_targets, context_.own_host));
  context_.wake(camera.endpoint);
  camera.reports_alarms = context_.is_called_by(camera);
  feed_.arm_poll(camera);
  feed_.arm_pictures(camera);
  camera.alarms.set_off_delay(context_.config.motion.off_delay_s);
  events_.arm(camera);
}

void CameraRoster::reconfigure_all() {
  for (const auto& [uid, camera] : context_.cameras.all()) reconfigure(*camera);
}

bool CameraRoster::on_progress(EndpointId endpoint) {
  const auto found = departing_.find(endpoint);
  if (found == departing_.end()) return false;
  while (found->second->supervisor->take_event()) {
  }
  if (found->second->supervisor->is_shut_down()) on_departure(endpoint);
  return true;
}

void CameraRoster::on_departure(EndpointId endpoint) {
  const auto found = departing_.find(endpoint);
  if (found == departing_.end()) return;
  context_.agenda.cancel_subject(endpoint);
  context_.ports.close_endpoint(endpoint);
  departing_.erase(found);
}

void CameraRoster::stop() {
  std::vector<CameraEntry*> leaving;
  for (const auto& [uid, camera] : context_.cameras.all())
    if (camera->leaving) leaving.push_back(camera.get());
  for (CameraEntry* camera : leaving) remove(*camera);
  for (const auto& [uid, camera] : context_.cameras.all()) {
    camera->supervisor->shut_down(context_.now.steady);
    context_.wake(camera->endpoint);
  }
}

void CameraRoster::close_endpoints() {
  for (const auto& [uid, camera] : context_.cameras.all())
    context_.ports.close_endpoint(camera->endpoint);
  for (const auto& [endpoint, camera] : departing_) context_.ports.close_endpoint(endpoint);
  departing_.clear();
}

bool CameraRoster::all_closed() const {
  const auto& cameras = context_.cameras.all();
  return departing_.empty() && std::all_of(cameras.begin(), cameras.end(), [](const auto& item) {
           return item.second->supervisor->is_shut_down();
         });
}

}  // namespace cam32100::bridge
