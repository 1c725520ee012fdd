#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/peer/relay_port.hpp"
#include "protocol/peer/server_sources.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

struct ServerConfig {
  std::string psk;      // "" = plain; plain requests are always understood
  std::string crc_key;  // for DEV_LGN_CRC and DEV_LGN_DSK; "" = such logins are refused
  Duration login_expiry{
      std::chrono::seconds{60}};  // a device is offline after this without DEV_LGN
  std::size_t max_devices = 10'000;
  std::vector<std::string> served_prefixes;  // empty = every prefix; else others answer FD
  // Who may log in and be asked for, beside the devices of these prefixes; else FF. Both empty =
  // everybody.
  std::vector<Uid> allowed;
  // A device's key: logins must be DEV_LGN_DSK with it, and who asks must show it; else FC. A
  // device that is not listed may log in with a key of its own, which askers by DSK must then show.
  std::map<Uid, Dsk> dsks;
  bool require_dsk = false;  // no device without a key
  Version api_version{4, 1, 3};
  SourceLimits sources;
  // Where clients and devices reach this host: told in LIST_REQ_ACK. None: it is no relay.
  std::optional<Address> relay_address;
  std::vector<Address> other_relays;  // told, too
  // Relay also sessions that nobody asked us for by RLY_REQ: other servers list us as their relay.
  bool relay_for_others = false;
  RelayLimits relay;
};

struct ServerDevice {
  Uid uid;
  Address address;  // source of its last login
  Address lan_address;
  TimePoint last_login;
};

// A device came, moved, or has not been heard for login_expiry.
struct ServerEvent {
  enum class Kind { login, moved, expired, refused };
  Kind kind = Kind::login;
  std::optional<Uid> uid;  // nothing: a login that no key opens
  Address address;
  // Of a refusal, told once a minute of each address, UID and reason, eight of one address:
  // "login_key" (CRC or DSK form, and our CRC key does not open it), "device_key", "prefix", "id"
  // (not on the list, or another check code), "full", "crowded" (too many devices of one address,
  // or too many new ones).
  std::string_view reason;
};

// 64 bits that nobody can guess; the words of relayed sessions come from it.
using RandomSource = std::function<std::uint64_t()>;
[[nodiscard]] RandomSource seeded_random(std::uint64_t seed);  // for tests: anybody can guess it

struct ServerRelaySession {
  std::optional<Uid> uid;
  std::optional<Address> client, device;
  RelayPortCounters counters;
};

// Rendezvous and, if asked, relay:
// - HELLO; DEV_LGN plain, CRC and DSK with expiry; P2P_REQ and P2P_REQ_DSK answered 00 / FE / FF /
//   FD / FC, PUNCH_TO to both sides (WAN address; LAN address too: the client's always when it is a
//   private one, the device's when both share a WAN address). FF (invalid UID) is given for a UID
//   whose prefix and serial are logged in under another check code or that is not on the list of
//   the allowed ones, and in look-ups for one that is none.
// - LIST_REQ, LIST_REQ1, LIST_REQ_DSK; RLY_HELLO; RLY_PORT, answered when the owner has opened a
//   socket for the session; RLY_REQ, passed on to the device and the client as RLY_TO, but only
//   towards relays that are ours or listed.
//
// Answers cost credit, see ServerSources. It may have a second socket, so that devices and clients
// can see what kind of NAT they are behind; answers leave by the socket that was asked, and a
// device hears from us where it logged in.
class RendezvousServer final : public Endpoint {
 public:
  RendezvousServer(TimePoint now, ServerConfig config, RandomSource random = seeded_random(1));
  ~RendezvousServer() override;
  RendezvousServer(const RendezvousServer&) = delete;
  RendezvousServer& operator=(const RendezvousServer&) = delete;

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;
  // The second socket. Whatever one was told may give the other something to send: the owner wakes
  // both.
  [[nodiscard]] Endpoint& second_socket() noexcept;
  [[nodiscard]] bool has_datagrams(std::size_t socket) const noexcept;  // 0 or 1

  // Where it is reached as a relay, once the owner knows its port; as ServerConfig::relay_address.
  void be_relay_at(const Address& address);

  // --- relayed sessions: each has a socket of its own, which the owner opens and closes
  using PortId = std::uint64_t;
  [[nodiscard]] std::optional<PortId> take_wanted_port();
  [[nodiscard]] Endpoint& relay_port(PortId id);
  void port_opened(TimePoint now, PortId id, std::uint16_t port);  // tells the client
  void port_failed(PortId id);                                     // no socket: nobody is told
  // After each time its endpoint was called. True: it is over, and take_ended_port() says so.
  [[nodiscard]] bool port_progressed(TimePoint now, PortId id);
  [[nodiscard]] std::optional<PortId> take_ended_port();  // its socket may go
  // After the socket was closed; relay_port(id) is gone then.
  void forget_port(PortId id);

  [[nodiscard]] std::optional<ServerEvent> take_event();  // at most 1024 wait, then news is dropped
  [[nodiscard]] std::vector<ServerDevice> devices() const;  // ordered by UID
  [[nodiscard]] std::size_t device_count() const noexcept;
  [[nodiscard]] std::vector<ServerRelaySession> relay_sessions() const;
  struct Counters {
    std::uint64_t hellos = 0, logins = 0, lookups = 0, malformed = 0, refused = 0;
    std::uint64_t found = 0;         // look-ups that led to PUNCH_TO
    std::uint64_t unknown = 0;       // look-ups of UIDs that are not here
    std::uint64_t rate_limited = 0;  // questions, and new devices, of sources with too many
    std::uint64_t unpaid = 0;        // answers kept back: larger than what the source had sent
    std::uint64_t relays_allocated = 0, relays_opened = 0, relays_refused = 0;
    std::uint64_t relay_datagrams = 0, relay_bytes = 0,
                  relay_dropped = 0;  // of sessions that are over
  };
  [[nodiscard]] const Counters& counters() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
