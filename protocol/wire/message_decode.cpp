#include <algorithm>
#include <optional>

#include "protocol/wire/message_layout.hpp"

namespace cam32100::protocol {
namespace {

// Reads one field after the other. What is wrong besides a short read is kept in `wrong`.
struct FieldReader {
  Reader in;
  std::optional<Errc> wrong{};

  void operator()(std::string_view, std::uint8_t& value) noexcept { value = in.u8(); }
  void operator()(std::string_view, std::uint16_t& value) noexcept { value = in.u16_be(); }
  void operator()(std::string_view, std::uint32_t& value) noexcept { value = in.u32_be(); }
  void operator()(std::string_view, ResultCode& value) noexcept {
    value = static_cast<ResultCode>(in.u8());
  }
  void operator()(std::string_view, SockAddr& value) noexcept { value = SockAddr::read(in); }
  void operator()(std::string_view, BytesView& value) noexcept { value = in.rest(); }
  void operator()(std::string_view, Uid& value) {
    const auto uid = Uid::from_bytes(in.take(Uid::kBytes));
    if (uid) {
      value = *uid;
    } else {
      wrong = Errc::bad_uid;
    }
  }
  template <class T, std::size_t kSize>
  void operator()(std::string_view, std::array<T, kSize>& value) noexcept {
    const auto bytes = in.take(kSize);
    std::transform(bytes.begin(), bytes.end(), value.begin(),
                   [](std::byte b) { return static_cast<T>(b); });
  }
};

template <class M>
void read_payload(FieldReader& reader, M& message) {
  for_each_field(message, reader);
}

void read_payload(FieldReader& reader, ListReqAck& message) {
  auto& in = reader.in;
  message.count = in.u8();
  reader("reserved", message.reserved);
  if (message.count > message.relays.size()) {
    reader.wrong = Errc::bad_length;
    return;
  }
  for (std::size_t i = 0; i < message.count; ++i) message.relays[i] = SockAddr::read(in);
  message.extra = in.rest();
}

void read_payload(FieldReader& reader, RlyServerReqAck& message) {
  auto& in = reader.in;
  const std::size_t count = in.u8();
  reader("result", message.result);
  reader("reserved", message.reserved);
  message.entries = in.take(count * RlyServerReqAck::kEntryBytes);
  message.extra = in.rest();
}

void read_payload(FieldReader& reader, Drw& message) {
  auto& in = reader.in;
  const auto magic = in.u8();
  message.channel = in.u8();
  message.index = in.u16_be();
  message.data = in.rest();
  if (message.channel >= kChannels || message.data.empty()) reader.wrong = Errc::bad_length;
  if (magic != kDrwMagic) reader.wrong = Errc::bad_magic;
}

void read_payload(FieldReader& reader, DrwAck& message) {
  auto& in = reader.in;
  message.inner_magic = in.u8();
  message.channel = in.u8();
  const std::size_t size = std::size_t{in.u16_be()} * 2;
  if (message.channel >= kChannels || size > in.remaining()) {
    reader.wrong = Errc::bad_length;
  } else {
    message.indices = in.take(size);
    message.extra = in.rest();
  }
  if (message.inner_magic != kDrwMagic && message.inner_magic != kOldAckMagic) {
    reader.wrong = Errc::bad_magic;
  }
}

using Decoder = void (*)(FieldReader&, Message&);

template <class M>
void decode_as(FieldReader& reader, Message& out) {
  read_payload(reader, out.emplace<M>());
}

// Two messages under one code. A UID begins with a letter; the other never does.
template <class WithUidFirst, class Other>
void decode_either(FieldReader& reader, Message& out) {
  const bool begins_with_uid = Reader{reader.in}.u8() >= 'A';
  begins_with_uid ? decode_as<WithUidFirst>(reader, out) : decode_as<Other>(reader, out);
}

// The same where the other message carries nothing: what is too short for the first one is the
// other with bytes behind it, which is legal.
template <class WithUidFirst, std::size_t kBytes, class Other>
void decode_longer(FieldReader& reader, Message& out) {
  const bool fits = reader.in.remaining() >= kBytes;
  fits ? decode_either<WithUidFirst, Other>(reader, out) : decode_as<Other>(reader, out);
}

// One decoder per code, taken from the alternatives of Message: a new alternative needs only its
// layout.
template <class... Messages>
constexpr std::array<Decoder, 256> decoders_of(const std::variant<Unknown, Messages...>*) noexcept {
  std::array<Decoder, 256> table{};
  ((table[kLayout<Messages>.code] = &decode_as<Messages>), ...);
  table[kLayout<LanNotifyAck>.code] = &decode_longer<LanNotifyAck, Uid::kBytes, LanSearchExt>;
  table[kLayout<P2pRdyAckEx>.code] = &decode_longer<P2pRdyAckEx, 44, P2pRdyAck>;
  table[kLayout<RlyServerReq>.code] = &decode_either<RlyServerReq, RlyServerReqAck>;
  table[kLayout<SdevLgn>.code] = &decode_either<SdevLgn, SdevLgnAck>;
  return table;
}

constexpr auto kDecoders = decoders_of(static_cast<const Message*>(nullptr));

}  // namespace

std::uint16_t DrwAck::index(std::size_t i) const noexcept {
  if (i >= count()) return 0;
  return Reader{indices.subspan(i * 2, 2)}.u16_be();
}

RlyServer RlyServerReqAck::entry(std::size_t i) const noexcept {
  RlyServer server;
  if (i >= count()) return server;
  Reader in{entries.subspan(i * kEntryBytes, kEntryBytes)};
  server.address = SockAddr::read_big_endian(in);
  server.tcp = in.u8();
  server.super_device = in.u8();
  for (auto& b : server.reserved) b = std::byte{in.u8()};
  return server;
}

Result<Header> decode_header(BytesView datagram) {
  Reader in{datagram};
  const auto magic = in.u8();
  const auto type = in.u8();
  const auto length = in.u16_be();
  if (!in.ok()) return make_error_code(Errc::truncated);
  if (magic != kMagic) return make_error_code(Errc::bad_magic);
  return Header{type, length};
}

Result<Packet> decode(BytesView datagram) {
  const auto header = decode_header(datagram);
  if (!header) return header.error();
  Reader in{datagram.subspan(kHeaderBytes)};
  const auto payload = in.take(header->payload_length);
  if (!in.ok()) return make_error_code(Errc::truncated);

  Result<Packet> result{boost::system::in_place_value};
  auto& packet = *result;
  packet.type = header->type;
  packet.payload_length = header->payload_length;
  // Bytes past the announced length are legal: real devices pad (captures 20 and 21).
  packet.trailing = in.rest();
  const auto decoder = kDecoders[packet.type];
  if (decoder == nullptr) {
    packet.message = Unknown{packet.type, payload};
    return result;
  }
  FieldReader reader{Reader{payload}};
  decoder(reader, packet.message);
  if (!reader.in.ok()) return make_error_code(Errc::truncated);
  if (reader.wrong) return make_error_code(*reader.wrong);
  return result;
}

}  // namespace cam32100::protocol
