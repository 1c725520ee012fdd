#include "protocol/wire/describe.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "protocol/wire/session_ready.hpp"
#include "tests/unit/wire/hex.hpp"
#include "tests/unit/wire/message_samples.hpp"

namespace cam32100::protocol {
namespace {

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

TEST(Describe, StartsWithNameCodeAndLengthAndNamesEachFieldOnce) {
  for (const auto& sample : samples()) {
    SCOPED_TRACE(to_hex(sample.datagram));
    const auto fields = describe(*decode(sample.datagram));
    ASSERT_GE(fields.size(), 3U);
    EXPECT_EQ(fields[0].name, "message");
    EXPECT_EQ(std::get<std::string>(fields[0].value),
              name(static_cast<MessageType>(code(sample.message))));
    EXPECT_EQ(fields[1].name, "code");
    EXPECT_EQ(std::get<std::uint64_t>(fields[1].value), code(sample.message));
    EXPECT_EQ(fields[2].name, "payload_length");
    std::set<std::string> names;
    for (const auto& field : fields) EXPECT_TRUE(names.insert(field.name).second) << field.name;
  }
}

TEST(Describe, ShowsEveryByteThatIsNotAKnownField) {
  for (const auto& sample : samples()) {
    const auto fields = describe(*decode(sample.datagram));
    const bool shown = std::any_of(fields.begin(), fields.end(), [](const Field& field) {
      const auto* const text = std::get_if<std::string>(&field.value);
      return text != nullptr && *text == "aabb";
    });
    EXPECT_TRUE(shown) << to_hex(sample.datagram);
  }
}

TEST(Describe, SpellsALoginInFull) {
  const auto bytes = hex(
      "f1100028424154430000000000094d2c48564443530000000800020100006c7d6528a8c00000000000000000");
  const auto fields = describe(*decode(bytes));
  EXPECT_EQ(std::get<std::string>(find(fields, "uid")->value), "BATC-609580-HVDCS");
  EXPECT_EQ(std::get<std::uint64_t>(find(fields, "nat_type")->value), 8U);
  EXPECT_EQ(std::get<std::string>(find(fields, "version")->value), "000201");
  EXPECT_EQ(std::get<std::string>(find(fields, "address")->value), "192.168.40.101:32108");
  EXPECT_EQ(std::get<std::uint64_t>(find(fields, "family")->value), 0U);
  EXPECT_EQ(find(fields, "extra"), nullptr) << "nothing there, nothing shown";
  EXPECT_EQ(find(fields, "trailing_bytes"), nullptr);
}

TEST(Describe, SaysWhatAResultMeansOnlyWhenItIsKnown) {
  const auto known = hex("f1210004fe000000");
  const auto offline = describe(*decode(known));
  EXPECT_EQ(std::get<std::uint64_t>(find(offline, "result")->value), 0xFEU);
  EXPECT_EQ(std::get<std::string>(find(offline, "meaning")->value), "offline");
  const auto foreign = hex("f12100047b000000");
  EXPECT_EQ(find(describe(*decode(foreign)), "meaning"), nullptr);
}

Bytes session_report(std::string_view uid, std::string_view more = {}) {
  SessionReady report;
  report.uid = *Uid::parse(uid);
  report.handle = 258;
  report.connect_ms = 500;
  report.flags = {1, 2, 3, 4};
  report.local = {*Address::parse("192.168.40.101:32108"), 2};
  report.second = {*Address::parse("192.168.40.101:32109"), 2};
  report.third = {*Address::parse("178.51.37.37:3556"), 2};
  auto body = to_hex(encode_session_ready(report)) + std::string{more};
  return hex("f1f9" + std::string{more.empty() ? "0054" : "0055"} + body);
}

TEST(Describe, ShowsWhatASessionReportHoldsUnderItsSeal) {
  const auto bytes = session_report("VSTB-668515-UZCPK", "07");
  const auto fields = describe(*decode(bytes));
  EXPECT_EQ(std::get<std::string>(find(fields, "uid")->value), "VSTB-668515-UZCPK");
  EXPECT_EQ(std::get<std::uint64_t>(find(fields, "handle")->value), 258U);
  EXPECT_EQ(std::get<std::uint64_t>(find(fields, "connect_ms")->value), 500U);
  EXPECT_EQ(std::get<std::string>(find(fields, "flags")->value), "01020304");
  EXPECT_EQ(std::get<std::string>(find(fields, "local")->value), "192.168.40.101:32108");
  EXPECT_EQ(std::get<std::string>(find(fields, "second")->value), "192.168.40.101:32109");
  EXPECT_EQ(std::get<std::string>(find(fields, "third")->value), "178.51.37.37:3556");
  EXPECT_EQ(std::get<std::string>(find(fields, "extra")->value), "07");
  EXPECT_EQ(find(fields, "body"), nullptr);
}

TEST(Describe, ShowsASessionReportThatDoesNotOpenAsItsBytes) {
  auto bytes = session_report("VSTB-668515-UZCPK");
  bytes[4] ^= std::byte{0x80};  // the first byte of the UID
  const auto fields = describe(*decode(bytes));
  EXPECT_EQ(std::get<std::string>(find(fields, "body")->value),
            to_hex(BytesView{bytes}.subspan(4)));
  EXPECT_EQ(find(fields, "uid"), nullptr);
}

TEST(Describe, NamesACodeNobodyKnowsByItsNumber) {
  const auto bytes = hex("f1ee0001aa");
  const auto fields = describe(*decode(bytes));
  EXPECT_EQ(std::get<std::string>(find(fields, "message")->value), "UNKNOWN_ee");
  EXPECT_EQ(std::get<std::string>(find(fields, "body")->value), "aa");
}

TEST(Describe, ShowsOnlyPrintableTextOfAForeignName) {
  auto bytes = hex("f1080040" + std::string(128, '0'));
  bytes[4] = std::byte{'p'};
  bytes[5] = std::byte{0x1B};
  bytes[6] = std::byte{0xFF};
  const auto fields = describe(*decode(bytes));
  EXPECT_EQ(std::get<std::string>(find(fields, "device_name")->value), "p??");
}

TEST(OneLine, SaysWhatATraceNeeds) {
  EXPECT_EQ(one_line(hex("f1d00006d1000000cafe")), "DRW ch0 #0 2 bytes");
  EXPECT_EQ(one_line(hex("f1d10008d1010002ffff0000")), "DRW_ACK ch1 #65535 #0");
  EXPECT_EQ(one_line(hex("f1e00000")), "ALIVE");
  EXPECT_EQ(one_line(hex("f1400010000231aef358371b0000000000000000")),
            "PUNCH_TO 27.55.88.243:44593");
  EXPECT_EQ(one_line(hex("f1210004fe000000")), "P2P_REQ_ACK offline");
  EXPECT_EQ(one_line(hex("f12100047b000000")), "P2P_REQ_ACK 0x7b");
  EXPECT_EQ(one_line(hex("f1ee0001aa")), "UNKNOWN_ee 1 bytes");
  EXPECT_EQ(one_line(session_report("VSTB-668515-UZCPK")),
            "REPORT_SESSION_READY VSTB-6685**-***** 192.168.40.101:32108 192.168.40.101:32109 "
            "178.51.37.37:3556");
  EXPECT_EQ(one_line(hex("f13000020000")), "LAN_SEARCH +2 bytes");
}

TEST(OneLine, SaysWhyBytesAreNoPacket) {
  EXPECT_EQ(one_line(hex("00112233")), "? 4 bytes: bad_magic");
  EXPECT_EQ(one_line(hex("f1")), "? 1 bytes: truncated");
  EXPECT_EQ(one_line({}), "? 0 bytes: truncated");
  EXPECT_EQ(one_line(hex("f1d00004d1000000")), "? 8 bytes: bad_length");
}

TEST(OneLine, NeverHoldsAWholeIdOrAKey) {
  for (const auto& sample : samples()) {
    const auto line = one_line(sample.datagram);
    EXPECT_EQ(line.find("UZCPK"), std::string::npos) << line;
    EXPECT_EQ(line.find("668515"), std::string::npos) << line;
    EXPECT_EQ(line.find("Zq9"), std::string::npos) << line;
    EXPECT_EQ(line.find("A-1-B"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  }
}

TEST(Names, AreThereForEveryCodeWithALayout) {
  std::map<std::string_view, std::uint8_t> codes;
  for (const auto& sample : samples()) {
    const auto type = code(sample.message);
    const auto text = name(static_cast<MessageType>(type));
    EXPECT_FALSE(text.empty()) << to_hex(sample.datagram);
    EXPECT_EQ(codes.emplace(text, type).first->second, type) << text;
  }
  EXPECT_EQ(name(static_cast<MessageType>(0x20)), "P2P_REQ");
}

TEST(Names, AreEmptyForCodesThatAreNotInTheTable) {
  for (const int value : {0x04, 0x17, 0x22, 0x50, 0x86, 0x95, 0xD2, 0xE2, 0xEE, 0xF2, 0xFF}) {
    EXPECT_EQ(name(static_cast<MessageType>(value)), "") << value;
  }
}

}  // namespace
}  // namespace cam32100::protocol
