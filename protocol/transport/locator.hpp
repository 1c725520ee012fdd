#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "protocol/transport/own_addresses.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/error.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

struct ServerAddress {
  Address address;
  Cipher cipher;  // plain unless the server set carries a PSK
  // One address may stand in two sets under two keys: then it is asked under both.
  friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

struct LocatorConfig {
  std::vector<ServerAddress> servers;
  std::optional<Uid> uid;  // none: HELLO only (the `stun` command)
  SockAddr lan_address;    // our own, told to the servers in P2P_REQ; see on_bound()
  std::optional<Dsk> dsk;  // the camera's device key: asks by P2P_REQ_DSK; from the third second
                           // on, while nothing was answered, by P2P_REQ in turns
  OwnAddresses own;        // of this host: no camera is here, unless a server here says so
  Duration hello_repeat{std::chrono::milliseconds{200}};  // to silent servers [vendor]
  Duration repeat{std::chrono::seconds{1}};
  Duration timeout{std::chrono::seconds{5}};
};

// --- events
struct HelloAnswered {  // event/stun
  Address server;
  Address mapped;
  std::uint8_t nat_type =
      0;  // 0 unknown, 1 public (mapped == ours), 2 cone, 3 symmetric, 4 addresses differ
  Duration took{};
};
struct LookupAnswered {  // event/lookup_ack
  Address server;
  ResultCode result = ResultCode::ok;
  Version api_version{};
  Duration took{};
};
struct CandidateFound {  // event/lookup (PUNCH_TO)
  Address server;
  Address address;
  bool lan = false;  // a private address
  Duration took{};
};
struct LookupFinished {  // once; the verdict over all servers
  // success: some server said ok and gave an address, or the time was up and there was an address
  // and no refusal (the ok was lost). Else: device_offline, invalid_uid, invalid_prefix,
  // invalid_dsk (no server disagreed), timed_out (nobody answered, or ok without an address).
  std::optional<Errc> error;
  Operation operation = Operation::none;
};
using LocatorEvent = std::variant<HelloAnswered, LookupAnswered, CandidateFound, LookupFinished>;

// What one server has said so far, for answers that list every server.
struct ServerReport {
  Address server;
  std::optional<Address> mapped;     // HELLO_ACK
  std::optional<ResultCode> result;  // P2P_REQ_ACK
  std::vector<Address> addresses;    // PUNCH_TO, at most 8
  std::optional<Duration> took;      // to the first answer
};

struct LocatorCounters {
  std::uint64_t malformed = 0;          // datagrams of servers that no key makes a packet of
  std::uint64_t dropped_events = 0;     // beyond 256 waiting
  std::uint64_t surplus_addresses = 0;  // PUNCH_TO beyond eight of one server
  std::uint64_t refused_addresses = 0;  // PUNCH_TO where no camera can be
};

// Asks several servers at once where a camera is. Datagrams from other addresses are not its
// business: is_server() tells the owner which to pass. Ends by LookupFinished at the latest after
// `timeout`; keeps reporting later PUNCH_TO until destroyed, and having found the camera goes on
// asking until then, so that both sides are told again.
class Locator final : public Endpoint {
 public:
  Locator(TimePoint now, LocatorConfig config, std::uint64_t seed);
  ~Locator() override;
  Locator(const Locator&) = delete;
  Locator& operator=(const Locator&) = delete;

  [[nodiscard]] bool is_server(const Address& from) const noexcept;
  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;
  // The port of lan_address is the socket's.
  void on_bound(const Address& local) override;
  [[nodiscard]] std::optional<LocatorEvent> take_event();
  [[nodiscard]] std::vector<ServerReport> report() const;
  [[nodiscard]] bool finished() const noexcept;
  [[nodiscard]] const LocatorCounters& counters() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
