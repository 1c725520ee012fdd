#pragma once

#include <optional>
#include <string>

#include "bridge/core/camera_supervisor.hpp"

namespace cam32100::bridge {

// What the protocol's own events are called on MQTT, with the keys of the contract's table. Times
// are whole milliseconds (took_ms, silent_ms) or seconds (after_s). nullopt: not for the outside.
[[nodiscard]] std::optional<ProtocolEvent> to_protocol_event(const protocol::LocatorEvent& event);
[[nodiscard]] std::optional<ProtocolEvent> to_protocol_event(const protocol::SessionEvent& event);
// The end of a session: `close` when the camera said so, `lost_connection` when we gave up waiting.
// Of sessions that never opened nothing is told here: their failure is in the status.
[[nodiscard]] std::optional<ProtocolEvent> to_protocol_event(const protocol::SessionClosed& closed);
// `result` is the reply's own result number; absent for pictures and replies without one.
[[nodiscard]] ProtocolEvent complete_event(const protocol::CgiReplied& replied,
                                           std::optional<int> result);

[[nodiscard]] std::string to_text(
    protocol::ResultCode result);  // "ok", "offline", "invalid_uid" ...
[[nodiscard]] std::int64_t to_ms(protocol::Duration duration) noexcept;

}  // namespace cam32100::bridge
