#pragma once

#include <deque>
#include <map>
#include <memory>

#include "protocol/peer/camera.hpp"
#include "protocol/peer/camera_cgi.hpp"
#include "protocol/peer/camera_logins.hpp"
#include "protocol/peer/camera_session.hpp"
#include "protocol/peer/camera_strict.hpp"
#include "protocol/peer/outbox.hpp"
#include "protocol/transport/relay_leg.hpp"

namespace cam32100::protocol {

// The parts of an EmulatedCamera and how its power and its sessions come and go:
//
//   running --reboot.cgi answered--> going down (300 ms: replies still leave)
//           --CLOSE to every session--> off (2 s: deaf) --> running, logs in anew
struct EmulatedCamera::Impl {
  Impl(TimePoint now, CameraConfig given, std::uint64_t seed);

  // --- datagrams (camera.cpp)
  void on_server_message(TimePoint now, const Address& from, const Message& message);
  void on_client_message(TimePoint now, const Address& from, const Message& message);
  void on_session_message(TimePoint now, const Address& from, const Message& message);

  // --- opening (camera_opening.cpp)
  void on_punch(TimePoint now, const Address& from);
  void on_ready(TimePoint now, const Address& from);  // the client's P2P_RDY of variant B
  void echo_punch(TimePoint now, const Address& from);
  enum class Way { direct, relay };
  void open_session(TimePoint now, const Address& from, Way way = Way::direct);
  [[nodiscard]] bool says_ready(Way way) const noexcept {
    return way == Way::direct || config.says_ready_by_relay;
  }
  void refuse(TimePoint now, const Address& from, Way way = Way::direct);
  void start_punching(TimePoint now, const Address& target);
  void punch(TimePoint now);
  [[nodiscard]] std::size_t regular_sessions() const noexcept;
  [[nodiscard]] std::optional<TimePoint> punch_deadline() const;

  // --- relays (camera_relays.cpp)
  void go_to_relay(TimePoint now, const Address& server, const RlyTo& told);
  [[nodiscard]] bool on_relay_datagram(TimePoint now, const Address& from, BytesView datagram);
  void move_relay_legs(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> relay_deadline() const;
  [[nodiscard]] bool take_relay_datagram(Datagram& out);

  // --- strictness (camera_strict.cpp)
  void note(StrictRule rule, const Address& client);
  void note_breaches(CameraSession& session);
  void remember_port(const CameraSession& session);
  [[nodiscard]] bool is_used_port(const Address& from);

  // --- power (camera.cpp)
  void answer_requests(TimePoint now, CameraSession& session);
  void follow_stream_order(TimePoint now, CameraSession& session);
  void end_sessions(TimePoint now);
  void forget_sessions();
  void go_down(TimePoint now);
  void come_back(TimePoint now);
  void send(const Address& to, const Message& message) { outbox.put(to, cipher, message); }

  struct Punching {
    Address target;
    TimePoint due;
    TimePoint until;
    TimePoint neighbours_due;
  };
  struct Echo {
    Address to;
    TimePoint at;
  };

  CameraConfig config;
  Cipher cipher;
  std::uint64_t random;
  Outbox outbox;
  CameraCgi cgi;
  CameraLogins logins;
  std::map<Address, std::unique_ptr<CameraSession>> sessions;
  std::deque<Punching> punching;    // clients a server told us of
  std::deque<RelayLeg> relay_legs;  // relays a server sent us to
  std::deque<Echo> echoes;          // last PUNCH_PKT answered, per address
  UsedPorts used_ports;             // of a strict camera
  std::deque<StrictBreach> breaches;
  std::optional<TimePoint> down_due;
  std::optional<TimePoint> back_due;
  std::uint64_t reboots = 0;
  CameraCounters counters;  // of sessions: of past ones only
};

}  // namespace cam32100::protocol
