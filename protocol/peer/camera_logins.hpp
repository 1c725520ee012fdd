#pragma once

#include <optional>
#include <vector>

#include "protocol/peer/outbox.hpp"
#include "protocol/transport/locator.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

// A camera's registration with its servers: HELLO once, DEV_LGN every interval, every 2 s while a
// server does not answer. Three unanswered logins in a row count as logged out.
class CameraLogins {
 public:
  CameraLogins(std::vector<ServerAddress> servers, Uid uid, SockAddr lan_address,
               Duration interval);

  void start(TimePoint now);  // at power-on: all servers, at once
  void stop();                // at power-off
  // nullptr: not one of the servers.
  [[nodiscard]] const Cipher* cipher_of(const Address& from) const noexcept;
  void on_answer(const Address& from, ResultCode result);
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
  std::vector<Server> servers_;
  Uid uid_;
  SockAddr lan_address_;
  Duration interval_;
};

}  // namespace cam32100::protocol
