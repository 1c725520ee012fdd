#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

struct ServerConfig {
  std::string psk;      // "" = plain; plain requests are always understood
  std::string crc_key;  // for DEV_LGN_CRC; "" = such logins are refused
  Duration login_expiry{
      std::chrono::seconds{60}};  // a device is offline after this without DEV_LGN
  std::size_t max_devices = 10'000;
  std::vector<std::string> served_prefixes;  // empty = every prefix; else others answer FD
  Version api_version{4, 1, 3};
};

struct ServerDevice {
  Uid uid;
  Address address;  // source of its last login
  Address lan_address;
  TimePoint last_login;
};

// Rendezvous: HELLO, DEV_LGN (plain and CRC) with expiry, P2P_REQ answered 00 / FE / FF / FD,
// PUNCH_TO to both sides (WAN address; LAN address too: the client's always when it is a private
// one, the device's when both share a WAN address). FF (invalid UID) is given for a UID whose
// prefix and serial are logged in under another check code, and in look-ups for one that is none.
// FC (invalid DSK) is never given: the DSK in P2P_REQ_DSK is not checked.
class RendezvousServer final : public Endpoint {
 public:
  RendezvousServer(TimePoint now, ServerConfig config);
  ~RendezvousServer() override;
  RendezvousServer(const RendezvousServer&) = delete;
  RendezvousServer& operator=(const RendezvousServer&) = delete;

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;

  [[nodiscard]] std::vector<ServerDevice> devices() const;  // ordered by UID
  struct Counters {
    std::uint64_t hellos = 0, logins = 0, lookups = 0, malformed = 0, refused = 0;
  };
  [[nodiscard]] const Counters& counters() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
