#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bridge/core/own_host.hpp"
#include "mappings/command.hpp"
#include "mappings/error.hpp"
#include "protocol/dialect/cgi.hpp"
#include "protocol/transport/lan_search.hpp"
#include "protocol/transport/locator.hpp"
#include "protocol/transport/session.hpp"

namespace cam32100::bridge {

// Where a camera was last reached, and under which key.
struct KnownWay {
  protocol::Address address;
  protocol::Path path = protocol::Path::direct;  // never relay
  std::string cipher_name;
  friend bool operator==(const KnownWay&, const KnownWay&) = default;
};

struct SupervisorConfig {
  protocol::Uid uid;
  protocol::Credentials credentials;
  std::optional<protocol::Address> address;  // known
  std::optional<KnownWay> known_way;         // of an earlier run; read at the start alone
  protocol::CipherList ciphers;              // in the order to try
  // Keys that the LAN search tries beside them, to tell that a camera has another one.
  protocol::CipherList other_ciphers;
  std::vector<protocol::ServerAddress> servers;
  std::optional<protocol::Dsk> dsk;  // the camera's device key, for servers that ask for it
  std::vector<protocol::Address> lan_targets;
  OwnHost own;
  bool relays = true;  // may go through one
  // Of an attempt: what is reached directly mostly is by then, and what is not is so later on,
  // under the relayed session.
  std::chrono::milliseconds relay_after{1500};
  bool on_demand = false;
  std::chrono::milliseconds connect_timeout{8000};
  std::chrono::milliseconds request_timeout{5000};
  std::chrono::milliseconds idle_logout{60000};     // on demand
  std::chrono::milliseconds presence_check{60000};  // on demand
  std::chrono::milliseconds offline_grace{30000};
  std::chrono::milliseconds backoff_min{1000};
  std::chrono::milliseconds backoff_max{60000};
  std::chrono::milliseconds busy_backoff{60000};
  std::size_t max_queue = 16;
  bool packet_events = false;
  // Takes what comes on the channels of video and sound, that is all but 0, from the next session
  // on: called from within on_datagram(), must not call back, outlives the supervisor. Null: such
  // bytes are acknowledged and dropped. With it a relayed session stays one, for a stream that the
  // camera was asked for does not follow to another session.
  protocol::StreamReceiver* media = nullptr;
};

enum class CameraSession { idle, searching, connecting, connected, auth_failed, busy, offline };
[[nodiscard]] std::string_view to_text(CameraSession session) noexcept;

using JobId = std::uint64_t;

struct CgiJob {
  mappings::CommandPlan plan;
  // Wall time minus steady time, for a plan that needs the wall time when it is sent.
  std::chrono::system_clock::duration wall_ahead{};
};
struct ConnectJob {
  std::optional<protocol::Address> address;
  std::optional<protocol::Path> via;
};
struct DisconnectJob {};
struct LookupJob {
  std::vector<protocol::ServerAddress> servers;
};  // empty: the configured ones
struct CredentialsJob {
  protocol::Credentials credentials;
  mappings::CommandPlan plan{};  // check_user.cgi first; empty: it alone
};                               // whether the camera takes these
// Who wants it.
enum class JobOrigin {
  asked,  // somebody waits: opens a session, and undoes a `disconnect`
  timed,  // the bridge, now: opens one unless `disconnect` closed it, and leaves a camera that
          // cannot be reached its pauses
  own     // the bridge, if it costs nothing: fails at once when no session is open or one is about
          // to be closed
};
struct Job {
  JobId id = 0;
  std::optional<std::chrono::milliseconds>
      timeout;  // whole job, from submission; default: connect + request time-outs + pauses
  std::variant<CgiJob, ConnectJob, DisconnectJob, LookupJob, CredentialsJob> what;
  JobOrigin origin = JobOrigin::asked;
};

// --- events
struct JobReplied {  // CgiJob, CredentialsJob
  JobId id = 0;
  // In the order of the plan's steps; bodies to be moved out. An empty one (command_id 0) stands
  // for a step that may fail, or a call of a batch, that got none.
  std::vector<protocol::CgiReply> replies;
  std::vector<std::string> cgis;  // that were asked, in the same order
};
struct CredentialsChecked {  // our own check_user.cgi, after each opening and in doubt
  protocol::CgiReply reply;
};
struct JobConnected {
  JobId id = 0;
  protocol::Address address;
  protocol::Path path = protocol::Path::direct;
  bool already = false;
  nlohmann::json attempts =
      nullptr;  // [{"stage":"lookup","server":..,"result":..,"took_ms":..}, ...]
};
struct JobDone {
  JobId id = 0;
};  // DisconnectJob
struct JobLookedUp {
  JobId id = 0;
  std::vector<protocol::ServerReport> servers;
  std::optional<protocol::Errc> verdict;  // nullopt: found
};
struct JobFailed {
  JobId id = 0;
  mappings::CommandError error;
};
struct StatusChanged {};  // status() differs (rtt, last_seen, queued alone do not count)
struct AvailabilityChanged {
  bool online = false;
};
// A protocol event: type is the topic's last level (stun, lookup, confirmed, complete, close ...),
// fields its own keys. Per-packet types (ping, pong, ack, http) come only with packet_events.
struct ProtocolEvent {
  std::string type;
  nlohmann::json fields;
};
struct SupervisorLog {
  bool warning = false;
  std::string message;
};
using SupervisorEvent =
    std::variant<JobReplied, JobConnected, JobDone, JobLookedUp, JobFailed, CredentialsChecked,
                 StatusChanged, AvailabilityChanged, ProtocolEvent, SupervisorLog>;

struct CameraStatus {
  CameraSession session = CameraSession::idle;
  std::string reason;  // "" or e.g. "timed_out, awaiting_ready"
  protocol::TimePoint since{};
  std::optional<protocol::Path> path;
  std::optional<protocol::Address> address;
  std::optional<protocol::Duration> rtt;
  std::uint64_t retries = 0;  // since the last success
  std::optional<protocol::TimePoint> next_try;
  std::optional<protocol::TimePoint> last_seen;
  std::optional<mappings::CommandError> last_error;
  // While it is sought: each rung and what came of it so far, as in JobConnected, without times;
  // else null.
  nlohmann::json search = nullptr;
  bool available = false;
  bool asked_to_stay_closed = false;  // after `disconnect`
  std::string cipher_name;
  std::size_t queued = 0;
};

// One camera's life: searching, connecting, online, backing off; its request queue. Known address,
// LAN search and look-up run side by side and the first to open a session wins. Endless retry with
// backoff and jitter, which start anew only after a session has proved itself; each session on a
// fresh socket (socket_generation()). A camera that refuses us (busy, auth_failed) is left alone
// longer, and jobs for it are answered at once meanwhile; only a connect, a credentials check or
// new credentials ask it earlier. Not thread-safe; never blocks; remote input never throws.
class CameraSupervisor final : public protocol::Endpoint {
 public:
  // Settings that would make a loop of a wait (zero time-outs, an empty queue) are lifted to the
  // least that works.
  CameraSupervisor(protocol::TimePoint now, SupervisorConfig config, std::uint64_t seed);
  ~CameraSupervisor() override;
  CameraSupervisor(const CameraSupervisor&) = delete;
  CameraSupervisor& operator=(const CameraSupervisor&) = delete;

