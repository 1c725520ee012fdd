#include "tests/unit/wire/message_samples.hpp"

#include <algorithm>
#include <array>

#include "tests/unit/wire/hex.hpp"

namespace cam32100::protocol {
namespace {

template <std::size_t kSize>
constexpr std::array<std::byte, kSize> filled(std::uint8_t value) {
  std::array<std::byte, kSize> bytes{};
  bytes.fill(std::byte{value});
  return bytes;
}

template <std::size_t kSize>
std::array<char, kSize> text(std::string_view value) {
  std::array<char, kSize> field{};
  std::copy(value.begin(), value.end(), field.begin());
  return field;
}

std::string repeated(std::string_view unit, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += unit;
  return out;
}

// The wire's spelling of the values below.
const std::string kUid = "5653544200000000000a3363555a43504b000000";
const std::string kLan = "00026c7d6528a8c00000000000000000";
const std::string kWan = "0000e40d252533b20000000000000000";
const std::string kExtra = "aabb";
const std::string kVersion = "040103";
const std::string kWord = "a1a2a3a4";
const std::string kNonce = repeated("11", 32);
const std::string kSignature = repeated("22", 32);
const std::string kKey = "5a7139" + repeated("00", 21);

// Two relay servers; their addresses have the big-endian form.
const std::string kServers = "02007d64c0a8286500000000000000000100" + std::string{"0000"} +
                             "02000de4b22525330000000000000000" + std::string{"00010203"};
const Bytes kTwoServers = hex(kServers);

constexpr std::array kExtraBytes{std::byte{0xAA}, std::byte{0xBB}};
constexpr BytesView kMore{kExtraBytes};
constexpr std::array kIndexBytes{std::byte{0xFF}, std::byte{0xFF}, std::byte{0x00},
                                 std::byte{0x00}};
constexpr Version kApi{4, 1, 3};
constexpr std::array kMagicWord{std::byte{0xA1}, std::byte{0xA2}, std::byte{0xA3}, std::byte{0xA4}};

Uid uid() { return *Uid::parse("VSTB-668515-UZCPK"); }
SockAddr lan() { return {*Address::parse("192.168.40.101:32108"), 2}; }
SockAddr wan() { return {*Address::parse("178.51.37.37:3556"), 0}; }

class Samples {
 public:
  // `fixed` is the payload's fixed part, `free` what may follow it.
  void add(std::uint8_t code, const Message& message, const std::string& fixed,
           const std::string& free = kExtra) {
    const auto payload = hex(fixed + free);
    Bytes datagram(4);
    Writer out{datagram};
    out.u8(0xF1);
    out.u8(code);
    out.u16_be(static_cast<std::uint16_t>(payload.size()));
    datagram.insert(datagram.end(), payload.begin(), payload.end());
    all_.push_back({message, datagram, fixed.size() / 2});
  }
  [[nodiscard]] std::vector<Sample> take() { return std::move(all_); }

