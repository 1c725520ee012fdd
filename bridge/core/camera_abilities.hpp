#pragma once

#include "bridge/core/camera_entry.hpp"
#include "mappings/device.hpp"

namespace cam32100::bridge {

// info.capabilities: what the family can do, without what this camera lacks (cameras[].without) and
// what its session mode cannot show. {} for a family that is not built.
[[nodiscard]] nlohmann::json abilities_of(const mappings::DeviceMapping& mapping,
                                          const CameraEntry& camera);

}  // namespace cam32100::bridge
