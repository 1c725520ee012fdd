#pragma once

#include <optional>
#include <vector>

#include "protocol/transport/session.hpp"

namespace cam32100::protocol {

// The part of a session before there is a peer: punches the candidates under each key, echoes
// PUNCH_PKT (variant A) and answers P2P_RDY a little later (variant B). It decides nothing about
// the peer.
class Handshake {
 public:
  // `config` must outlive it and hold at least one cipher.
  explicit Handshake(const SessionConfig& config) : config_{config} {}

  void add_candidate(TimePoint now, const Address& address, Path path);

  // What a datagram from anybody says.
  struct Greeting {
    enum class Kind {
      unreadable,  // no key decodes it
      other,       // a message, but no greeting of ours: another type or another UID
      punch,       // PUNCH_PKT with our UID
      ready,       // P2P_RDY with our UID
    };
    Kind kind = Kind::unreadable;
    std::size_t cipher = 0;  // position in the configuration
    std::uint8_t type = 0;
    Uid uid;
  };
  [[nodiscard]] Greeting read(BytesView datagram) const;
  // PUNCH_PKT from anybody: it is echoed, the source is punched from now on, under the key it used.
  void on_punch(TimePoint now, const Address& from, std::size_t cipher);

  void on_time(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out);

  [[nodiscard]] bool heard_anybody() const noexcept { return heard_anybody_; }
  [[nodiscard]] bool sent_ready_to(const Address& address) const noexcept;
  // A candidate is at that host, perhaps at another port: routers choose one.
  [[nodiscard]] bool is_candidate_host(const Address& address) const noexcept;
  [[nodiscard]] Path path_to(const Address& address) const noexcept;

 private:
  struct Contact {
    Address address;
    Path path = Path::direct;
    bool given = false;                 // a candidate; else only heard
    std::optional<std::size_t> cipher;  // known since it was heard
    std::size_t next_punch = 0;  // key of the next punch of this round; past the last one: done
    unsigned echoes = 0;         // waiting to be sent
    unsigned echoes_left = 0;    // of this round
    std::optional<TimePoint> ready_due;  // when P2P_RDY goes out, should none have come
    bool ready_waits = false;
    bool ready_sent = false;
    std::optional<TimePoint> neighbours_due;    // only of public addresses that a server told
    std::size_t next_neighbour = kNoNeighbour;  // of this round
  };
  static constexpr std::size_t kNoNeighbour = static_cast<std::size_t>(-1);

  [[nodiscard]] Contact* find(const Address& address) noexcept;
  [[nodiscard]] const Contact* find(const Address& address) const noexcept;
  [[nodiscard]] std::size_t count(bool given) const noexcept;
  static void begin_round(Contact& contact) noexcept;
  [[nodiscard]] bool take_punch(Contact& contact, Datagram& out) const;
  [[nodiscard]] bool take_neighbour(Contact& contact, Datagram& out) const;

  const SessionConfig& config_;
  std::vector<Contact> contacts_;
  std::optional<TimePoint> next_round_;
  bool heard_anybody_ = false;
};

}  // namespace cam32100::protocol
