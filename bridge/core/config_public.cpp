#include <nlohmann/json.hpp>
#include <string>

#include "bridge/core/config_table.hpp"

namespace cam32100::bridge {

namespace {

using nlohmann::json;

template <class Values>
json present(const Values& values, std::span<const Field<Values>> fields) {
  json out = json::object();
  for (const auto& row : fields) {
    if (row.setting.input_only) continue;
    std::string pointer = "/" + std::string(row.setting.key());
    for (char& c : pointer) c = c == '.' ? '/' : c;
    out[json::json_pointer(pointer)] = row.show(values, row.setting);
  }
  return out;
}

}  // namespace

json to_public_json(const Config& config) {
  json out = present(RootValues{config, {}, {}}, root_fields());
  out["cameras"] = json::array();
  for (const CameraConfig& camera : config.cameras) {
    out["cameras"].push_back(present(CameraValues{camera, {}, {}}, camera_fields()));
  }
  out["servers"] = json::array();
  for (const ServerSetConfig& servers : config.servers) {
    out["servers"].push_back(present(servers, server_fields()));
  }
  return out;
}

}  // namespace cam32100::bridge
