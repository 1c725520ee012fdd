#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <vector>

#include "tests/unit/transport/conversation.hpp"

namespace cam32100::protocol::conversation {

// A session whose camera has let it in: what the camera says is fed by hand.
class OpenSession : public ::testing::Test {
 protected:
  static SessionConfig make_config() {
    SessionConfig config;
    config.uid = uid();
    return config;
  }
  void open(const SessionConfig& config = make_config()) {
    session.emplace(kStart, config, 1, recorder);
    session->add_candidate(kStart, kCamera, Path::lan);
    hear(kStart, P2pRdy{uid()});
    (void)drain(*session, kStart);
    while (session->take_event()) {
    }
  }
  void hear(TimePoint now, const Message& message, const Address& from = kCamera) {
    session->on_datagram(now, from, bytes_of(message));
  }
  std::vector<Sent> drained(TimePoint now) { return drain(*session, now); }

  Recorder recorder;
  std::optional<Session> session;
};

}  // namespace cam32100::protocol::conversation
