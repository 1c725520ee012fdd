#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/wire/address.hpp"
#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"
#include "protocol/wire/message_type.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

constexpr std::uint8_t kMagic = 0xF1;
constexpr std::uint8_t kDrwMagic = 0xD1;
constexpr std::uint8_t kOldAckMagic =
    0xD2;  // first byte of an ACK from cam-reverse and old iLnk apps
constexpr std::size_t kHeaderBytes = 4;
constexpr std::size_t kMaxDrwData = 1024;   // data bytes of one DRW
constexpr std::size_t kDrwHeaderBytes = 8;  // F1 D0 len len | D1 channel index index
constexpr std::size_t kMaxAckIndices = 80;  // the vendor refuses more than 82
constexpr std::uint8_t kChannels = 8;

// Result byte of *_ACK messages. Values outside the table are kept as they came.
enum class ResultCode : std::uint8_t {
  ok = 0x00,
  invalid_dsk = 0xFC,
  invalid_prefix = 0xFD,
  offline = 0xFE,
  invalid_uid = 0xFF
};
using Version = std::array<std::uint8_t, 3>;
// A device key: at most 20 characters, then zeros.
using Dsk = std::array<char, 24>;
// Errors: bad_length (none, or above 20), bad_dsk (blanks or other than printable ASCII).
[[nodiscard]] Result<Dsk> to_dsk(std::string_view text);

// Views in these structs point into the datagram that was decoded (or into what the caller encodes)
// and live as long as it does. `extra` holds payload bytes past the known layout (EX variants,
// echoed data): legal, kept, and written back.

// Messages without a layout of their own: HELLO, LAN_SEARCH, ALIVE, ALIVE_ACK, CLOSE, ...
template <MessageType kType>
struct Bare {
  BytesView extra{};
};
// Messages whose payload starts with the id: PUNCH_PKT, P2P_RDY, LIST_REQ1, RLY_RDY, ...
template <MessageType kType>
struct WithUid {
  Uid uid;
  BytesView extra{};
};
// result + 3 bytes (zero, or the api version in P2P_REQ_ACK)
template <MessageType kType>
struct WithResult {
  ResultCode result = ResultCode::ok;
  Version version{};
  BytesView extra{};
};
// One SockAddr: HELLO_ACK, PUNCH_TO
template <MessageType kType>
struct WithAddress {
  SockAddr address;
  BytesView extra{};
};
// The payload is enciphered (CRCEnc) or undocumented: bytes as they are.
template <MessageType kType>
struct Sealed {
  BytesView body{};
};

