#pragma once

#include <array>
#include <memory>

#include "protocol/transport/handshake.hpp"
#include "protocol/transport/sealing.hpp"
#include "protocol/transport/session.hpp"
#include "protocol/transport/session_events.hpp"

namespace cam32100::protocol {

// One bit per channel: most sessions use one or two of the eight, and the rest should cost nothing.
using ChannelSet = std::uint8_t;

struct Session::Impl {
  Impl(TimePoint now, SessionConfig given, StreamReceiver& stream_receiver);

  // --- receiving (session_receive.cpp)
  void on_greeting(TimePoint now, const Address& from, BytesView datagram);
  void lock(TimePoint now, const Address& from, Path path, const Handshake::Greeting& greeting);
  [[nodiscard]] bool relock(TimePoint now, const Address& from, BytesView datagram);
  [[nodiscard]] bool is_late(const Address& from, BytesView datagram) const;
  void on_peer_datagram(TimePoint now, BytesView datagram);
  void on_packet(TimePoint now, const Packet& packet);
  void on_drw(TimePoint now, const Drw& drw);
  void on_ack(TimePoint now, const DrwAck& ack);
  void on_close(TimePoint now);
  void on_unknown(const Unknown& unknown);
  void on_unreadable(TimePoint now, BytesView datagram);
  void tell_unknown(std::uint8_t type, BytesView bytes);
  void note_stranger(TimePoint now, const Address& from, std::uint8_t type);
  void end_batch();

  // --- by way of a relay (session_relay.cpp)
  [[nodiscard]] bool is_relay(const Address& from) const noexcept {
    return relay && *relay == from;
  }
  void on_relay_datagram(TimePoint now, BytesView datagram);
  void ask_relay_again(TimePoint now);
  [[nodiscard]] bool take_relay_question(Datagram& out);
  [[nodiscard]] bool take_relay_goodbye(Datagram& out);

  // --- time (session.cpp)
  void on_ready_time(TimePoint now);
  void finish(TimePoint now, Errc code, Operation operation);
  [[nodiscard]] std::optional<TimePoint> ready_deadline() const;

  // --- sending (session_send.cpp)
  [[nodiscard]] bool take_while_open(TimePoint now, Datagram& out);
  [[nodiscard]] bool take_ack(Datagram& out);
  [[nodiscard]] bool take_data(TimePoint now, Datagram& out);
  [[nodiscard]] bool take_close(Datagram& out);
  [[nodiscard]] bool take_plain_message(const Message& message, Datagram& out) const;
  bool address_to_peer(std::size_t size, Datagram& out) const;

  [[nodiscard]] const Cipher& cipher() const { return config.ciphers[cipher_index].cipher; }
  [[nodiscard]] bool is_open() const noexcept {
    return state == State::ready || state == State::closing;
  }

  SessionConfig config;
  StreamReceiver& receiver;
  State state = State::connecting;
  TimePoint started;
  Handshake handshake;

  Address peer{};
  std::size_t cipher_index = 0;
  std::optional<TimePoint> ready_at;
  std::optional<TimePoint> last_heard;
  bool traffic_seen = false;  // anything from the peer but greetings
  // Told when the batch of datagrams ends: until then a P2P_RDY from the LAN may still win.
  std::optional<Ready> ready_to_tell;

  TimePoint alive_due{};
  bool alive_waits = false;
  unsigned alive_acks = 0;  // waiting to be sent

  std::optional<Address> relay;      // where RLY_RDY came from
  std::size_t next_question = 0;     // key of the next ALIVE to it; past the last one: none
  TimePoint next_questions{};        // when all keys are tried again
  bool relay_goodbye_waits = false;  // another path won: the camera's place there is freed

  unsigned closes = 0;  // CLOSE datagrams waiting to be sent
  unsigned closes_left = 0;
  TimePoint next_close{};
  TimePoint close_done{};
  Errc closed_with = Errc::closed_by_us;

  // A session in use has one or two of the eight; the others are made when something is for them.
  [[nodiscard]] Channel& channel(std::size_t id);
  std::array<std::unique_ptr<Channel>, kChannels> channels;
  ChannelSet with_acks = 0;
  ChannelSet sending = 0;
  std::optional<TimePoint> failure_found;  // while sending: on_time() ends the session

  SessionEvents events;
  NewsFilter strangers;
  NewsFilter unreadable;
  SessionCounters counters;
};

}  // namespace cam32100::protocol
