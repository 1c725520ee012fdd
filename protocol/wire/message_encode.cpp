#include <limits>
#include <optional>

#include "protocol/wire/message_layout.hpp"

namespace cam32100::protocol {
namespace {

// Writes one field after the other.
struct FieldWriter {
  Writer out;
  std::optional<Errc> wrong{};

  void operator()(std::string_view, std::uint8_t value) noexcept { out.u8(value); }
  void operator()(std::string_view, std::uint16_t value) noexcept { out.u16_be(value); }
  void operator()(std::string_view, std::uint32_t value) noexcept { out.u32_be(value); }
  void operator()(std::string_view, ResultCode value) noexcept {
    out.u8(static_cast<std::uint8_t>(value));
  }
  void operator()(std::string_view, const SockAddr& value) noexcept { value.write(out); }
  void operator()(std::string_view, BytesView value) noexcept { out.bytes(value); }
  void operator()(std::string_view, const Uid& value) noexcept { out.bytes(value.bytes()); }
  template <class T, std::size_t kSize>
  void operator()(std::string_view, const std::array<T, kSize>& value) noexcept {
    out.bytes(std::as_bytes(std::span{value}));
  }
};

template <class M>
void write_payload(FieldWriter& writer, const M& message) {
  for_each_field(message, writer);
}

void write_payload(FieldWriter& writer, const Unknown& message) { writer.out.bytes(message.body); }

void write_payload(FieldWriter& writer, const ListReqAck& message) {
  if (message.count > message.relays.size()) {
    writer.wrong = Errc::bad_length;
    return;
  }
  writer.out.u8(message.count);
  writer.out.bytes(message.reserved);
  for (std::size_t i = 0; i < message.count; ++i) message.relays[i].write(writer.out);
  writer.out.bytes(message.extra);
}

void write_payload(FieldWriter& writer, const RlyServerReqAck& message) {
  if (message.entries.size() % RlyServerReqAck::kEntryBytes != 0 ||
      message.count() > RlyServerReqAck::kMaxEntries) {
    writer.wrong = Errc::bad_length;
    return;
  }
  writer.out.u8(static_cast<std::uint8_t>(message.count()));
  writer("result", message.result);
  writer("reserved", message.reserved);
  writer.out.bytes(message.entries);
  writer.out.bytes(message.extra);
}

void write_payload(FieldWriter& writer, const Drw& message) {
  if (message.channel >= kChannels || message.data.empty() || message.data.size() > kMaxDrwData) {
    writer.wrong = Errc::bad_length;
    return;
  }
  writer.out.u8(kDrwMagic);
  writer.out.u8(message.channel);
  writer.out.u16_be(message.index);
  writer.out.bytes(message.data);
}

void write_payload(FieldWriter& writer, const DrwAck& message) {
  const auto size = message.indices.size();
  if (message.inner_magic != kDrwMagic && message.inner_magic != kOldAckMagic) {
    writer.wrong = Errc::bad_magic;
    return;
  }
  if (message.channel >= kChannels || size % 2 != 0 ||
      size / 2 > std::numeric_limits<std::uint16_t>::max()) {
    writer.wrong = Errc::bad_length;
    return;
  }
  writer.out.u8(message.inner_magic);
  writer.out.u8(message.channel);
  writer.out.u16_be(static_cast<std::uint16_t>(size / 2));
  writer.out.bytes(message.indices);
  writer.out.bytes(message.extra);
}

}  // namespace

std::uint8_t code(const Message& message) noexcept {
  return std::visit(
      []<class M>(const M& m) -> std::uint8_t {
        if constexpr (std::is_same_v<M, Unknown>) {
          return m.type;
        } else {
          return kLayout<M>.code;
        }
      },
      message);
}

Result<std::size_t> encode(const Message& message, MutableBytesView out) {
  if (out.size() < kHeaderBytes) return make_error_code(Errc::buffer_too_small);
  FieldWriter writer{Writer{out.subspan(kHeaderBytes)}};
  std::visit([&writer](const auto& m) { write_payload(writer, m); }, message);
  if (writer.wrong) return make_error_code(*writer.wrong);
  if (!writer.out.ok()) return make_error_code(Errc::buffer_too_small);
  const std::size_t payload = writer.out.size();
  if (payload > std::numeric_limits<std::uint16_t>::max()) {
    return make_error_code(Errc::bad_length);
  }
  Writer header{out};
  header.u8(kMagic);
  header.u8(code(message));
  header.u16_be(static_cast<std::uint16_t>(payload));
  return kHeaderBytes + payload;
}

}  // namespace cam32100::protocol
