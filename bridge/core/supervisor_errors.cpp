#include "bridge/core/supervisor_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridge/core/supervisor_protocol_events.hpp"

namespace cam32100::bridge {

namespace {

using mappings::CommandError;
using mappings::ErrorCode;
using nlohmann::json;
using protocol::Duration;
using protocol::Errc;

json next_try_json(std::optional<Duration> next_try) {
  if (!next_try) return nullptr;
  const auto whole = std::chrono::ceil<std::chrono::seconds>(*next_try).count();
  return std::max<std::int64_t>(whole, 0);
}

std::string seconds_text(Duration duration) {
  return fmt::format("{:.3g} s", static_cast<double>(to_ms(duration)) / 1000.0);
}

std::string where_it_was_sought(const AttemptFacts& facts) {
  std::string text;
  const auto add = [&text](const std::string& place) {
    text += (text.empty() ? "" : ", ") + place;
  };
  if (facts.address) add("at " + facts.address->text());
  if (facts.lan) add("on the LAN");
  if (facts.servers > 0)
    add(fmt::format("via {} server{}{}", facts.servers, facts.servers == 1 ? "" : "s",
                    !facts.servers_silent ? ""
                    : facts.servers == 1  ? ", which was silent"
                                          : ", which were all silent"));
  return text;
}

bool is_unknown_id(Errc code) {
  return code == Errc::invalid_uid || code == Errc::invalid_prefix || code == Errc::invalid_dsk;
}

json executed_json(bool changes_camera, bool sent) {
  if (!changes_camera) return nullptr;
  return sent ? "unknown" : "no";
}

}  // namespace

std::string reason_text(Errc code, protocol::Operation operation) {
  if (operation == protocol::Operation::none) return protocol::to_text(code);
  return fmt::format("{}, {}", protocol::to_text(code), protocol::to_text(operation));
}

namespace {

CommandError relay_missed_error(const AttemptFacts& facts, json detail) {
  using protocol::Operation;
  const bool no_list = facts.relay_error->operation == Operation::awaiting_relay_list;
  detail["stage"] = "relay";
  detail["reason"] = reason_text(facts.relay_error->code, facts.relay_error->operation);
  const bool did_not_come = facts.relay_error->operation == Operation::awaiting_relay_ready;
  const bool is_away = did_not_come || facts.relay_error->code == Errc::device_offline;
  const ErrorCode code = is_away                                  ? ErrorCode::camera_offline
                         : is_unknown_id(facts.relay_error->code) ? ErrorCode::lookup_failed
                                                                  : ErrorCode::connect_timeout;
  return {code,
          fmt::format("no relay leads to camera {} ({}); {}", facts.uid.redacted(),
                      protocol::to_text(facts.relay_error->code),
                      no_list        ? "the servers name none, or are silent"
                      : did_not_come ? "it did not come to one, check its power and network"
                                     : "detail.tried shows how far each came"),
          std::move(detail)};
}

}  // namespace

CommandError unreachable_error(const AttemptFacts& facts) {
  const std::string camera = facts.uid.redacted();
  json detail{{"attempts", facts.attempts},
              {"next_try_s", next_try_json(facts.next_try)},
              {"reason", reason_text(facts.code, facts.operation)}};
  if (!facts.tried.is_null()) detail["tried"] = facts.tried;
  if (facts.relay_error) return relay_missed_error(facts, std::move(detail));
  if (facts.relayed) {
    detail["stage"] = "relay";
    return {ErrorCode::connect_timeout,
            fmt::format("camera {} came to the relay but said nothing in {} that its psk opens; it "
                        "may have another key, or take no further viewer",
                        camera, seconds_text(facts.took)),
            std::move(detail)};
  }
  if (facts.heard || facts.located) {
    detail["stage"] = "connect";
    return {
        ErrorCode::connect_timeout,
        fmt::format(
            "camera {} {} but opened no session in {}; another viewer may hold it, or a firewall "
            "stands between",
            camera, facts.heard ? "answered the search" : "is known to the servers",
            seconds_text(facts.took)),
        std::move(detail)};
  }
  if (facts.lookup_error == Errc::invalid_dsk) {
    detail["stage"] = "lookup";
    return {ErrorCode::lookup_failed,
            fmt::format("the servers refuse the device key of camera {}, or want one; correct its "
                        "dsk, or set its address",
                        camera),
            std::move(detail)};
  }
  if (facts.lookup_error && is_unknown_id(*facts.lookup_error)) {
    detail["stage"] = "lookup";
    return {ErrorCode::lookup_failed,
            fmt::format(
                "no server knows camera {} ({}); check the spelling of its id, or set its address",
                camera, protocol::to_text(*facts.lookup_error)),
            std::move(detail)};
  }
  detail["stage"] = facts.servers > 0 ? "lookup" : facts.lan ? "lan" : "address";
  return {ErrorCode::camera_offline,
          fmt::format("no answer from camera {} {} in {}; check its power and network{}", camera,
                      where_it_was_sought(facts), seconds_text(facts.took),
                      facts.servers_silent ? ", and whether the servers are to be reached"
                      : facts.servers > 0 || !facts.lan ? ""
                                                        : ", or set servers that know where it is"),
          std::move(detail)};
}

CommandError other_dialect_error(const protocol::Uid& uid) {
  return {ErrorCode::not_supported,
          fmt::format("camera {} answers as one of the JSON or iLnk family, whose commands are not "
                      "supported yet",
                      uid.redacted()),
          json{{"stage", "lan"}}};
}

CommandError other_cipher_error(const protocol::Uid& uid, const std::string& cipher_name,
                                const char* stage) {
  return {ErrorCode::connect_timeout,
          fmt::format("camera {} answers under the cipher key \"{}\", not under the one that psk "
                      "names; set its psk to auto, or to that key",
                      uid.redacted(), cipher_name),
          json{{"stage", stage}, {"cipher", cipher_name}}};
}

CommandError nowhere_to_look_error(const protocol::Uid& uid, std::optional<protocol::Path> via) {
  using protocol::Path;
  const char* advice = !via                  ? "set its address, a LAN target or a server"
                       : via == Path::lan    ? "set lan.targets, or its address"
                       : via == Path::direct ? "set its address"
                                             : "set a server";
  return {ErrorCode::camera_offline,
          fmt::format("there is nowhere to look for camera {}{}; {}", uid.redacted(),
                      via ? " by that way alone" : "", advice),
          json{{"stage", "none"}, {"attempts", 0}, {"next_try_s", nullptr}}};
}

CommandError busy_error(const protocol::Uid& uid, std::optional<Duration> next_try) {
  return {
      ErrorCode::busy,
      fmt::format(
          "camera {} takes no further viewer; close the phone app or another bridge that holds it",
          uid.redacted()),
      json{{"next_try_s", next_try_json(next_try)}}};
}

CommandError auth_error(const protocol::Uid& uid, const std::string& user,
                        std::optional<Duration> next_try) {
  return {ErrorCode::auth_failed,
          fmt::format("camera {} refuses user \"{}\" with the configured password; correct it with "
                      "camera/update or "
                      "in the configuration",
                      uid.redacted(), user),
          json{{"next_try_s", next_try_json(next_try)}}};
}

CommandError session_lost_error(const std::string& reason, Executed executed) {
  json detail{{"reason", reason}};
  const char* advice = "it was tried on two sessions, try again later";
  if (executed == Executed::unknown) {
    detail["executed"] = "unknown";
    advice = "whether the command was executed is unknown, look before you repeat it";
  } else if (executed == Executed::no) {
    detail["executed"] = "no";
    advice = "the command was not sent";
  }
  return {
      ErrorCode::session_lost,
      fmt::format("the session with the camera ended ({}) before it answered; {}", reason, advice),
      std::move(detail)};
}

CommandError rate_limited_error(std::size_t limit, Duration retry_after) {
  return {ErrorCode::rate_limited,
          fmt::format("{} commands already wait for this camera; send the next one later", limit),
          json{{"retry_after_ms", to_ms(retry_after)}, {"limit", limit}}};
}

CommandError superseded_by_ptz_error() {
  return {ErrorCode::superseded, "a newer ptz command took the place of this one", nullptr};
}

CommandError cancelled_by_disconnect_error() {
  return {ErrorCode::superseded, "a disconnect command came before this one could be sent",
          json{{"executed", "no"}}};
}

CommandError timeout_error(Duration waited, bool sent, bool changes_camera) {
  return {
      ErrorCode::timeout,
      fmt::format("no complete answer from the camera within {}; {}", seconds_text(waited),
                  sent ? "it may be slow or the network bad: try again, or raise timeout_ms"
                       : "earlier commands were still running"),
      json{{"stage", sent ? "reply" : "queue"}, {"executed", executed_json(changes_camera, sent)}}};
}

CommandError no_reply_error(const std::string& cgi, Duration waited, bool changes_camera) {
  return {
      ErrorCode::timeout,
      fmt::format("the camera did not answer {} within {}; it may not know this call, or be slow",
                  cgi, seconds_text(waited)),
      json{{"stage", "reply"}, {"cgi", cgi}, {"executed", executed_json(changes_camera, true)}}};
}

CommandError refused_request_error(const boost::system::error_code& code) {
  if (code == protocol::make_error_code(Errc::queue_full)) {
    return {ErrorCode::too_large,
            "too many requests at once for one session; send fewer in one batch", nullptr};
  }
  return {
      ErrorCode::bad_argument,
      fmt::format(
          "the request cannot be put on the wire ({}); shorten it or correct its parameter names",
          code.message()),
      nullptr};
}

CommandError shutting_down_error() {
  return {ErrorCode::shutting_down,
          "the bridge is stopping; send the command again when it is back", nullptr};
}

CommandError address_by_relay_error() {
  return {ErrorCode::bad_argument,
          "an address is reached without a relay; leave one of address and via out",
          json{{"argument", "address"}}};
}

CommandError no_servers_error() {
  return {
      ErrorCode::lookup_failed,
      "no server is configured to look this camera up; add one with server/add, or set servers to "
      "\"vendor\"",
      json{{"stage", "lookup"}}};
}

}  // namespace cam32100::bridge