  // Exactly one answer per job, always, at the latest at its deadline.
  //
  // With an open session the request goes out with the next take_datagram(). Reads overlap (8 at
  // most) and are repeated once when their session is lost; changes run one at a time, in order,
  // and are never sent twice. What cannot start waits, max_queue jobs at most, else JobFailed
  // rate_limited with retry_after_ms (reads put back after a lost session may stand above the cap).
  // A waiting or pausing ptz job is replaced by a newer one (superseded); its stop is sent all the
  // same, whatever became of job and session. A snapshot job joins the one in flight of the same
  // plan and gets its own answer.
  //
  // A disconnect lets earlier jobs of an open session finish, cancels them (superseded) when there
  // is none, then the camera stays closed until asked: any connect or camera command is asking, a
  // look-up is not.
  void submit(protocol::TimePoint now, Job job);
  // credentials, address, servers, time-outs ...; reconnects only if needed. packet_events: from
  // the next session on.
  void reconfigure(protocol::TimePoint now, SupervisorConfig config);
  void on_resume(
      protocol::TimePoint now);  // the host slept: the session is stale, reconnect at once
  // Answers everything with `why` (default: shutting_down), sends pending ptz stops, then CLOSE; at
  // most 1.5 s to is_shut_down().
  void shut_down(protocol::TimePoint now);
  void shut_down(protocol::TimePoint now, const mappings::CommandError& why);
  [[nodiscard]] bool is_shut_down() const noexcept;  // CLOSE was sent; the socket may go

  void on_datagram(protocol::TimePoint now, const protocol::Address& from,
                   protocol::BytesView datagram) override;
  void on_time(protocol::TimePoint now) override;
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const override;
  [[nodiscard]] bool take_datagram(protocol::TimePoint now, protocol::Datagram& out) override;
  [[nodiscard]] std::uint32_t socket_generation() const override;
  void on_bound(const protocol::Address& local) override;

  [[nodiscard]] std::optional<SupervisorEvent> take_event();
  [[nodiscard]] CameraStatus status() const;
  [[nodiscard]] const protocol::SessionCounters& counters()
      const noexcept;  // summed over all sessions

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::bridge