using Hello = Bare<MessageType::HELLO>;
using HelloAck = WithAddress<MessageType::HELLO_ACK>;
struct HelloTo {
  SockAddr first, second;
  BytesView extra{};
};
using HelloToAck = Bare<MessageType::HELLO_TO_ACK>;
struct QueryDid {
  std::array<char, 64> device_name{};
  BytesView extra{};
};
struct QueryDidAck {
  std::array<char, 64> uid_text{};
  BytesView extra{};
};
struct DevLgn {
  Uid uid;
  std::uint8_t nat_type = 0;
  Version version{};
  SockAddr address;
  BytesView extra{};
};
using DevLgnAck = WithResult<MessageType::DEV_LGN_ACK>;
using DevLgnCrc = Sealed<MessageType::DEV_LGN_CRC>;
using DevLgnAckCrc = Sealed<MessageType::DEV_LGN_ACK_CRC>;
struct DevLgnKey {
  DevLgn login;
  std::array<std::byte, 32> nonce{}, signature{};
  BytesView extra{};
};
struct DevLgnAckKey {
  ResultCode result = ResultCode::ok;
  std::uint8_t login_interval_s = 0;
  std::array<std::byte, 2> reserved{};
  BytesView extra{};
};
using DevLgnDsk = Sealed<MessageType::DEV_LGN_DSK>;
using DevOnlineReq = WithUid<MessageType::DEV_ONLINE_REQ>;
struct DevOnlineReqAck {
  std::uint32_t last_login = 0;  // the vendor's "last login"; no source says since or until when
  ResultCode result = ResultCode::ok;
  std::array<std::byte, 3> reserved{};
  BytesView extra{};
};
struct P2pReq {
  Uid uid;
  SockAddr lan_address;
  BytesView extra{};
};
using P2pReqAck = WithResult<MessageType::P2P_REQ_ACK>;
struct P2pReqDsk {
  Uid uid;
  SockAddr lan_address;
  std::uint8_t nat_type = 0;
  Version version{};
  Dsk dsk{};
  BytesView extra{};
};
using LanSearchMessage = Bare<MessageType::LAN_SEARCH>;
using LanNotify = WithUid<MessageType::LAN_NOTIFY>;
using LanSearchExt = Bare<MessageType::LAN_SEARCH_EXT>;
// Yi's use of the code of LAN_SEARCH_EXT, which carries nothing: told apart by the UID.
using LanNotifyAck = WithUid<MessageType::LAN_SEARCH_EXT>;
using LanSearchExtAck = WithUid<MessageType::LAN_SEARCH_EXT_ACK>;
using DevUnreach = WithUid<MessageType::DEV_UNREACH>;
using SsdLgnCrc = Sealed<MessageType::SSD_LGN_CRC>;
using PunchTo = WithAddress<MessageType::PUNCH_TO>;
using PunchPkt = WithUid<MessageType::PUNCH_PKT>;
using P2pRdy = WithUid<MessageType::P2P_RDY>;
// P2P_RDY_ACK without and with what Anker's clients put into it: told apart by its length and UID.
using P2pRdyAck = Bare<MessageType::P2P_RDY_ACK>;
struct P2pRdyAckEx {
  Uid uid;
  SockAddr address;
  std::array<std::byte, 8> reserved{};
  BytesView extra{};
};
struct RsLgn {
  Uid uid;
  std::uint32_t bandwidth = 0;  // of the relay, in a unit that no source names
  std::uint32_t users = 0;      // sessions it carries
  BytesView extra{};
};
using RsLgnAck = WithResult<MessageType::RS_LGN_ACK>;
struct RsLgn1 {
  RsLgn login;
  SockAddr address;
  BytesView extra{};
};
using RsLgn1Ack = WithResult<MessageType::RS_LGN1_ACK>;
using ListReq1 = WithUid<MessageType::LIST_REQ1>;
using ListReq = Bare<MessageType::LIST_REQ>;
struct ListReqAck {
  std::uint8_t count = 0;  // at most 8
  std::array<std::byte, 3> reserved{};
  std::array<SockAddr, 8> relays{};
  BytesView extra{};
};
struct ListReqDsk {
  Uid uid;
  Dsk dsk{};
  BytesView extra{};
};
using RlyHello = Bare<MessageType::RLY_HELLO>;
using RlyHelloAck = Bare<MessageType::RLY_HELLO_ACK>;
using RlyPort = Bare<MessageType::RLY_PORT>;
struct RlyPortAck {
  std::array<std::byte, 4> magic_word{};
  std::uint16_t port = 0;
  std::array<std::byte, 2> reserved{};
  BytesView extra{};
};
struct RlyPortKey {
  Uid uid;
  std::array<std::byte, 32> nonce{}, signature{};
  BytesView extra{};
};
struct RlyPortAckKey {
  std::array<std::byte, 4> magic_word{};
  std::uint16_t port = 0;
  ResultCode result = ResultCode::ok;
  std::uint8_t reserved = 0;
  BytesView extra{};
};
struct RlyByteCount {
  std::uint32_t bytes = 0;
  BytesView extra{};
};
struct RlyReq {
  Uid uid;
  SockAddr relay;
  std::array<std::byte, 4> magic_word{};
  BytesView extra{};
};
using RlyReqAck = WithResult<MessageType::RLY_REQ_ACK>;
struct RlyTo {
  SockAddr relay;
  std::array<std::byte, 4> magic_word{};
  BytesView extra{};
};
struct RlyPkt {
  std::array<std::byte, 4> magic_word{};
  Uid uid;
  std::uint8_t is_device = 0;
  std::array<std::byte, 3> reserved{};
  BytesView extra{};
};
using RlyRdy = WithUid<MessageType::RLY_RDY>;
struct RlyToAck {
  std::array<std::byte, 4> magic_word{};
  Uid uid;
  std::uint8_t is_device = 0, send_result = 0;
  std::array<std::byte, 2> reserved{};
  BytesView extra{};
};
// RLY_SERVER_REQ and its answer have one code: a UID begins with a letter, an answer with a count
// that is smaller than any.
using RlyServerReq = WithUid<MessageType::RLY_SERVER_REQ>;
struct RlyServer {
  SockAddr address;
  std::uint8_t tcp = 0, super_device = 0;
  std::array<std::byte, 2> reserved{};
};
// entries: 20 bytes each as on the wire, the address in its big-endian form; entry(i) reads one.
struct RlyServerReqAck {
  ResultCode result = ResultCode::ok;
  std::array<std::byte, 2> reserved{};
  BytesView entries{};
  BytesView extra{};
  [[nodiscard]] std::size_t count() const noexcept { return entries.size() / kEntryBytes; }
  [[nodiscard]] RlyServer entry(std::size_t i) const noexcept;  // empty when not below count()

