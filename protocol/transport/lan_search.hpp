#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/transport/session.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::protocol {

struct LanSearchConfig {
  std::vector<Address>
      targets;         // 255.255.255.255:32108, directed broadcasts, configured unicast targets
  CipherList ciphers;  // one probe per cipher and target each round
  Duration repeat{std::chrono::seconds{1}};
  Duration timeout{std::chrono::seconds{3}};
  std::size_t max_found = 256;  // answers kept; a flood stays within this
};

struct CameraFound {
  Uid uid;
  Address address;  // source of the answer: the one to talk to
  std::string cipher_name;
  bool json_dialect_hint = false;  // answered LAN_SEARCH_EXT_ACK: iLnk or JSON family, not CGI
  Duration took{};
};

struct LanSearchCounters {
  // datagrams that no key makes a packet of, or longer than any answer (256 bytes)
  std::uint64_t malformed = 0;
  std::uint64_t surplus = 0;  // answers beyond max_found
};

// LAN_SEARCH, plain and under each key. The same camera answering twice from one address is
// reported once.
class LanSearch final : public Endpoint {
 public:
  LanSearch(TimePoint now, LanSearchConfig config);
  ~LanSearch() override;
  LanSearch(const LanSearch&) = delete;
  LanSearch& operator=(const LanSearch&) = delete;

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;  // nullopt once over
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;
  [[nodiscard]] std::optional<CameraFound> take_found();
  [[nodiscard]] bool finished() const noexcept;
  [[nodiscard]] const LanSearchCounters& counters() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
