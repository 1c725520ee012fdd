#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/dialect/cgi.hpp"
#include "protocol/peer/camera_strict.hpp"
#include "protocol/peer/pictures.hpp"
#include "protocol/transport/channel.hpp"
#include "protocol/transport/locator.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"

namespace cam32100::protocol {

// How a camera shows that it takes no further session. All forms are inferred (mqtt contract):
// options.
enum class RefusalForm {
  silent,           // no answer to PUNCH_PKT
  close_after_rdy,  // P2P_RDY, then CLOSE
  full_users,  // session opens; check_user says current_users = max_support_users and result=-1
};

struct CameraConfig {
  Uid uid;
  std::string psk;  // "" = plain
  Credentials credentials{"admin", "888888"};
  std::string alias = "IPCAM";
  std::string firmware = "48.53.75.92";
  std::string marker;  // put into every secret field of its replies (WiFi, FTP, mail ...): tests
                       // look for it
  Pictures pictures;   // snapshot.cgi cycles through them; empty: it answers result=-1
  // From frame to frame of livestream.cgi, which shows the same pictures; zero: as fast as the
  // window lets.
  Duration stream_interval = Duration{std::chrono::seconds{1}} / 15;
  std::vector<ServerAddress> servers;  // logged in to, kept alive
  std::string crc_key;                 // logs in with DEV_LGN_CRC; "" = DEV_LGN
  std::optional<Dsk> dsk;              // with a crc_key: logs in with DEV_LGN_DSK
  SockAddr lan_address;                // own, told to the servers
  Duration login_interval{std::chrono::seconds{10}};
  // Answers a search by LAN_SEARCH_EXT_ACK and no CGI call at all, as the JSON and iLnk families
  // do.
  bool other_dialect = false;
  std::set<std::string> nonsense;  // CGIs it answers with bytes that mean nothing
  std::set<std::string> refuses;   // CGIs it answers with result=-1, whatever the credentials
  std::map<std::string, std::string> values;  // of its pages, other than from the factory
  std::size_t max_sessions = 1;
  RefusalForm refusal = RefusalForm::silent;
  bool punch_variant_ready =
      false;  // true: iLnk style, wants P2P_RDY from the client before its own (variant B)
  bool answers_lan_search = true;
  bool takes_relays = true;          // goes where RLY_TO sends it
  bool says_ready_by_relay = false;  // sends P2P_RDY through the relay, too [some do: inferred]
  bool punches = true;               // goes to meet the clients that a server tells it of
  bool strict = false;               // serves no client that breaks a rule: see StrictRule
  bool tries_neighbours = true;  // punches ports around a client's, late [eufy and okam clients do]
  Duration silence_timeout{std::chrono::seconds{10}};
  ChannelConfig channel;
};

struct CameraCounters {
  std::uint64_t malformed = 0;            // datagrams that its key makes no packet of
  std::uint64_t unreadable_requests = 0;  // on channel 0: acknowledged, never answered
  std::uint64_t dropped_requests = 0;     // beyond what one client may have waiting
  std::uint64_t dropped_replies = 0;      // to a client that acknowledges too little
  std::uint64_t dropped_frames = 0;       // of live video, to a client that takes them too slowly
  std::uint64_t dropped_datagrams = 0;    // outside sessions, beyond what may wait
};

// What a test, or the person running `cam32100 emulate`, can see and steer.
struct CameraSnapshot {
  int pan = 0, tilt = 0;  // steps from the centre; left and down are negative
  int alarm_status = 0;
  std::size_t sessions = 0;
  std::uint64_t requests = 0;
  std::vector<std::string> last_requests;         // last 64, redacted text, oldest first
  std::map<std::string, std::string> parameters;  // as get_camera_params gives them
  bool logged_in = false;                         // some server said ok
  std::uint64_t reboots = 0;
  CameraCounters counters;  // of all sessions, past ones too
};

// What of it changes with what a camera does: as long as it is the same, so is all of the snapshot
// but requests and counters. Costs no allocation.
struct CameraGlance {
  int pan = 0, tilt = 0;
  int alarm_status = 0;
  std::size_t sessions = 0;
  bool logged_in = false;
  std::uint64_t reboots = 0;  // a return to the factory's settings is one
  std::uint64_t setting_changes = 0;
  friend bool operator==(const CameraGlance&, const CameraGlance&) = default;
};

// A camera that behaves as a VStarcam: LAN search, punch, login to servers, sessions with DRW
// channels, CGI.
class EmulatedCamera final : public Endpoint {
 public:
  EmulatedCamera(TimePoint now, CameraConfig config, std::uint64_t seed);
  ~EmulatedCamera() override;
  EmulatedCamera(const EmulatedCamera&) = delete;
  EmulatedCamera& operator=(const EmulatedCamera&) = delete;

  void on_datagram(TimePoint now, const Address& from, BytesView datagram) override;
  void on_time(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(TimePoint now, Datagram& out) override;
  // A lan_address without a port gets the socket's.
  void on_bound(const Address& local) override;

  void raise_alarm(TimePoint now, int alarm_status);  // 0 none, 1 motion, 2 input, 3 sensor
  void refuse(std::set<std::string> cgis);  // from now on, in place of CameraConfig::refuses
  void power_cycle(TimePoint now);  // forgets every session without a word, keeps its settings
  void reboot(TimePoint now);       // as reboot.cgi does, but at once: CLOSE to all, 2 s deaf
  void close_sessions();            // CLOSE to every client
  // Another network, and how it is received: dBm when negative, else percent.
  void join_wifi(std::string_view ssid, int strength);
  // What a client did against the rules of a strict camera, oldest first; at most 64 wait.
  [[nodiscard]] std::optional<StrictBreach> take_breach();
  [[nodiscard]] CameraSnapshot snapshot() const;
  [[nodiscard]] CameraGlance glance() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
