#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <vector>

#include "protocol/transport/lan_search.hpp"
#include "protocol/transport/locator.hpp"
#include "protocol/transport/relay_client.hpp"
#include "protocol/transport/session.hpp"
#include "protocol/wire/fifo.hpp"

namespace cam32100::bridge {

struct Candidate {
  protocol::Address address;
  protocol::Path path = protocol::Path::direct;
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

struct SearchConfig {
  protocol::Uid uid;
  protocol::CipherList ciphers;
  protocol::CipherList other_ciphers;            // to name the camera's key when ours is wrong
  std::vector<Candidate> known;                  // tried at once
  std::vector<protocol::Address> lan_targets;    // empty: no LAN search
  std::vector<protocol::ServerAddress> servers;  // empty: neither look-up nor relay
  std::optional<protocol::Dsk> dsk;
  protocol::SockAddr lan_address;  // ours, told to the servers with the port of on_bound()
  protocol::OwnAddresses own;      // of this host
  bool looks_up = true;            // asks the servers where the camera is
  std::vector<protocol::Address> poor_relays;  // that came to nothing lately: tried last
  // When a relay is asked for beside the rest; nothing: never. At once it would take a relay's
  // place for cameras that are reached directly a moment later.
  std::optional<protocol::Duration> relay_after{std::chrono::milliseconds{1500}};
  protocol::Duration timeout{std::chrono::seconds{8}};
};

// Looks for one camera everywhere at once: known addresses, LAN search, look-up; a relay a little
// later. Opens no session; the addresses it finds are candidates for one. The owner passes
// datagrams and time, then takes candidates and events. It keeps saying whose a late answer is
// after stop().
class CameraSearch {
 public:
  CameraSearch(protocol::TimePoint now, SearchConfig config, std::uint64_t seed);

  // True: it came from a server, which is the search's business alone.
  [[nodiscard]] bool on_datagram(protocol::TimePoint now, const protocol::Address& from,
                                 protocol::BytesView datagram);
  void on_time(protocol::TimePoint now);
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;
  [[nodiscard]] bool take_datagram(protocol::TimePoint now, protocol::Datagram& out);
  void on_bound(const protocol::Address& local);
  void stop();  // sends and waits for nothing any more

  [[nodiscard]] std::optional<Candidate> take_candidate();
  [[nodiscard]] std::optional<protocol::LocatorEvent> take_event();
  // Where a relay has the camera on its other side: once.
  [[nodiscard]] std::optional<protocol::Address> take_relay();

  // Answered our search under another id: a neighbour, not a stranger.
  [[nodiscard]] bool is_other_camera(const protocol::Address& from) const {
    return other_cameras_.contains(from);
  }
  [[nodiscard]] bool lan_answered() const noexcept { return lan_answer_.has_value(); }
  [[nodiscard]] std::optional<Candidate> lan_candidate() const;
  [[nodiscard]] bool lookup_answered() const noexcept {
    return lookup_found_;
  }  // a server knows where it is
  [[nodiscard]] bool answered() const noexcept { return lan_answered() || lookup_answered(); }
  // The name of the key that the camera answered under, when it is none of ours, and on which
  // stage: "lan", "punch" where a server says it is, or "relay".
  [[nodiscard]] const std::string& other_cipher() const noexcept { return other_cipher_; }
  [[nodiscard]] const char* other_cipher_stage() const noexcept {
    return !other_cipher_at_ ? "lan" : other_cipher_at_ == relay_way_ ? "relay" : "punch";
  }
  [[nodiscard]] bool json_dialect_hint() const noexcept { return json_dialect_hint_; }
  // How the look-up ended, once it has: nothing when it found the camera, still runs, or there is
  // none.
  [[nodiscard]] std::optional<protocol::Errc> lookup_error() const noexcept {
    return lookup_error_;
  }
  [[nodiscard]] bool finished() const noexcept;      // nothing new is to be expected
  [[nodiscard]] bool is_pointless() const noexcept;  // there is nowhere to look
  [[nodiscard]] const SearchConfig& config() const noexcept { return config_; }
  // How the relay was missed, once it was: as lookup_error().
  [[nodiscard]] const std::optional<protocol::RelayFailed>& relay_error() const noexcept {
    return relay_error_;
  }
  [[nodiscard]] std::vector<protocol::ServerReport> servers() const {
    return locator_ ? locator_->report() : last_report_;
  }
  // What was tried in vain, and what was good.
  [[nodiscard]] std::vector<protocol::RelayReport> relays() const {
    return relay_ ? relay_->report() : last_relays_;
  }
  // [{"stage":"address"|"lan"|"lookup"|"punch"|"relay", ...}]: what was tried and what came of it.
  // `opened`: the session it led to, if it did. Who had not answered by then may not have had the
  // time to: "not_needed" when the session came at once.
  [[nodiscard]] nlohmann::json attempts(const std::optional<protocol::Ready>& opened) const;
  // The same while it goes on, without what changes by itself (times): for the state topic.
  [[nodiscard]] nlohmann::json progress() const;

 private:
  void take_lan_answers();
  [[nodiscard]] bool is_ours(const protocol::Cipher& cipher) const;
  [[nodiscard]] protocol::Path path_of_answer(const protocol::Address& from) const;
  void note_other_key(const protocol::Address& from, protocol::BytesView datagram);
  void take_lookup_events();
  void take_relay_events();
  void start_relay_if_due(protocol::TimePoint now);
  [[nodiscard]] bool may_relay() const noexcept;
  using Opened = std::optional<protocol::Ready>;
  void add_known_attempts(nlohmann::json& tried, const Opened& opened) const;
  void add_lan_attempt(nlohmann::json& tried, const Opened& opened) const;
  void add_lookup_attempts(nlohmann::json& tried, const Opened& opened) const;
  void add_punch_attempts(nlohmann::json& tried, const Opened& opened) const;
  void add_relay_attempts(nlohmann::json& tried) const;

  SearchConfig config_;
  std::unique_ptr<protocol::Locator> locator_;
  std::unique_ptr<protocol::LanSearch> lan_;
  std::unique_ptr<protocol::RelayClient> relay_;
  std::optional<protocol::TimePoint> relay_due_;
  std::optional<protocol::Address> relay_found_;
  std::optional<protocol::Address> relay_way_;  // as relay_found_, kept
  std::optional<protocol::RelayFailed> relay_error_;
  protocol::Fifo<Candidate>
      candidates_;  // at most known + 1 + the servers' addresses, see take_lookup_events()
  protocol::Fifo<protocol::LocatorEvent> events_;
  std::set<protocol::Address>
      other_cameras_;  // answered our search under another id; bounded by the search's own cap
  std::optional<protocol::CameraFound> lan_answer_;
  std::vector<protocol::ServerReport> last_report_;
  std::vector<protocol::RelayReport> last_relays_;
  std::optional<protocol::Errc> lookup_error_;
  std::string other_cipher_;
  std::optional<protocol::Address> other_cipher_at_;  // it punched us from there; else on the LAN
  bool lookup_found_ = false;
  bool json_dialect_hint_ = false;
};

}  // namespace cam32100::bridge
