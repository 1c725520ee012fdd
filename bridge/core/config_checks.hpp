#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cam32100::bridge {

// What the type of a value cannot say. Each gives the sentence that says what is wrong, or nothing.

[[nodiscard]] std::optional<std::string> check_broker_url(std::string_view text);
[[nodiscard]] std::optional<std::string> check_base_topic(std::string_view text);
// Empty, or a topic without wildcards.
[[nodiscard]] std::optional<std::string> check_status_topic(std::string_view text);
// Empty, or "a.b.c.d:port"; port 0 is any free one.
[[nodiscard]] std::optional<std::string> check_listen(std::string_view text);
// Empty, or http:// or https:// with a host, without a slash at the end, user or query.
[[nodiscard]] std::optional<std::string> check_public_url(std::string_view text);
// Letters, digits, '_' and '-', 1 to 64: it becomes part of ids.
[[nodiscard]] std::optional<std::string> check_instance(std::string_view text);
[[nodiscard]] std::optional<std::string> check_uid(std::string_view text);
// Empty, or one topic level that is neither "bridge" nor shaped like a UID.
[[nodiscard]] std::optional<std::string> check_alias(std::string_view text);
// Empty, or "a.b.c.d[:port]" that a datagram can be sent to.
[[nodiscard]] std::optional<std::string> check_camera_address(std::string_view text);
// "key:" with anything but 8 hex digits behind it. A PSK is a secret: no sentence repeats it.
[[nodiscard]] std::optional<std::string> check_psk_form(std::string_view text);
// That, and more than the 20 characters that take part in the cipher.
[[nodiscard]] std::optional<std::string> check_psk(std::string_view text);
[[nodiscard]] std::optional<std::string> check_dsk(std::string_view text);
// Empty, or a plain file name: a path could lead out of the secrets directory.
[[nodiscard]] std::optional<std::string> check_secret_name(std::string_view text);
// Empty, or a variable's name outside CAM32100_.
[[nodiscard]] std::optional<std::string> check_variable_name(std::string_view text);
// "host", "host:port", or an init string. Never shows what follows a ':' of an init string.
[[nodiscard]] std::optional<std::string> check_server_host(std::string_view text);
[[nodiscard]] std::optional<std::string> check_uid_prefix(std::string_view text);
[[nodiscard]] std::optional<std::string> check_lan_target(std::string_view text);

// Sixteen capital letters or more before any ':' or '-', and no '.': no host name people write
// looks so.
[[nodiscard]] bool looks_like_init_string(std::string_view text);

}  // namespace cam32100::bridge
