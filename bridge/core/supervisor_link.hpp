#pragma once

#include "protocol/dialect/cgi.hpp"
#include "protocol/transport/session.hpp"

namespace cam32100::bridge {

// One session with the CGI conversation on its channel 0. Lives from the first punch to the end of
// the session; a new session is a new link.
class CameraLink final : private protocol::StreamReceiver {
 public:
  // `media`: see SupervisorConfig.
  CameraLink(protocol::TimePoint now, protocol::SessionConfig session,
             protocol::CgiExchangeConfig exchange, std::uint64_t seed,
             protocol::StreamReceiver* media);

  [[nodiscard]] protocol::Session& session() noexcept { return session_; }
  [[nodiscard]] const protocol::Session& session() const noexcept { return session_; }
  [[nodiscard]] protocol::CgiExchange& exchange() noexcept { return exchange_; }
  [[nodiscard]] const protocol::CgiExchange& exchange() const noexcept { return exchange_; }

  // Writes the requests to channel 0; they leave with the next take_datagram(). timeout: of silence
  // on a reply. Errors: queue_full, bad_length, closed_by_us, closed_by_peer.
  [[nodiscard]] protocol::Result<void> request(protocol::TimePoint now, std::uint64_t ticket,
                                               const std::vector<protocol::CgiRequest>& batch,
                                               const protocol::Credentials& credentials,
                                               protocol::Duration timeout);

  // A request was entered as awaiting its reply but could not be sent: replies would be matched
  // wrongly from here on. The owner closes the session.
  [[nodiscard]] bool is_out_of_step() const noexcept { return out_of_step_; }

 private:
  void on_stream(protocol::TimePoint now, std::uint8_t channel, protocol::BytesView bytes) override;

  protocol::StreamReceiver* media_;
  protocol::CgiExchange exchange_;  // before the session, which hands it bytes until its end
  protocol::Session session_;
  protocol::Bytes encoded_;  // reused
  bool out_of_step_ = false;
};

}  // namespace cam32100::bridge
