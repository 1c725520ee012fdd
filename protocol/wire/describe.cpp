#include "protocol/wire/describe.hpp"

#include <algorithm>

#include "protocol/wire/message_layout.hpp"
#include "protocol/wire/session_ready.hpp"

namespace cam32100::protocol {
namespace {

std::string_view meaning(ResultCode result) noexcept {
  switch (result) {
    case ResultCode::ok:
      return "ok";
    case ResultCode::invalid_dsk:
      return "invalid_dsk";
    case ResultCode::invalid_prefix:
      return "invalid_prefix";
    case ResultCode::offline:
      return "offline";
    case ResultCode::invalid_uid:
      return "invalid_uid";
  }
  return {};
}

std::string type_name(std::uint8_t type) {
  const auto known = name(static_cast<MessageType>(type));
  if (!known.empty()) return std::string{known};
  return "UNKNOWN_" + to_hex(std::array{std::byte{type}});
}

template <class T, std::size_t kSize>
std::string hex_of(const std::array<T, kSize>& bytes) {
  return to_hex(std::as_bytes(std::span{bytes}));
}

// Text in a NUL-padded field. Remote bytes: anything that is not printable ASCII shows as '?'.
std::string printable(const char* field, std::size_t size) {
  std::string text{field, std::min(std::string_view{field, size}.find('\0'), size)};
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::vector<std::uint64_t> indices_of(const DrwAck& ack) {
  std::vector<std::uint64_t> indices;
  indices.reserve(ack.count());
  for (std::size_t i = 0; i < ack.count(); ++i) indices.push_back(ack.index(i));
  return indices;
}

struct FieldLister {
  std::vector<Field>& out;

  void add(std::string_view name, std::string value) { out.push_back({std::string{name}, value}); }
  void add(std::string_view name, std::uint64_t value) {
    out.push_back({std::string{name}, value});
  }

  void operator()(std::string_view name, std::uint8_t value) { add(name, value); }
  void operator()(std::string_view name, std::uint16_t value) { add(name, value); }
  void operator()(std::string_view name, std::uint32_t value) { add(name, value); }
  void operator()(std::string_view name, ResultCode value) {
    add(name, static_cast<std::uint8_t>(value));
    if (const auto text = meaning(value); !text.empty()) add("meaning", std::string{text});
  }
  void operator()(std::string_view name, const Uid& value) { add(name, value.text()); }
  void operator()(std::string_view name, const SockAddr& value) {
    add(name, value.address.text());
    add(name == "address" ? "family" : std::string{name} + "_family", value.family);
  }
  void operator()(std::string_view name, BytesView value) {
    if (!value.empty()) add(name, to_hex(value));
  }
  template <std::size_t kSize>
  void operator()(std::string_view name, const std::array<char, kSize>& value) {
    add(name, printable(value.data(), kSize));
  }
  template <class T, std::size_t kSize>
  void operator()(std::string_view name, const std::array<T, kSize>& value) {
    add(name, hex_of(value));
  }
};

template <class M>
void list(FieldLister& lister, const M& message) {
  for_each_field(message, lister);
}

void list(FieldLister& lister, const Unknown& message) { lister("body", message.body); }

void list(FieldLister& lister, const ListReqAck& message) {
  lister("count", message.count);
  std::string relays;
  for (std::size_t i = 0; i < std::min<std::size_t>(message.count, message.relays.size()); ++i) {
    relays.append(relays.empty() ? "" : ",").append(message.relays[i].address.text());
  }
  lister.add("relays", std::move(relays));
  lister("extra", message.extra);
}

void list(FieldLister& lister, const RlyServerReqAck& message) {
  lister.add("count", message.count());
  lister("result", message.result);
  lister("reserved", message.reserved);
  std::string servers;
  for (std::size_t i = 0; i < message.count(); ++i) {
    const auto server = message.entry(i);
    servers.append(servers.empty() ? "" : ",").append(server.address.address.text());
    if (server.tcp != 0) servers.append(" tcp");
    if (server.super_device != 0) servers.append(" super device");
  }
  lister.add("servers", std::move(servers));
  lister("extra", message.extra);
}

void list(FieldLister& lister, const Drw& message) {
  lister("channel", message.channel);
  lister("index", message.index);
  lister("data", message.data);
}

void list(FieldLister& lister, const DrwAck& message) {
  lister("channel", message.channel);
  lister.add("count", message.count());
  lister.out.push_back({"acks", indices_of(message)});
  lister("inner_magic", message.inner_magic);
  lister("extra", message.extra);
}

void list(FieldLister& lister, const ReportSessionReady& message) {
  const auto report = decode_session_ready(message.body);
  if (!report) return lister("body", message.body);
  const SessionReady& seen = *report;
  lister("uid", seen.uid);
  lister("handle", static_cast<std::uint32_t>(seen.handle));
  lister("max_handles", seen.max_handles);
  lister("active_handles", seen.active_handles);
  lister("connect_ms", seen.connect_ms);
  lister("flags", seen.flags);
  lister("reserved", seen.reserved);
  lister("local", seen.local);
  lister("second", seen.second);
  lister("third", seen.third);
  lister("extra", message.body.subspan(SessionReady::kBytes));
}

// What a reader of a trace wants of each field; ids shortened, opaque bytes left out.
struct FieldTracer {
  std::string& out;

  void operator()(std::string_view, const Uid& value) { out.append(" ").append(value.redacted()); }
  void operator()(std::string_view, const SockAddr& value) {
    out.append(" ").append(value.address.text());
  }
  void operator()(std::string_view, ResultCode value) {
    const auto text = meaning(value);
    out.append(" ").append(text.empty() ? "0x" + hex_of(std::array{value}) : std::string{text});
  }
  void operator()(std::string_view name, std::uint8_t value) { number(name, value); }
  void operator()(std::string_view name, std::uint16_t value) { number(name, value); }
  void operator()(std::string_view name, std::uint32_t value) { number(name, value); }
  void operator()(std::string_view name, BytesView value) {
    if (value.empty()) return;
    out.append(name == "extra" ? " +" : " ").append(std::to_string(value.size())).append(" bytes");
  }
  template <class T, std::size_t kSize>
  void operator()(std::string_view, const std::array<T, kSize>&) {}

  void number(std::string_view name, std::uint64_t value) {
    out.append(" ").append(name).append(" ").append(std::to_string(value));
  }
};

template <class M>
void trace(FieldTracer& tracer, const M& message) {
  for_each_field(message, tracer);
}

void trace(FieldTracer& tracer, const Unknown& message) { tracer("body", message.body); }

void trace(FieldTracer& tracer, const ListReqAck& message) {
  for (std::size_t i = 0; i < std::min<std::size_t>(message.count, message.relays.size()); ++i) {
    tracer("relay", message.relays[i]);
  }
}

void trace(FieldTracer& tracer, const RlyServerReqAck& message) {
  tracer("result", message.result);
  for (std::size_t i = 0; i < message.count(); ++i) tracer("server", message.entry(i).address);
}

void trace(FieldTracer& tracer, const Drw& message) {
  tracer.out.append(" ch").append(std::to_string(message.channel));
  tracer.out.append(" #").append(std::to_string(message.index));
  tracer("data", message.data);
}

void trace(FieldTracer& tracer, const DrwAck& message) {
  tracer.out.append(" ch").append(std::to_string(message.channel));
  for (const auto index : indices_of(message)) {
    tracer.out.append(" #").append(std::to_string(index));
  }
}

void trace(FieldTracer& tracer, const ReportSessionReady& message) {
  const auto report = decode_session_ready(message.body);
  if (!report) return tracer("body", message.body);
  const SessionReady& seen = *report;
  tracer("uid", seen.uid);
  for (const auto* address : {&seen.local, &seen.second, &seen.third}) {
    tracer("address", *address);
  }
}

}  // namespace

std::vector<Field> describe(const Packet& packet) {
  std::vector<Field> fields;
  FieldLister lister{fields};
  lister.add("message", type_name(packet.type));
  lister("code", packet.type);
  lister("payload_length", packet.payload_length);
  std::visit([&lister](const auto& message) { list(lister, message); }, packet.message);
  if (!packet.trailing.empty()) lister.add("trailing_bytes", packet.trailing.size());
  return fields;
}

std::string one_line(BytesView datagram) {
  const auto packet = decode(datagram);
  if (!packet) {
    const auto code = static_cast<Errc>(packet.error().value());
    return "? " + std::to_string(datagram.size()) + " bytes: " + to_text(code);
  }
  std::string line = type_name(packet->type);
  FieldTracer tracer{line};
  std::visit([&tracer](const auto& message) { trace(tracer, message); }, packet->message);
  return line;
}

}  // namespace cam32100::protocol