  static constexpr std::size_t kEntryBytes = 20;
  static constexpr std::size_t kMaxEntries = 63;  // what a datagram of 1280 bytes holds
};
using SdevRun = Bare<MessageType::SDEV_RUN>;
// SDEV_LGN and its answer have one code: a UID begins with a letter, an address with the zero of
// its family.
using SdevLgn = WithUid<MessageType::SDEV_LGN>;
using SdevLgnAck = WithAddress<MessageType::SDEV_LGN>;
using SdevLgnCrc = Sealed<MessageType::SDEV_LGN_CRC>;
struct SdevReport {
  std::array<char, 24> sdev_uid_text{}, device_uid_text{};
  std::uint8_t state = 0;
  std::array<std::byte, 3> reserved{};
  std::array<std::byte, 64> report{};
  BytesView extra{};
};
// Data of a reliable channel; at least one byte.
struct Drw {
  std::uint8_t channel = 0;
  std::uint16_t index = 0;
  BytesView data{};
};
// indices: big-endian u16 pairs as on the wire; index(i) reads one, count() says how many.
struct DrwAck {
  std::uint8_t channel = 0;
  BytesView indices{};
  // kOldAckMagic is accepted, and never sent of our own accord.
  std::uint8_t inner_magic = kDrwMagic;
  BytesView extra{};  // padding after the counted indices
  [[nodiscard]] std::size_t count() const noexcept { return indices.size() / 2; }
  [[nodiscard]] std::uint16_t index(std::size_t i) const noexcept;  // 0 when i is not below count()
};
using Alive = Bare<MessageType::ALIVE>;
using AliveAck = Bare<MessageType::ALIVE_ACK>;
using Close = Bare<MessageType::CLOSE>;
using CloseAck = Bare<MessageType::CLOSE_ACK>;
// The PSK chain under "SSD@cs2-network." over its 84 bytes: see session_ready.hpp.
using ReportSessionReady = Sealed<MessageType::REPORT_SESSION_READY>;
// Any other code: management, super devices, gateways, or a code nobody has documented.
struct Unknown {
  std::uint8_t type = 0;
  BytesView body{};
};

using Message = std::variant<
    Unknown, Hello, HelloAck, HelloTo, HelloToAck, QueryDid, QueryDidAck, DevLgn, DevLgnAck,
    DevLgnCrc, DevLgnAckCrc, DevLgnKey, DevLgnAckKey, DevLgnDsk, DevOnlineReq, DevOnlineReqAck,
    P2pReq, P2pReqAck, P2pReqDsk, LanSearchMessage, LanNotify, LanSearchExt, LanNotifyAck,
    LanSearchExtAck, DevUnreach, SsdLgnCrc, PunchTo, PunchPkt, P2pRdy, P2pRdyAck, P2pRdyAckEx,
    RsLgn, RsLgnAck, RsLgn1, RsLgn1Ack, ListReq1, ListReq, ListReqAck, ListReqDsk, RlyHello,
    RlyHelloAck, RlyPort, RlyPortAck, RlyPortKey, RlyPortAckKey, RlyByteCount, RlyReq, RlyReqAck,
    RlyTo, RlyPkt, RlyRdy, RlyToAck, RlyServerReq, RlyServerReqAck, SdevRun, SdevLgn, SdevLgnAck,
    SdevLgnCrc, SdevReport, Drw, DrwAck, Alive, AliveAck, Close, CloseAck, ReportSessionReady>;

struct Packet {
  std::uint8_t type = 0;  // the code as it came
  std::uint16_t payload_length = 0;
  Message message;
  BytesView trailing{};  // bytes after the announced length: legal, devices pad (captures 20, 21)
};

// The four bytes in front of every message. payload_length is what the sender announced, not what
// came.
struct Header {
  std::uint8_t type = 0;
  std::uint16_t payload_length = 0;
};
// Reads the header alone, even when its payload was cut off. Errors: truncated (under 4 bytes),
// bad_magic.
[[nodiscard]] Result<Header> decode_header(BytesView datagram);

// The code a message has on the wire.
[[nodiscard]] std::uint8_t code(const Message& message) noexcept;

// One plain datagram. Errors: truncated (shorter than its header, its length or its layout),
// bad_magic, bad_length (DRW without data or channel >= 8, ACK count that does not fit, relay count
// > 8), bad_uid. Never reads outside `datagram`; allocates nothing.
[[nodiscard]] Result<Packet> decode(BytesView datagram);

// Writes header and payload; what was decoded comes out as the same bytes, except that the eight
// zero bytes of an address are zero and Packet::trailing is not ours to send. Ids are written as
// they are, also a zero one. Errors: buffer_too_small; bad_length (DRW with no data or more than
// 1024 bytes, a channel above 7, an odd number of ACK bytes, more than 8 relays, more than 63 relay
// servers or a part of one, a payload above 65535); bad_magic (an ACK's inner magic other than D1
// and D2). Returns the number of bytes written.
[[nodiscard]] Result<std::size_t> encode(const Message& message, MutableBytesView out);

}  // namespace cam32100::protocol
