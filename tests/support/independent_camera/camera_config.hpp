#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::testing {

// What an IndependentCamera is and how hard it judges.
struct IndependentCameraConfig {
  std::string uid;  // PREFIX-SERIAL-CHECK
  std::string psk;  // empty: plain datagrams
  std::string user = "admin";
  std::string password = "888888";
  protocol::Bytes jpeg;  // the snapshot's body, sent as it is

  // False: a PUNCH_PKT opens the session (CS2, VStarcam). True: only the client's P2P_RDY does
  // (iLnk).
  bool opens_on_ready = false;

  // Of the first DRW of each channel and direction. Real ones begin at 0; tests begin near the
  // wrap.
  std::uint16_t first_index = 0;

  // True when the test's network neither loses nor doubles a datagram: then one missing or surplus
  // answer is already proof. False asks for proof that loss and doubling cannot explain.
  bool network_is_perfect = false;

  // Complain when a request comes again under a new index before its first reply was acknowledged.
  bool flags_repeated_requests = false;

  // Data sent once and still owed an ACK for longer than this must not be overtaken by an ALIVE. It
  // has to exceed twice the network's longest one-way delay plus the client's own ACK delay.
  protocol::Duration owed_ack_grace = std::chrono::milliseconds{200};

  int unanswered_alive_limit = 11;  // ALIVEs without an ALIVE_ACK before the camera closes
};

}  // namespace cam32100::testing
