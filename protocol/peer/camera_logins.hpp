#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/peer/outbox.hpp"
#include "protocol/transport/locator.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

// Whose registration it is, and in which form: DEV_LGN; with a CRC key DEV_LGN_CRC; with a device
// key besides DEV_LGN_DSK, which is sealed with the CRC key and never goes without one.
struct CameraLogin {
  Uid uid;
  SockAddr lan_address;
  Duration interval{};
  std::string crc_key{};
  std::optional<Dsk> dsk{};
};

// A camera's registration with its servers: HELLO once, a login every interval, every 2 s while a
// server does not answer. Three unanswered logins in a row count as logged out.
class CameraLogins {
 public:
  CameraLogins(const std::vector<ServerAddress>& servers, CameraLogin login);

  void start(TimePoint now);  // at power-on: all servers, at once
  void stop();                // at power-off
  void on_bound(const Address& local) noexcept;
  // nullptr: not one of the servers.
  [[nodiscard]] const Cipher* cipher_of(const Address& from) const noexcept;
  void on_answer(const Address& from, ResultCode result);
  // Of the sealed forms. What the key does not open is no answer.
  void on_sealed_answer(const Address& from, BytesView sealed);
  void on_time(TimePoint now, Outbox& out);
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  [[nodiscard]] bool logged_in() const noexcept;

 private:
  struct Server {
    ServerAddress where;
    std::optional<TimePoint> due;
    TimePoint sent;
    bool greeted = false;
    bool logged_in = false;
    unsigned unanswered = 0;
  };
  void send_login(const ServerAddress& server, Outbox& out) const;

  std::vector<Server> servers_;
  CameraLogin login_;
};

}  // namespace cam32100::protocol
