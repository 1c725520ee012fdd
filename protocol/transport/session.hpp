#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/transport/channel.hpp"
#include "protocol/transport/cipher_list.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/error.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

// Receives a channel's bytes in order, called from within Session::on_datagram(). The view lives
// for the call. Must not call back into the session.
class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;
  virtual void on_stream(TimePoint now, std::uint8_t channel, BytesView bytes) = 0;
};

// Where a candidate address came from; the published transport is derived from it.
enum class Path { direct, lan, p2p, relay };
[[nodiscard]] const char* to_text(Path path) noexcept;

struct SessionConfig {
  Uid uid;
  CipherList ciphers;  // tried in order for PUNCH_PKT; the one that decodes an answer is kept
  Duration connect_timeout{std::chrono::seconds{8}};
  Duration punch_interval{std::chrono::milliseconds{100}};
  Duration ready_after_punch{
      std::chrono::milliseconds{200}};  // variant B: answer P2P_RDY when no RDY came
  // A camera behind a symmetric NAT comes from another port than its server sees, often one near to
  // it: so late, ports around a candidate out there are punched, too [eufy and okam: 3 each side].
  Duration neighbours_after{std::chrono::milliseconds{750}};
  Duration neighbours_interval{std::chrono::milliseconds{250}};
  Duration alive_after{std::chrono::seconds{1}};  // of silence from the peer
  Duration silence_timeout{std::chrono::seconds{10}};
  Duration close_grace{std::chrono::milliseconds{300}};  // close(): CLOSE is repeated within it
  std::size_t max_candidates = 16;  // given ones; as many again that were only heard
  ChannelConfig channel;
  bool packet_events =
      false;  // Alive/AliveAck/Acked/Packet events (events.verbose); else only counters
};

// --- events
struct Ready {
  Address peer;
  Path path = Path::direct;
  Uid uid_on_wire;
  bool ready_variant =
      false;  // true: it took our P2P_RDY (variant B), false: punch echo (variant A)
  std::string cipher_name;
  Duration took{};
};
struct SessionClosed {
  Errc code = Errc::timed_out;
  Operation operation = Operation::none;
  Duration silent{};    // since the last valid datagram of the peer, or since the start
  Duration open_for{};  // zero when it never became ready
};
// A message of the peer without a known meaning, or a datagram of it that cannot be read at all.
// The latter are folded: one of a type, and at most 16, in a minute.
struct UnknownMessage {
  Address from;
  std::uint8_t type = 0;  // as far as it can be told, else 0
  Bytes head;  // first 256 bytes, deciphered: of the payload, or of an unreadable datagram
};
struct UnknownSender {
  Address from;
  std::uint8_t type = 0;
};
struct AliveSeen {};
struct AliveAckSeen {};
struct AckSeen {
  std::uint8_t channel = 0;
  std::vector<std::uint16_t> indices;
};
struct PacketSeen {
  std::uint8_t channel = 0;
  std::uint16_t index = 0;
  std::size_t bytes = 0;
};
using SessionEvent = std::variant<Ready, SessionClosed, UnknownMessage, UnknownSender, AliveSeen,
                                  AliveAckSeen, AckSeen, PacketSeen>;

struct SessionCounters {
  std::uint64_t datagrams_in = 0, datagrams_out = 0, malformed = 0, unknown_messages = 0,
                unknown_senders = 0;
  std::uint64_t alive_in = 0, alive_ack_in = 0, ack_in = 0, drw_in = 0, duplicates = 0,
                reordered = 0, resent = 0;
  std::uint64_t dropped_events =
      0;  // the event queue is capped at 256: oldest packet events go first
};

// One session with one camera: from the first PUNCH_PKT to CLOSE. Finding the camera is the
// locator's and LAN search's work; they, and their owner, feed candidates. The owner passes every
// datagram with its source: only the session decides who the peer is.
//
// A relayed session differs in its peer's address alone: the relay passes on what it gets.
//
// States: connecting -> ready -> closing -> closed. Once closed it stays closed; a new session is a
// new object on a new socket (the camera ties a session to our source port).
class Session final : public Endpoint {
 public:
  enum class State { connecting, ready, closing, closed };

  // `receiver` must outlive the session. `seed` is the only source of randomness.
  Session(TimePoint now, SessionConfig config, std::uint64_t seed, StreamReceiver& receiver);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Punched from now on, every punch_interval. Unusable, repeated and surplus addresses are
  // ignored.
  void add_candidate(TimePoint now, const Address& address, Path path);
  // A relay said that the camera is there (RLY_RDY): asked for signs of life under each key, beside
  // the candidates. The first to answer is the peer; a direct path that answers in the same batch
  // goes before the relay. Nothing when there is a relay already.
  void add_relay(TimePoint now, const Address& relay);
  // Queued bytes of a channel's stream. Errors: queue_full; bad_length for a channel >= 8; once
  // over, the code it was closed with. Allowed while connecting: sent when ready.
  [[nodiscard]] Result<void> send(TimePoint now, std::uint8_t channel, BytesView bytes);
  void close(TimePoint now);  // CLOSE goes out (repeated within close_grace), then closed; nothing
                              // more is delivered

  void on_datagram(TimePoint now, const Address& from,
                   BytesView datagram) override;  // any bytes, encrypted or plain
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now,
                                   Datagram& out) override;  // ACKs, then data, then ALIVE

  [[nodiscard]] std::optional<SessionEvent> take_event();
  [[nodiscard]] State state() const noexcept;
  [[nodiscard]] std::optional<Address> peer() const noexcept;
  [[nodiscard]] std::optional<Duration> rtt() const noexcept;  // smoothed, of channel 0
  [[nodiscard]] std::optional<TimePoint> last_heard() const noexcept;
  [[nodiscard]] const SessionCounters& counters() const noexcept;
  [[nodiscard]] std::size_t queued_bytes() const noexcept;  // all channels, both directions

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
