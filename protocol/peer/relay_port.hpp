#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "protocol/transport/relay_leg.hpp"
#include "protocol/wire/endpoint.hpp"

namespace cam32100::protocol {

struct RelayLimits {
  std::size_t max_sessions = 64;
  std::size_t max_of_one = 32;                  // sessions of one client's address
  std::size_t max_waiting_of_one = 4;           // of these: that nobody has come to yet
  std::size_t session_bytes_per_s = 1'000'000;  // both directions together
  std::size_t total_bytes_per_s = 10'000'000;
  // For a sign that our answer was read: the word in RLY_REQ or RLY_PKT. A forged RLY_PORT gets no
  // further, and must not keep a place from others.
  Duration unclaimed_time{std::chrono::seconds{2}};
  Duration opening_time{std::chrono::seconds{10}};  // for both sides to come
  Duration idle_time{std::chrono::seconds{30}};     // then without a datagram: over
};

// So many bytes a second, and at most one second's worth at once.
class ByteBudget {
 public:
  ByteBudget(TimePoint now, std::size_t per_second)
      : per_second_{per_second}, tokens_{static_cast<double>(per_second)}, filled_{now} {}
  [[nodiscard]] bool take(TimePoint now, std::size_t bytes);

 private:
  std::size_t per_second_;
  double tokens_;
  TimePoint filled_;
};

struct RelayPortCounters {
  std::uint64_t datagrams = 0, bytes = 0;  // passed on
  std::uint64_t over_budget = 0;  // dropped: the session's or all sessions' bytes are used up
  std::uint64_t over_queue = 0;   // dropped: they came faster than they could leave
  std::uint64_t strangers = 0;    // of neither side, and without the word
};

// One relayed session on a port of its own. Both sides come with RLY_PKT and the word that its
// client was given; when both have, each gets RLY_RDY, and from then on every datagram of one goes
// to the other as it is: the relay cannot read them and need not. It is for a device that somebody
// may ask for: that RLY_REQ named, or that Config::admits; RLY_PKT may come before RLY_REQ does.
// Only CLOSE it knows when it sees it, plain or under a known key: a port is free two seconds after
// a side has left, not after idle_time. Nothing goes to an address that has not shown the word.
//
//   waiting --(client and device came, and may)--> open --(idle_time, or CLOSE and 2 s)--> over
//      +--(opening_time; unclaimed_time without the word)--> over
class RelayPort final : public Endpoint {
 public:
  struct Config {
    MagicWord word{};
    Cipher cipher;  // of RLY_PKT and RLY_RDY; plain is understood, too
    RelayLimits limits;
    std::function<bool(const Uid&)> admits{};  // without RLY_REQ; none: nobody
  };
  // `all` is the budget of all sessions and outlives it.
  RelayPort(TimePoint now, Config config, ByteBudget& all);

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;

  // RLY_REQ said whom it is for, and may: nobody else may come.
  void expect(const Uid& uid) {
    uid_ = uid;
    admitted_ = true;
  }
  [[nodiscard]] const MagicWord& word() const noexcept { return config_.word; }
  [[nodiscard]] bool is_open() const noexcept {
    return admitted_ && client_.has_value() && device_.has_value();
  }
  [[nodiscard]] bool is_over() const noexcept { return over_; }
  [[nodiscard]] const std::optional<Uid>& uid() const noexcept { return uid_; }
  [[nodiscard]] const std::optional<Address>& client() const noexcept { return client_; }
  [[nodiscard]] const std::optional<Address>& device() const noexcept { return device_; }
  [[nodiscard]] const RelayPortCounters& counters() const noexcept { return counters_; }

 private:
  struct Waiting {
    Address to;
    Bytes bytes;
  };
  [[nodiscard]] bool on_arrival(TimePoint now, const Address& from, BytesView datagram);
  void pass_on(TimePoint now, const Address& from, BytesView datagram);
  void note_goodbye(TimePoint now, const Address& from, BytesView datagram);
  [[nodiscard]] TimePoint end() const;
  void tell_ready(const Address& to, const Cipher& form);

  Config config_;
  ByteBudget& all_;
  ByteBudget own_;
  std::optional<Uid> uid_;
  std::optional<Address> client_, device_;
  std::optional<Address> left_by_;  // whose last datagram was CLOSE or CLOSE_ACK
  TimePoint left_at_;
  Cipher client_form_, device_form_;  // as their RLY_PKT came
  std::deque<Waiting> waiting_;
  std::vector<Bytes>
      spare_;       // buffers that were used: passing on allocates nothing in the long run
  TimePoint last_;  // when it began, later: when a datagram was passed on
  bool admitted_ = false, over_ = false;
  RelayPortCounters counters_;
};

}  // namespace cam32100::protocol
