#pragma once

#include <array>
#include <string>
#include <vector>

#include "protocol/transport/channel.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::sim {

// The device's end of a session, as small as it can be: it answers PUNCH_PKT by P2P_RDY, keeps the
// session alive and carries the streams of its channels. It speaks plain to one client at a time.
class StreamPeer final : public protocol::Endpoint {
 public:
  StreamPeer(const protocol::Uid& uid, const protocol::ChannelConfig& config);

  void on_datagram(protocol::TimePoint now, const protocol::Address& from,
                   protocol::BytesView datagram) override;
  void on_time(protocol::TimePoint now) override;
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(protocol::TimePoint now, protocol::Datagram& out) override;

  [[nodiscard]] bool send(std::uint8_t channel, protocol::BytesView bytes);
  // Forgets its client without a word, as after a power failure.
  void forget();

  [[nodiscard]] const std::string& received(std::uint8_t channel) const {
    return text_.at(channel);
  }
  [[nodiscard]] bool all_acknowledged() const;
  [[nodiscard]] std::size_t queued_bytes() const;
  [[nodiscard]] bool has_client() const noexcept { return client_.has_value(); }
  [[nodiscard]] std::uint64_t sent_drw() const;
  [[nodiscard]] std::uint64_t resent_drw() const;

 private:
  void on_stream(protocol::TimePoint now, const protocol::Drw& drw);
  bool say(const protocol::Message& message, protocol::Datagram& out) const;

  protocol::Uid uid_;
  protocol::ChannelConfig config_;
  std::vector<protocol::Channel> channels_;
  std::array<std::string, protocol::kChannels> text_;
  std::optional<protocol::Address> client_;
  std::optional<protocol::TimePoint> alive_due_;
  std::optional<protocol::TimePoint> dead_at_;
  unsigned readies_ = 0;
  unsigned alive_acks_ = 0;
  bool alive_waits_ = false;
  bool heard_traffic_ = false;  // until then it repeats P2P_RDY
};

}  // namespace cam32100::sim
