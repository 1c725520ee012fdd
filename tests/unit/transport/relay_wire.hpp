#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "protocol/wire/address.hpp"
#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// What a relayed session is made of, byte for byte.
namespace relay_wire {

inline const std::string kXha = "5848410000000000000003e24b4d4d4542000000";    // XHA-000994-KMMEB
inline const std::string kOther = "5848410000000000000003e34b4d4d4542000000";  // XHA-000995-KMMEB
inline const std::string kWord = "a1b2c3d4";
inline const std::string kHello = "f1700000", kHelloAck = "f1710000", kPort = "f1720000";
inline const std::string kRequestOk = "f181000400000000";

inline std::string hex_of(std::initializer_list<unsigned> bytes) {
  Bytes all;
  for (const unsigned each : bytes) all.push_back(static_cast<std::byte>(each & 0xFFU));
  return to_hex(all);
}
inline unsigned low(std::uint16_t port) { return port & 0xFFU; }
inline unsigned high(std::uint16_t port) { return port / 256U; }
// family BE | port LE | ip reversed | 8 zero
inline std::string place(const Address& address) {
  return "0002" + hex_of({low(address.port), high(address.port)}) +
         hex_of({address.ip[3], address.ip[2], address.ip[1], address.ip[0]}) +
         std::string(16, '0');
}
inline std::string list(const std::vector<Address>& relays) {
  const auto count = static_cast<unsigned>(relays.size());
  std::string hex = "f169" + hex_of({0, 4 + 16 * count, count, 0, 0, 0});
  for (const Address& each : relays) hex += place(each);
  return hex;
}
inline std::string port_ack(std::uint16_t port, const std::string& word = kWord) {
  return "f1730008" + word + hex_of({high(port), low(port), 0, 0});
}
inline std::string request(const Address& relay, const std::string& word = kWord,
                           const std::string& uid = kXha) {
  return "f1800028" + uid + place(relay) + word;
}
inline std::string told(const Address& relay, const std::string& word = kWord) {
  return "f1820014" + place(relay) + word;
}
inline std::string from_client(const std::string& word = kWord, const std::string& uid = kXha) {
  return "f183001c" + word + uid + "00000000";
}
inline std::string from_device(const std::string& word = kWord, const std::string& uid = kXha) {
  return "f183001c" + word + uid + "01000000";
}
inline std::string ready(const std::string& uid = kXha) { return "f1840014" + uid; }

}  // namespace relay_wire

}  // namespace cam32100::protocol
