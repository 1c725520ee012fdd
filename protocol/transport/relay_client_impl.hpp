#pragma once

#include "protocol/transport/relay_client.hpp"
#include "protocol/wire/fifo.hpp"

namespace cam32100::protocol {

struct RelayClient::Impl {
  struct Server {
    ServerAddress where;
    bool list_waits = true;
    bool listed = false;
    bool request_waits = false;
    std::optional<ResultCode> answer;  // to RLY_REQ of this try
  };
  struct Relay {
    RelayReport report;
    Cipher cipher;
    // RLY_HELLO_ACK does not say which one it answers: counted from the first, a relay that lost
    // one looks far; counted from the last, a far one would look near.
    TimePoint first_hello;
    std::optional<TimePoint> hello_due;  // of the next one
    unsigned hellos = 0;
    bool hello_waits = true;
  };
  // The relay that is being brought to RLY_RDY.
  struct Try {
    std::size_t relay = 0;
    TimePoint until;
    TimePoint patient_until;  // while another one waits
    TimePoint next_port;
    unsigned ports = 0;
    bool port_waits = true;
    std::optional<RelayLeg> leg;
    TimePoint next_request;
  };

  // --- receiving (relay_client_receive.cpp)
  void on_server(TimePoint now, Server& server, const Message& message);
  void on_list(TimePoint now, Server& server, const ListReqAck& list);
  void on_relay(TimePoint now, std::size_t relay, const Message& message);
  void on_port(TimePoint now, const RlyPortAck& ack);
  void on_request_ack(TimePoint now, Server& server, ResultCode result);
  void on_told(TimePoint now, const RlyTo& told);

  // --- time (relay_client.cpp)
  void choose(TimePoint now);
  void give_up_try();
  [[nodiscard]] bool is_poor(const Address& relay) const;
  [[nodiscard]] bool another_waits() const;
  void finish_if_hopeless();
  void finish(RelayEvent event);
  void ask_for_lists(TimePoint now);
  void go_on_trying(TimePoint now);
  [[nodiscard]] static bool hello_is_open(const Relay& relay) noexcept;
  [[nodiscard]] RelayFailed failure() const noexcept;
  [[nodiscard]] Errc refusal() const noexcept;
  [[nodiscard]] bool take_list_request(Datagram& out);
  [[nodiscard]] bool take_of_try(Datagram& out);
  [[nodiscard]] RelayReport& tried() { return relays[current->relay].report; }

  RelayConfig config;
  TimePoint started;
  TimePoint next_round;
  unsigned round = 0;
  unsigned tries = 0;
  std::vector<Server> servers;
  std::vector<Relay> relays;
  std::optional<Try> current;
  std::vector<std::size_t> order;  // of the tries
  Fifo<RelayEvent> events;
  RelayCounters counters;
  bool finished = false;
};

}  // namespace cam32100::protocol