 private:
  std::vector<Sample> all_;
};

void add_bare_messages(Samples& out) {
  out.add(0x00, Hello{kMore}, "");
  out.add(0x03, HelloToAck{kMore}, "");
  out.add(0x30, LanSearchMessage{kMore}, "");
  out.add(0x32, LanSearchExt{kMore}, "");
  out.add(0x43, P2pRdyAck{kMore}, "");
  out.add(0x68, ListReq{kMore}, "");
  out.add(0x70, RlyHello{kMore}, "");
  out.add(0x71, RlyHelloAck{kMore}, "");
  out.add(0x72, RlyPort{kMore}, "");
  out.add(0x90, SdevRun{kMore}, "");
  out.add(0xE0, Alive{kMore}, "");
  out.add(0xE1, AliveAck{kMore}, "");
  out.add(0xF0, Close{kMore}, "");
  out.add(0xF1, CloseAck{kMore}, "");
}

void add_sealed_messages(Samples& out) {
  out.add(0xA4, Unknown{0xA4, kMore}, "");
  out.add(0x12, DevLgnCrc{kMore}, "");
  out.add(0x13, DevLgnAckCrc{kMore}, "");
  out.add(0x16, DevLgnDsk{kMore}, "");
  out.add(0x92, SdevLgnCrc{kMore}, "");
  out.add(0x36, SsdLgnCrc{kMore}, "");
  out.add(0xF9, ReportSessionReady{kMore}, "");
}

void add_uid_messages(Samples& out) {
  out.add(0x18, DevOnlineReq{uid(), kMore}, kUid);
  out.add(0x31, LanNotify{uid(), kMore}, kUid);
  out.add(0x32, LanNotifyAck{uid(), kMore}, "", kUid + kExtra);  // when shorter: LAN_SEARCH_EXT
  out.add(0x33, LanSearchExtAck{uid(), kMore}, kUid);
  out.add(0x35, DevUnreach{uid(), kMore}, kUid);
  out.add(0x41, PunchPkt{uid(), kMore}, kUid);
  out.add(0x42, P2pRdy{uid(), kMore}, kUid);
  out.add(0x67, ListReq1{uid(), kMore}, kUid);
  out.add(0x84, RlyRdy{uid(), kMore}, kUid);
}

// Anker's form; when shorter it is the bare one.
void add_ready_ack(Samples& out) {
  out.add(0x43, P2pRdyAckEx{uid(), wan(), filled<8>(7), kMore}, "",
          kUid + kWan + repeated("07", 8) + kExtra);
}

void add_results(Samples& out) {
  out.add(0x11, DevLgnAck{ResultCode::ok, {}, kMore}, "00000000");
  out.add(0x21, P2pReqAck{ResultCode::offline, kApi, kMore}, "fe" + kVersion);
  out.add(0x61, RsLgnAck{ResultCode::invalid_uid, {}, kMore}, "ff000000");
  out.add(0x63, RsLgn1Ack{ResultCode::invalid_prefix, {}, kMore}, "fd000000");
  out.add(0x81, RlyReqAck{static_cast<ResultCode>(0x7B), kApi, kMore}, "7b" + kVersion);
  out.add(0x15, DevLgnAckKey{ResultCode::invalid_dsk, 30, filled<2>(5), kMore}, "fc1e0505");
  out.add(0x19, DevOnlineReqAck{0x01020304, ResultCode::offline, filled<3>(7), kMore},
          "01020304fe070707");
}

void add_address_messages(Samples& out) {
  out.add(0x01, HelloAck{lan(), kMore}, kLan);
  out.add(0x02, HelloTo{lan(), wan(), kMore}, kLan + kWan);
  out.add(0x40, PunchTo{wan(), kMore}, kWan);
  ListReqAck list{.count = 2, .reserved = filled<3>(9), .relays = {}, .extra = kMore};
  list.relays[0] = lan();
  list.relays[1] = wan();
  out.add(0x69, list, "02090909" + kLan + kWan);
}

void add_logins(Samples& out) {
  const DevLgn login{uid(), 8, kApi, lan(), {}};
  auto extended = login;
  extended.extra = kMore;
  const auto login_hex = kUid + "08" + kVersion + kLan;
  out.add(0x10, extended, login_hex);
  out.add(0x14, DevLgnKey{login, filled<32>(0x11), filled<32>(0x22), kMore},
          login_hex + kNonce + kSignature);
  out.add(0x60, RsLgn{uid(), 0x00010203, 7, kMore}, kUid + "00010203" + "00000007");
  out.add(0x62, RsLgn1{{uid(), 0x00010203, 7, {}}, wan(), kMore},
          kUid + "00010203" + "00000007" + kWan);
}

void add_requests(Samples& out) {
  out.add(0x08, QueryDid{text<64>("porch"), kMore}, "706f726368" + repeated("00", 59));
  out.add(0x09, QueryDidAck{text<64>("A-1-B"), kMore}, "412d312d42" + repeated("00", 59));
  out.add(0x20, P2pReq{uid(), lan(), kMore}, kUid + kLan);
  out.add(0x26, P2pReqDsk{uid(), lan(), 3, kApi, text<24>("Zq9"), kMore},
          kUid + kLan + "03" + kVersion + kKey);
  out.add(0x6A, ListReqDsk{uid(), text<24>("Zq9"), kMore}, kUid + kKey);
}

void add_relay_messages(Samples& out) {
  out.add(0x73, RlyPortAck{kMagicWord, 0x7D64, filled<2>(1), kMore}, kWord + "7d64" + "0101");
  out.add(0x74, RlyPortKey{uid(), filled<32>(0x11), filled<32>(0x22), kMore},
          kUid + kNonce + kSignature);
  out.add(0x75, RlyPortAckKey{kMagicWord, 0x7D64, ResultCode::ok, 6, kMore},
          kWord + "7d64" + "0006");
  out.add(0x78, RlyByteCount{0xFFFFFFFE, kMore}, "fffffffe");
  out.add(0x80, RlyReq{uid(), wan(), kMagicWord, kMore}, kUid + kWan + kWord);
  out.add(0x82, RlyTo{wan(), kMagicWord, kMore}, kWan + kWord);
  out.add(0x83, RlyPkt{kMagicWord, uid(), 1, filled<3>(4), kMore}, kWord + kUid + "01" + "040404");
  out.add(0x85, RlyToAck{kMagicWord, uid(), 1, 2, filled<2>(3), kMore},
          kWord + kUid + "01" + "02" + "0303");
  out.add(0x87, RlyServerReq{uid(), kMore}, kUid);
  out.add(0x87, RlyServerReqAck{ResultCode::ok, filled<2>(9), kTwoServers, kMore},
          "02000909" + kServers);
}

void add_super_device_messages(Samples& out) {
  out.add(0x91, SdevLgn{uid(), kMore}, kUid);
  out.add(0x91, SdevLgnAck{lan(), kMore}, kLan);
  out.add(0x94,
          SdevReport{text<24>("A-1-B"), text<24>("C-2-D"), 3, filled<3>(4), filled<64>(5), kMore},
          "412d312d42" + repeated("00", 19) + "432d322d44" + repeated("00", 19) + "03" + "040404" +
              repeated("05", 64));
}

void add_channel_messages(Samples& out) {
  out.add(0xD0, Drw{7, 0xFFFE, kMore}, "d107fffe");
  out.add(0xD1, DrwAck{7, kIndexBytes, kDrwMagic, kMore}, "d1070002", "ffff0000" + kExtra);
}

}  // namespace

std::vector<Sample> samples() {
  Samples out;
  add_bare_messages(out);
  add_sealed_messages(out);
  add_uid_messages(out);
  add_ready_ack(out);
  add_results(out);
  add_address_messages(out);
  add_logins(out);
  add_requests(out);
  add_relay_messages(out);
  add_super_device_messages(out);
  add_channel_messages(out);
  return out.take();
}

}  // namespace cam32100::protocol
