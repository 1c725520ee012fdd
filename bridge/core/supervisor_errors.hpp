#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "bridge/core/camera_supervisor.hpp"
#include "protocol/transport/relay_client.hpp"

namespace cam32100::bridge {

// The sentences people read when a job fails. Ids are shortened, secrets never appear; `detail`
// holds the same facts for machines.

// What an attempt to open a session knew when it ended.
struct AttemptFacts {
  protocol::Uid uid;
  protocol::Errc code = protocol::Errc::timed_out;
  protocol::Operation operation = protocol::Operation::none;
  std::optional<protocol::Errc> lookup_error;
  std::optional<protocol::Address> address;  // known beforehand
  std::size_t servers = 0;                   // asked
  bool lan = false;                          // searched
  bool heard = false;                        // the camera itself answered
  bool located = false;                      // a server knows where it is
  bool servers_silent = false;               // not one of them answered
  bool relayed = false;                      // a relay had it on its other side
  bool other_key = false;                    // it answered, but only under a key that is not ours
  // A relay was the only way: why it came to nothing.
  std::optional<protocol::RelayFailed> relay_error;
  protocol::Duration took{};
  std::uint64_t attempts = 1;  // in a row
  std::optional<protocol::Duration> next_try;
  nlohmann::json tried;  // CameraSearch::attempts(): each rung and what came of it
};

[[nodiscard]] mappings::CommandError unreachable_error(
    const AttemptFacts& facts);  // camera_offline, lookup_failed, connect_timeout
[[nodiscard]] mappings::CommandError other_dialect_error(const protocol::Uid& uid);
[[nodiscard]] mappings::CommandError other_cipher_error(const protocol::Uid& uid,
                                                        const std::string& cipher_name,
                                                        const char* stage);
// `via`: the only way that was wanted, if one was.
[[nodiscard]] mappings::CommandError nowhere_to_look_error(const protocol::Uid& uid,
                                                           std::optional<protocol::Path> via);
[[nodiscard]] mappings::CommandError busy_error(const protocol::Uid& uid,
                                                std::optional<protocol::Duration> next_try);
[[nodiscard]] mappings::CommandError auth_error(const protocol::Uid& uid, const std::string& user,
                                                std::optional<protocol::Duration> next_try);
enum class Executed {
  no,         // it never left
  unknown,    // it was sent and changes the camera
  read_only,  // it was sent, twice, and changes nothing
};
[[nodiscard]] mappings::CommandError session_lost_error(const std::string& reason,
                                                        Executed executed);
[[nodiscard]] mappings::CommandError rate_limited_error(std::size_t limit,
                                                        protocol::Duration retry_after);
[[nodiscard]] mappings::CommandError superseded_by_ptz_error();
[[nodiscard]] mappings::CommandError cancelled_by_disconnect_error();
[[nodiscard]] mappings::CommandError timeout_error(protocol::Duration waited, bool sent,
                                                   bool changes_camera);
[[nodiscard]] mappings::CommandError no_reply_error(const std::string& cgi,
                                                    protocol::Duration waited, bool changes_camera);
[[nodiscard]] mappings::CommandError refused_request_error(const boost::system::error_code& code);
[[nodiscard]] mappings::CommandError shutting_down_error();
[[nodiscard]] mappings::CommandError no_servers_error();
[[nodiscard]] mappings::CommandError address_by_relay_error();

// "timed_out, awaiting_ready", or the code alone.
[[nodiscard]] std::string reason_text(protocol::Errc code, protocol::Operation operation);

}  // namespace cam32100::bridge
