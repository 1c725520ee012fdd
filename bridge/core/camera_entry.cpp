#include "bridge/core/camera_entry.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "bridge/core/json_text.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::bridge {

CameraEntry& CameraSet::add(std::unique_ptr<CameraEntry> entry) {
  CameraEntry& camera = *entry;
  assert(!cameras_.contains(camera.uid));
  endpoints_[camera.endpoint] = &camera;
  if (!camera.config.alias.empty()) aliases_[camera.config.alias] = &camera;
  const std::string uid = camera.uid;
  cameras_.emplace(uid, std::move(entry));
  return camera;
}

std::unique_ptr<CameraEntry> CameraSet::remove(const std::string& uid) {
  const auto found = cameras_.find(uid);
  if (found == cameras_.end()) return nullptr;
  auto entry = std::move(found->second);
  cameras_.erase(found);
  endpoints_.erase(entry->endpoint);
  std::erase_if(aliases_, [&entry](const auto& item) { return item.second == entry.get(); });
  forget_macs(*entry);
  return entry;
}

void CameraSet::note_info(CameraEntry& entry) {
  const nlohmann::json info = entry.info.value();
  entry.model = nullptr;
  for (const char* key : {"device_type", "model"}) {
    if (const auto found = info.find(key); found != info.end()) entry.model = *found;
  }
  forget_macs(entry);
  for (const char* key : {"mac", "wifi_mac"}) {
    const std::string mac = text_at(info, key);
    if (mac.empty()) continue;
    entry.macs.push_back(std::string{key} + '=' + mac);
    ++macs_[entry.macs.back()];
  }
}

void CameraSet::forget_macs(CameraEntry& entry) {
  for (const auto& mac : entry.macs) {
    if (--macs_[mac] == 0) macs_.erase(mac);
  }
  entry.macs.clear();
}

bool CameraSet::shares_mac(const CameraEntry& entry) const {
  return std::any_of(entry.macs.begin(), entry.macs.end(),
                     [this](const std::string& mac) { return macs_.at(mac) > 1; });
}

void CameraSet::set_alias(CameraEntry& entry, const std::string& alias) {
  std::erase_if(aliases_, [&entry](const auto& item) { return item.second == &entry; });
  if (!alias.empty()) aliases_[alias] = &entry;
}

CameraEntry* CameraSet::by_uid(const std::string& canonical) const {
  const auto found = cameras_.find(canonical);
  return found == cameras_.end() ? nullptr : found->second.get();
}

CameraEntry* CameraSet::by_endpoint(EndpointId endpoint) const {
  const auto found = endpoints_.find(endpoint);
  return found == endpoints_.end() ? nullptr : found->second;
}

CameraEntry* CameraSet::by_typed(const std::string& typed) const {
  if (CameraEntry* camera = by_uid(typed)) return camera;
  const auto alias = aliases_.find(typed);
  if (alias != aliases_.end()) return alias->second;
  const auto parsed = protocol::Uid::parse(typed);
  return parsed ? by_uid(parsed->text()) : nullptr;
}

mappings::CommandError unknown_camera(const std::string& typed) {
  const auto parsed = protocol::Uid::parse(typed);
  const nlohmann::json detail{{"camera", typed}};
  if (parsed) {
    return {mappings::ErrorCode::unknown_camera,
            "no camera with this UID is configured; add it with bridge/command/camera/add", detail};
  }
  if (parsed.error() == protocol::make_error_code(protocol::Errc::cloud_alias)) {
    return {mappings::ErrorCode::unknown_camera,
            "this is an id of the vendor's cloud, not the camera's UID; bridge/command/discover "
            "finds the UID",
            detail};
  }
  return {mappings::ErrorCode::unknown_camera,
          "this is neither a UID (PREFIX-SERIAL-CHECK) nor the alias of a configured camera",
          detail};
}

}  // namespace cam32100::bridge
