#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/wire/address.hpp"
#include "protocol/wire/bytes.hpp"
#include "tests/support/independent_camera/violations.hpp"

namespace cam32100::independent {

using protocol::Address;
using protocol::Bytes;
using protocol::BytesView;

enum class Type : std::uint8_t {
  hello = 0x00,
  p2p_req = 0x20,
  p2p_req_dsk = 0x26,
  lan_search = 0x30,
  lan_search_ext = 0x32,
  punch_pkt = 0x41,
  p2p_rdy = 0x42,
  p2p_rdy_ack = 0x43,
  list_req1 = 0x67,
  list_req = 0x68,
  list_req_dsk = 0x6a,
  rly_hello = 0x70,
  rly_port = 0x72,
  rly_req = 0x80,
  rly_pkt = 0x83,
  drw = 0xd0,
  drw_ack = 0xd1,
  alive = 0xe0,
  alive_ack = 0xe1,
  close = 0xf0,
};

constexpr std::size_t kUidBytes = 20;
constexpr std::size_t kChannels = 8;
constexpr std::size_t kDrwData = 1024;    // data bytes of one DRW, inner header not counted
constexpr std::size_t kAckIndices = 82;   // more is the vendor's protocol error
constexpr std::uint8_t kDrwInner = 0xd1;  // of DRW and DRW_ACK alike
constexpr std::size_t kLongestDatagram = 1280;

struct Message {
  Type type = Type::hello;
  BytesView payload;  // of the datagram it was opened from
};

// Reads `f1 | type | length BE | payload`; bytes after the payload are legal. False: not a message
// of this protocol (said in `complaints` unless it does not even start like one).
[[nodiscard]] bool open_message(BytesView datagram, Message& out, Complaints& complaints);

[[nodiscard]] Bytes message(Type type, BytesView payload = {});
[[nodiscard]] Bytes drw(std::uint8_t channel, std::uint16_t index, BytesView data);
[[nodiscard]] Bytes drw_ack(std::uint8_t channel, std::span<const std::uint16_t> indices);

// 8 bytes prefix, serial BE, 8 bytes check. Empty when `text` is not PREFIX-SERIAL-CHECK.
[[nodiscard]] Bytes uid_bytes(std::string_view text);

// What is wrong with a 16-byte address record in the reversed form (family BE 2 or 0, port LE,
// address reversed, 8 zero), or empty. `source` is where it came from: a record that names the
// source only when it is read in natural order is in the wrong order.
[[nodiscard]] std::string sockaddr_complaint(BytesView record, const Address& source);

// Reads beyond the end give zero.
[[nodiscard]] std::uint8_t u8_at(BytesView bytes, std::size_t at);
[[nodiscard]] std::uint16_t u16_be_at(BytesView bytes, std::size_t at);
[[nodiscard]] std::uint16_t u16_le_at(BytesView bytes, std::size_t at);
void put_u16_be(Bytes& out, std::size_t value);
void put_u16_le(Bytes& out, std::size_t value);
void put_text(Bytes& out, std::string_view text);

[[nodiscard]] std::string address_text(const Address& address);
[[nodiscard]] std::string hex_byte(unsigned value);

// The number near `reference` whose low 16 bits are `index`; less than zero when there is none.
[[nodiscard]] std::int64_t unwrapped(std::uint16_t index, std::int64_t reference);

// "index 7 of channel 0", for complaints.
[[nodiscard]] std::string index_name(std::uint8_t channel, std::int64_t index);

}  // namespace cam32100::independent
