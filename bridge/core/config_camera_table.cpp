// The keys of a camera and of a set of servers.
#include <array>

#include "bridge/core/config_checks.hpp"
#include "bridge/core/config_table.hpp"

namespace cam32100::bridge {

namespace {

constexpr std::array<std::string_view, 4> kInversions{"none", "horizontal", "vertical", "both"};
constexpr std::array<std::string_view, 8> kAbilities{"ptz",    "presets", "ir",        "image",
                                                     "reboot", "events",  "wifi_scan", "snapshot"};
// In the order of the enumerators of SessionMode.
constexpr std::array<std::string_view, 2> kSessionModes{"always", "on_demand"};

constexpr std::int64_t kLongestInterval = 86400;

constexpr auto camera_key = [](Setting setting, auto member) {
  return field<CameraValues>(setting, member);
};
constexpr auto server_key = [](Setting setting, auto member) {
  return field<ServerSetConfig>(setting, member);
};

constexpr auto kCameraFields = std::to_array<Field<CameraValues>>({
    camera_key(
        {.path = "cameras[].uid",
         .doc = "the camera's id, in any spelling",
         .max = 64,
         .check = check_uid,
         .required = true},
        [](auto& c) -> auto& { return c.uid; }),
    camera_key(
        {.path = "cameras[].name", .doc = "a name for people; empty means the id", .max = 128},
        [](auto& c) -> auto& { return c.name; }),
    camera_key(
        {.path = "cameras[].alias",
         .doc = "a word that stands for the id in command topics",
         .max = 64,
         .check = check_alias},
        [](auto& c) -> auto& { return c.alias; }),
    camera_key(
        {.path = "cameras[].user", .doc = "the camera's user", .max = 64},
        [](auto& c) -> auto& { return c.user; }),
    camera_key(
        {.path = "cameras[].password",
         .doc = "the camera's password; at most one of password, password_file and password_env",
         .secret = true},
        [](auto& c) -> auto& { return c.password; }),
    camera_key(
        {.path = "cameras[].password_file",
         .doc = "plain name of a file in secrets.directory that holds the password",
         .check = check_secret_name,
         .input_only = true},
        [](auto& c) -> auto& { return c.password_file; }),
    camera_key(
        {.path = "cameras[].password_env",
         .doc = "name of an environment variable that holds the password",
         .check = check_variable_name,
         .input_only = true},
        [](auto& c) -> auto& { return c.password_env; }),
    camera_key(
        {.path = "cameras[].address",
         .doc = "the camera's address a.b.c.d[:port] if it is known; port 32108 unless given",
         .max = 64,
         .check = check_camera_address},
        [](auto& c) -> auto& { return c.address; }),
    camera_key(
        {.path = "cameras[].psk",
         .doc =
             "the cipher key: auto (by the id's prefix), plain (none), its text, or key:HHHHHHHH",
         .check = check_psk,
         .secret = true},
        [](auto& c) -> auto& { return c.psk; }),
    camera_key(
        {.path = "cameras[].dsk",
         .doc = "the camera's device key, for servers that ask for it: 1 to 20 characters",
         .check = check_dsk,
         .secret = true},
        [](auto& c) -> auto& { return c.dsk; }),
    camera_key(
        {.path = "cameras[].session",
         .doc = "always connected, or on_demand for cameras that run on a battery",
         .choices = kSessionModes},
        [](auto& c) -> auto& { return c.session; }),
    camera_key(
        {.path = "cameras[].presets",
         .doc = "names of the stored positions 1, 2, ... (at most 16), for Home Assistant",
         .max = 64,
         .most = 16},
        [](auto& c) -> auto& { return c.presets; }),
    camera_key(
        {.path = "cameras[].without",
         .doc = "abilities of its family that this camera lacks, such as ptz or ir",
         .choices = kAbilities},
        [](auto& c) -> auto& { return c.without; }),
    camera_key(
        {.path = "cameras[].ptz_invert",
         .doc = "swap left and right, up and down, or both: for cameras that hang upside down",
         .choices = kInversions},
        [](auto& c) -> auto& { return c.ptz_invert; }),
    camera_key(
        {.path = "cameras[].snapshot_interval_s",
         .doc = "take a picture this often; 0 means only when asked, and when something moves",
         .min = 0,
         .max = kLongestInterval},
        [](auto& c) -> auto& { return c.snapshot_interval_s; }),
});

constexpr auto kServerFields = std::to_array<Field<ServerSetConfig>>({
    server_key(
        {.path = "servers[].name",
         .doc = "name of the set; empty means its first host",
         .max = 128},
        [](auto& c) -> auto& { return c.name; }),
    server_key(
        {.path = "servers[].hosts",
         .doc =
             "servers as host or host:port, port 32100 unless given; or one init string of an app",
         .check = check_server_host,
         .required = true},
        [](auto& c) -> auto& { return c.hosts; }),
    server_key(
        {.path = "servers[].psk",
         .doc = "cipher key of their traffic: its text or key:HHHHHHHH; empty means plain",
         .check = check_psk,
         .secret = true},
        [](auto& c) -> auto& { return c.psk; }),
    server_key(
        {.path = "servers[].prefixes",
         .doc = "first letters of the ids these servers are asked for; empty means every camera",
         .check = check_uid_prefix},
        [](auto& c) -> auto& { return c.prefixes; }),
});

}  // namespace

std::span<const Field<CameraValues>> camera_fields() noexcept { return kCameraFields; }
std::span<const Field<ServerSetConfig>> server_fields() noexcept { return kServerFields; }

}  // namespace cam32100::bridge
