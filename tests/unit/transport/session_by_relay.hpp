#pragma once

#include <optional>

#include "tests/unit/transport/conversation.hpp"

// A session whose camera is reached through a relay.
namespace cam32100::protocol::conversation {

inline const Address kByRelay{{203, 0, 113, 50}, 34000};
inline const Address kPublicCamera{{203, 0, 113, 7}, 20000};
inline const Address kForger{{203, 0, 113, 66}, 34000};

class SessionByRelay : public ::testing::Test {
 protected:
  SessionByRelay() {
    config.uid = uid();
    config.ciphers = {{"plain", Cipher{}}, {"first", Cipher{"one"}}, {"second", Cipher{"two"}}};
  }
  // Only the relay is there, asked for signs of life.
  Session& start() {
    session.emplace(kStart, config, 1, recorder);
    session->add_relay(kStart, kByRelay);
    return *session;
  }
  Session& start_open() {
    start();
    (void)drain(*session, kStart);
    hear(kByRelay, AliveAck{});
    (void)drain(*session, kStart);
    EXPECT_EQ(session->state(), Session::State::ready);
    return *session;
  }
  void hear(const Address& from, const Message& message, const Cipher& cipher = {}) {
    session->on_datagram(kStart, from, bytes_of(message, cipher));
  }
  SessionConfig config;
  Recorder recorder;
  std::optional<Session> session;
};

}  // namespace cam32100::protocol::conversation
