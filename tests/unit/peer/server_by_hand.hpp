#pragma once

#include <memory>
#include <string>
#include <vector>

#include "by_hand.hpp"
#include "protocol/peer/server.hpp"

namespace cam32100::protocol {

inline const Address kDevice{{203, 0, 113, 9}, 26101};
// BATC-609580-HVDCS, NT 08, version 000201, family 0000, 192.168.40.101:32108: capture 19.
inline const std::string kDeviceLogin =
    "f1100028424154430000000000094d2c48564443530000000800020100006c7d6528a8c00000000000000000";
inline const std::string kBatc = "424154430000000000094d2c4856444353000000";
inline const std::string kBatcWrongCheck = "424154430000000000094d2c4142434445000000";
// P2P_REQ with our LAN address 192.168.1.5:40000 in the LE form.
inline const std::string kLan = "0002409c0501a8c00000000000000000";
inline const std::string kLookup = "f1200024" + kBatc + kLan;
inline const std::string kCrcKey = "EUPRAKM";
inline const std::string kDsk = "4142434445464748494a4b4c4d4e4f505152535400000000";
inline const std::string kWrongDsk = "4142434445464748494a4b4c4d4e4f505152535500000000";
inline const std::string kLookupOk = "f121000400040103";
inline const std::string kLookupWrongDsk = "f1210004fc040103";

// A server met datagram by datagram; its sockets for relayed sessions are opened by hand, too.
struct ServerByHand : ::testing::Test {
  ServerConfig config;
  std::unique_ptr<RendezvousServer> server;
  std::unique_ptr<ByHand> hand;

  void start() {
    server = std::make_unique<RendezvousServer>(TimePoint{1h}, config);
    hand = std::make_unique<ByHand>(*server);
  }
  void log_in(const Address& from = kDevice) const {
    hand->send(from, kDeviceLogin);
    ASSERT_EQ(hand->take_hex(), std::vector<std::string>{"f111000400000000"});
  }
  // The n-th device of BATC, with the same check code: a login, and what asks for it.
  static std::string numbered(std::string hex, unsigned n) {
    const auto at = hex.find("00094d2c");
    EXPECT_NE(at, std::string::npos);
    const Bytes serial{std::byte{0}, static_cast<std::byte>(n >> 16U & 0xFFU),
                       static_cast<std::byte>(n >> 8U & 0xFFU), static_cast<std::byte>(n & 0xFFU)};
    return hex.replace(at, 8, to_hex(serial));
  }
  static std::string crc_login(const std::string& login = kDeviceLogin,
                               const std::string& key = kCrcKey) {
    return "f112002c" + to_hex(crc_encrypt(key, ByHand::from_text(login.substr(8))));
  }
  static std::string dsk_login(const std::string& dsk, const std::string& login = kDeviceLogin,
                               const std::string& key = kCrcKey) {
    return "f1160044" + to_hex(crc_encrypt(key, ByHand::from_text(login.substr(8) + dsk)));
  }
  static std::string dsk_lookup(const std::string& dsk, const std::string& uid = kBatc) {
    return "f1260040" + uid + kLan + "02040000" + dsk;
  }
  static Dsk dsk_of(const std::string& hex) {
    Dsk dsk{};
    const Bytes bytes = ByHand::from_text(hex);
    std::transform(bytes.begin(), bytes.end(), dsk.begin(),
                   [](std::byte b) { return static_cast<char>(b); });
    return dsk;
  }
  // The result that a sealed answer holds, as hex; "" when there is none.
  [[nodiscard]] std::string sealed_result() const {
    const auto sent = hand->take_hex();
    if (sent.size() != 1 || !sent[0].starts_with("f1130008")) return "";
    const auto opened = crc_decrypt(kCrcKey, ByHand::from_text(sent[0].substr(8)));
    return opened ? to_hex(*opened) : "";
  }
  [[nodiscard]] std::string sealed_result_of(const std::string& login,
                                             const Address& from = kDevice) const {
    hand->send(from, login);
    return sealed_result();
  }
  [[nodiscard]] std::vector<std::string> answer_to(const std::string& question,
                                                   const Address& from = kClient) const {
    hand->send(from, question);
    std::vector<std::string> all;
    for (const Sent& each : hand->take()) {
      if (each.to == from) all.push_back(each.hex);
    }
    return all;
  }
};

}  // namespace cam32100::protocol
