#include "bridge/core/supervisor_protocol_events.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cam32100::bridge {

namespace {

using nlohmann::json;

struct LocatorEventWriter {
  std::optional<ProtocolEvent> operator()(const protocol::HelloAnswered& event) const {
    return ProtocolEvent{"stun", json{{"server", event.server.text()},
                                      {"mapped_address", event.mapped.text()},
                                      {"nat_type", event.nat_type}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::LookupAnswered& event) const {
    return ProtocolEvent{
        "lookup_ack",
        json{{"server", event.server.text()},
             {"result", to_text(event.result)},
             {"result_code", static_cast<unsigned>(event.result)},
             {"api_version", fmt::format("{}.{}.{}", event.api_version[0], event.api_version[1],
                                         event.api_version[2])}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::CandidateFound& event) const {
    return ProtocolEvent{"lookup", json{{"server", event.server.text()},
                                        {"address", event.address.text()},
                                        {"kind", event.lan ? "lan" : "wan"}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::LookupFinished&) const {
    return std::nullopt;
  }
};

// Of what carries a camera's replies only the header: a reply may hold passwords, and in hex no
// redaction finds them. The rest of the protocol holds none.
protocol::BytesView publishable(const protocol::UnknownMessage& event) {
  constexpr std::size_t kHeader = 8;  // magic, code, length; magic, channel, index
  const protocol::BytesView head{event.head};
  const bool carries = event.type == static_cast<std::uint8_t>(protocol::MessageType::DRW);
  return carries ? head.first(std::min(kHeader, head.size())) : head;
}

struct SessionEventWriter {
  std::optional<ProtocolEvent> operator()(const protocol::Ready& event) const {
    return ProtocolEvent{"confirmed", json{{"address", event.peer.text()},
                                           {"uid_on_wire", event.uid_on_wire.text()},
                                           {"variant", event.ready_variant ? "rdy" : "punch"},
                                           {"psk", event.cipher_name},
                                           {"took_ms", to_ms(event.took)}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::SessionClosed& event) const {
    return to_protocol_event(event);
  }
  std::optional<ProtocolEvent> operator()(const protocol::UnknownMessage& event) const {
    return ProtocolEvent{"unknown_message", json{{"code", event.type},
                                                 {"hex", protocol::to_hex(publishable(event))},
                                                 {"from", event.from.text()}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::UnknownSender& event) const {
    return ProtocolEvent{"unknown_sender",
                         json{{"from", event.from.text()}, {"code", event.type}, {"count", 1}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::AliveSeen&) const {
    return ProtocolEvent{"ping", json{{"count", 1}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::AliveAckSeen&) const {
    return ProtocolEvent{"pong", json{{"count", 1}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::AckSeen& event) const {
    return ProtocolEvent{
        "ack", json{{"count", 1}, {"channel", event.channel}, {"indices", event.indices}}};
  }
  std::optional<ProtocolEvent> operator()(const protocol::PacketSeen& event) const {
    // Channel 0 carries CGI replies; packets of the media channels are not `http`.
    if (event.channel != 0) return std::nullopt;
    return ProtocolEvent{"http", json{{"index", event.index}, {"bytes", event.bytes}}};
  }
};

}  // namespace

std::int64_t to_ms(protocol::Duration duration) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string to_text(protocol::ResultCode result) {
  switch (result) {
    case protocol::ResultCode::ok:
      return "ok";
    case protocol::ResultCode::invalid_dsk:
      return "invalid_dsk";
    case protocol::ResultCode::invalid_prefix:
      return "invalid_prefix";
    case protocol::ResultCode::offline:
      return "offline";
    case protocol::ResultCode::invalid_uid:
      return "invalid_uid";
  }
  // A server's own code: the number says more than a word of ours would.
  return fmt::format("0x{:02x}", static_cast<unsigned>(result));
}

std::optional<ProtocolEvent> to_protocol_event(const protocol::LocatorEvent& event) {
  return std::visit(LocatorEventWriter{}, event);
}

std::optional<ProtocolEvent> to_protocol_event(const protocol::SessionEvent& event) {
  return std::visit(SessionEventWriter{}, event);
}

std::optional<ProtocolEvent> to_protocol_event(const protocol::SessionClosed& closed) {
  switch (closed.code) {
    case protocol::Errc::closed_by_peer:
    case protocol::Errc::refused:
      return ProtocolEvent{"close",
                           json{{"reason", protocol::to_text(closed.code)},
                                {"after_s", static_cast<double>(to_ms(closed.open_for)) / 1000.0}}};
    case protocol::Errc::timed_out:
      if (closed.operation == protocol::Operation::awaiting_punch ||
          closed.operation == protocol::Operation::awaiting_ready) {
        return std::nullopt;
      }
      return ProtocolEvent{"lost_connection", json{{"stage", protocol::to_text(closed.operation)},
                                                   {"silent_ms", to_ms(closed.silent)}}};
    default:
      return std::nullopt;
  }
}

ProtocolEvent complete_event(const protocol::CgiReplied& replied, std::optional<int> result) {
  return ProtocolEvent{"complete", json{{"cgi", replied.cgi},
                                        {"bytes", replied.reply.body.size()},
                                        {"took_ms", to_ms(replied.took)},
                                        {"result", result ? json(*result) : json(nullptr)}}};
}

}  // namespace cam32100::bridge
