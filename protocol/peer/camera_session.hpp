#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "protocol/peer/camera_requests.hpp"
#include "protocol/peer/camera_stream.hpp"
#include "protocol/peer/camera_strict.hpp"
#include "protocol/peer/pictures.hpp"
#include "protocol/transport/channel.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

struct CameraSessionConfig {
  Uid uid;
  Cipher cipher;
  Duration silence_timeout{};
  ChannelConfig channel;
  Pictures pictures{};                            // of its live video
  Duration stream_interval{};                     // see CameraStream
  Duration first_alive{std::chrono::seconds{1}};  // after the opening; then once a second
  bool surplus = false;                           // came when every place was taken
  bool says_ready = true;                         // P2P_RDY; false: through a relay, [vendor]
  bool relayed = false;
  bool strict = false;  // see StrictRule
};

// One client's session as the camera has it. Opened by its creation: P2P_RDY (unless the other side
// of a relay was ready already) four times 10 ms apart, then four times a second until the client
// is heard; ALIVE once a second; silence_timeout after the last datagram it is over.
//
//   opened --ALIVE, ALIVE_ACK, DRW or DRW_ACK--> heard --CLOSE | silence | a packet never
//   acknowledged | strict: ALIVE never answered--> over
class CameraSession {
 public:
  CameraSession(TimePoint now, const Address& client, const CameraSessionConfig& config);

  void punch_again(TimePoint now);  // the client punches still: it has not seen our P2P_RDY
  void on_message(TimePoint now, const Message& message);
  void on_time(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  // Whatever is due: handshake and ALIVE_ACK, then acknowledgements, then data, then ALIVE.
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out);

  [[nodiscard]] std::optional<std::string> take_request() { return requests_.take(); }
  // Live video on channel 1, from the next take_datagram() on; see CameraStream.
  void start_stream(TimePoint now, Duration clock_ahead);
  void stop_stream() noexcept { stream_.stop(); }
  // Queues a reply block. More than kMaxReplies bytes waiting: it is dropped, as if never answered,
  // and counted.
  void reply(Bytes block);

  [[nodiscard]] const CameraRequests::Counters& request_counters() const noexcept {
    return requests_.counters();
  }
  [[nodiscard]] std::uint64_t dropped_replies() const noexcept { return dropped_replies_; }

  [[nodiscard]] std::uint64_t dropped_frames() const noexcept { return stream_.dropped_frames(); }

  // Strict: each rule once in a session.
  [[nodiscard]] std::optional<StrictRule> take_breach();

  enum class End { none, by_client, given_up };
  [[nodiscard]] End end() const noexcept { return end_; }
  [[nodiscard]] bool is_surplus() const noexcept { return config_.surplus; }
  [[nodiscard]] bool is_relayed() const noexcept { return config_.relayed; }
  [[nodiscard]] const Address& client() const noexcept { return client_; }

  static constexpr std::size_t kMaxReplies = 8 * 1024 * 1024;

 private:
  void heard(TimePoint now) noexcept { last_heard_ = now; }
  void on_traffic(TimePoint now) noexcept;
  void on_drw(TimePoint now, const Drw& drw);
  void on_ack(TimePoint now, const DrwAck& ack);
  void hold_against(StrictRule rule);
  void judge(TimePoint now);
  Channel& channel(std::uint8_t id);
  void pass_replies_on();
  void feed_stream(TimePoint now);
  [[nodiscard]] std::optional<std::size_t> next_control(MutableBytesView out);
  [[nodiscard]] std::optional<std::size_t> next_plain(TimePoint now, MutableBytesView out);

  CameraSessionConfig config_;
  Address client_;
  std::array<std::unique_ptr<Channel>, kChannels> channels_;
  CameraRequests requests_;
  std::deque<Bytes> replies_;  // not yet in the channel
  std::size_t passed_on_ = 0;  // of the first of them
  std::size_t reply_bytes_ = 0;
  std::uint64_t dropped_replies_ = 0;
  CameraStream stream_;
  TimePoint last_heard_;
  std::optional<TimePoint> ready_due_;
  unsigned ready_sent_ = 0;
  unsigned ready_waiting_ = 0;
  TimePoint alive_due_;
  bool alive_waiting_ = false;
  unsigned alive_acks_waiting_ = 0;
  unsigned alive_unanswered_ = 0;       // strict: ALIVE since the last ALIVE_ACK
  std::optional<TimePoint> gap_since_;  // strict: an index of channel 0 is missing
  std::deque<StrictRule> breaches_;     // not taken yet
  std::set<StrictRule> held_against_;
  End end_ = End::none;
};

}  // namespace cam32100::protocol
