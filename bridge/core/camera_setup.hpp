#pragma once

#include <string>
#include <vector>

#include "bridge/core/camera_supervisor.hpp"
#include "bridge/core/config.hpp"
#include "bridge/core/server_sets.hpp"

namespace cam32100::bridge {

// A PSK as it is configured ("" for plain) and the name it may be shown by: "plain", that of a
// known one, or "configured", since a key that is no public knowledge is a secret.
[[nodiscard]] protocol::NamedCipher named_cipher(std::string_view psk);
// The ciphers to try with one camera, best guess first. psk "auto": the one known for the UID's
// prefix, then plain, then every other known one; "plain"; or a PSK, then plain.
[[nodiscard]] protocol::CipherList ciphers_for(const std::string& psk, std::string_view uid_prefix);
// Plain and every known PSK: for searches that look for any camera.
[[nodiscard]] const protocol::CipherList& known_ciphers();

[[nodiscard]] SupervisorConfig supervisor_config(const CameraConfig& camera, const Config& config,
                                                 const ServerSets& servers,
                                                 const std::vector<protocol::Address>& lan_targets,
                                                 const OwnHost& own);

}  // namespace cam32100::bridge
