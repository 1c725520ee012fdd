#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "protocol/transport/locator.hpp"
#include "protocol/transport/relay_leg.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::protocol {

struct RelayConfig {
  std::vector<ServerAddress> servers;
  Uid uid;
  std::optional<Dsk> dsk;  // asks by LIST_REQ_DSK, in each third round without
  OwnAddresses own;        // of this host: no relay is here
  Duration repeat{std::chrono::milliseconds{500}};  // of LIST_REQ1 and RLY_REQ
  Duration per_relay{std::chrono::seconds{5}};      // from RLY_PORT to RLY_RDY
  // Of those, while another relay waits to be tried: for RLY_PORT_ACK, and then for RLY_RDY.
  Duration impatience{std::chrono::milliseconds{1500}};
  std::vector<Address> poor;                   // came to nothing lately: tried after the others
  Duration timeout{std::chrono::seconds{20}};  // of all of it
};

// How far one relay was brought.
enum class RelayStage {
  hello,    // RLY_HELLO is not answered
  port,     // RLY_PORT is not answered
  request,  // RLY_REQ is not answered by any server
  ready,    // both were told, RLY_RDY did not come
  open,
};
[[nodiscard]] const char* to_text(RelayStage stage) noexcept;  // "hello"

struct RelayReport {
  Address relay;
  Address told_by;  // the server that listed it first
  RelayStage stage = RelayStage::hello;
  std::optional<Duration> rtt;        // of RLY_HELLO
  std::optional<ResultCode> refusal;  // of RLY_REQ, by the server that said so last
  bool tried = false;                 // asked for a port
};

// --- events
struct RelayOpened {  // the session goes to `address` from now on
  Address relay;
  Address address;
  Duration took{};
};
struct RelayFailed {
  // timed_out with what was waited for, no_relay (the servers know none), device_offline,
  // invalid_uid, invalid_prefix, invalid_dsk (every server refused RLY_REQ).
  Errc code = Errc::timed_out;
  Operation operation = Operation::none;
};
using RelayEvent = std::variant<RelayOpened, RelayFailed>;

struct RelayCounters {
  std::uint64_t malformed = 0;          // of servers and relays, that no key makes a packet of
  std::uint64_t refused_addresses = 0;  // listed relays that cannot be one, or beyond sixteen
  std::uint64_t forged = 0;             // RLY_TO with another word or place than ours
};

// Gets a relay for one session, as the client:
//
//   LIST_REQ1 -> all servers; each relay listed: RLY_HELLO; the first to answer is nearest and is
//   tried first: RLY_PORT -> word and port; RLY_REQ with both -> all servers, which send the camera
//   there; RLY_PKT until RLY_RDY. A relay that does not get there in `per_relay`, or
//   does not get on for `impatience` while another one waits, gives way to the next; four at most.
//
// Ends by RelayOpened or RelayFailed, once. Datagrams from others than servers and relays are not
// its business: is_concerned_by() tells the owner which to pass. Words that a stranger makes up, or
// a server gives for another session, change nothing.
class RelayClient final : public Endpoint {
 public:
  RelayClient(TimePoint now, RelayConfig config);
  ~RelayClient() override;
  RelayClient(const RelayClient&) = delete;
  RelayClient& operator=(const RelayClient&) = delete;

  [[nodiscard]] bool is_concerned_by(const Address& from) const noexcept;
  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;
  [[nodiscard]] std::optional<RelayEvent> take_event();
  [[nodiscard]] std::vector<RelayReport> report() const;  // in the order they were tried
  [[nodiscard]] bool finished() const noexcept;
  [[nodiscard]] const RelayCounters& counters() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
