#pragma once

#include <array>
#include <deque>
#include <set>
#include <tuple>
#include <utility>

#include "protocol/peer/outbox.hpp"
#include "protocol/peer/server.hpp"

namespace cam32100::protocol {

// Prefix and serial: what a device is looked up by; the check code only proves that the asker knows
// it.
using DeviceKey = std::array<std::byte, 12>;

// Who asks: where from, by which of our sockets, in which form.
struct Caller {
  Address address;
  std::size_t socket = 0;
  Cipher cipher;
};

struct RendezvousServer::Impl {
  struct Device {
    Uid uid;
    Caller caller;  // of its last login: what it is told goes there
    SockAddr lan_address;
    TimePoint last_login;
    std::optional<Dsk> dsk;
    std::map<std::array<std::uint8_t, 4>, TimePoint>
        shown;  // who showed it, and until when it counts
  };
  struct Allocation {
    Caller client;
    std::unique_ptr<RelayPort> port;
    std::uint16_t number = 0;  // of its socket; 0: not open yet
    bool ended_told = false;
    bool counted_open = false;
  };
  struct SecondSocket final : Endpoint {
    explicit SecondSocket(Impl& server) : impl{server} {}
    void on_datagram(TimePoint now, const Address& from, BytesView datagram) override {
      impl.on_datagram(now, from, 1, datagram);
    }
    void on_time(TimePoint) override {}
    [[nodiscard]] std::optional<TimePoint> deadline() const override { return std::nullopt; }
    [[nodiscard]] bool take_datagram(TimePoint, Datagram& out) override {
      return impl.outboxes[1].take(out);
    }
    Impl& impl;
  };

  Impl(TimePoint now, ServerConfig given, RandomSource source);

  // --- server.cpp
  void on_datagram(TimePoint now, const Address& from, std::size_t socket, BytesView datagram);
  void on_message(TimePoint now, const Caller& from, const Message& message);
  void on_hello(TimePoint now, const Caller& from);
  void answer(TimePoint now, const Caller& to, const Message& message);  // if it is paid for
  void tell(const Caller& to, const Message& message);
  // A device hears of who asks at the asker's expense, whose question was no smaller; at one
  // address with the asker both draw on the same credit.
  void tell_device(TimePoint now, const Caller& asker, const Device& device,
                   const Message& message);
  [[nodiscard]] bool may_ask(TimePoint now, const Caller& from);
  [[nodiscard]] bool serves(const Uid& uid) const;
  [[nodiscard]] bool allows(const Uid& uid) const;
  [[nodiscard]] bool is_for_everybody(const Uid& uid) const;  // served, and without a key

  // --- logins (server_logins.cpp)
  void on_login(TimePoint now, const Caller& from, const DevLgn& login);
  void on_crc_login(TimePoint now, const Caller& from, BytesView sealed);
  void on_dsk_login(TimePoint now, const Caller& from, BytesView sealed);
  // What the server has against it; nullopt: no room, nothing is answered, and it will try again.
  [[nodiscard]] std::optional<ResultCode> log_in(TimePoint now, const Caller& from,
                                                 const DevLgn& login,
                                                 const std::optional<Dsk>& dsk);
  void answer_sealed(TimePoint now, const Caller& to, ResultCode result);
  [[nodiscard]] bool has_room_for(TimePoint now, const Caller& from, const Uid& uid);
  void leave_address(const Address& address);  // one device less there
  void expire(TimePoint now);
  void tell_owner(ServerEvent::Kind kind, const Device& device);
  void tell_refusal(TimePoint now, const Caller& from, const std::optional<Uid>& uid,
                    std::string_view reason);

  // --- look-ups (server_lookups.cpp)
  void on_lookup(TimePoint now, const Caller& from, const Uid& uid, const SockAddr& lan_address,
                 const std::optional<Dsk>& dsk);
  void introduce(TimePoint now, const Caller& from, const SockAddr& lan_address,
                 const Device& device);
  void refuse_malformed_uid(TimePoint now, const Caller& from);
  // The device, or why not.
  [[nodiscard]] std::pair<Device*, ResultCode> find(TimePoint now, const Caller& from,
                                                    const Uid& uid, const std::optional<Dsk>& dsk);
  [[nodiscard]] bool dsk_is_right(TimePoint now, const Caller& from, Device& device,
                                  const std::optional<Dsk>& dsk) const;

  // --- relays (server_relays.cpp)
  void on_list_request(TimePoint now, const Caller& from, const ListReqDsk* with_dsk);
  void on_relay_hello(TimePoint now, const Caller& from);
  void on_port_request(TimePoint now, const Caller& from);
  void on_relay_request(TimePoint now, const Caller& from, const RlyReq& request);
  [[nodiscard]] bool knows_relay(const RlyReq& request);
  [[nodiscard]] Allocation* find_allocation(const Address& client);
  void tell_port(TimePoint now, const Allocation& allocation);

  ServerConfig config;
  Cipher own_cipher;
  std::array<Outbox, 2> outboxes;
  SecondSocket second{*this};
  ServerSources sources;
  std::map<DeviceKey, Device> devices;
  std::set<std::pair<TimePoint, DeviceKey>> by_login;  // oldest first
  std::set<Uid> allowed;
  std::map<PortId, Allocation> allocations;
  std::deque<PortId> wanted, ended;
  PortId next_port = 1;
  ByteBudget relay_budget;
  RandomSource random;
  std::deque<ServerEvent> events;
  using Refusal = std::tuple<std::array<std::uint8_t, 4>, std::string_view, std::optional<Uid>>;
  std::map<Refusal, TimePoint> refusals_told;
  std::map<std::array<std::uint8_t, 4>, std::size_t> devices_at;  // how many of each address
  Counters counters;
};

[[nodiscard]] DeviceKey key_of(const Uid& uid);

}  // namespace cam32100::protocol
