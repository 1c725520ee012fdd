#pragma once

#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "bridge/core/camera_supervisor.hpp"
#include "bridge/core/supervisor_availability.hpp"
#include "bridge/core/supervisor_backoff.hpp"
#include "bridge/core/supervisor_errors.hpp"
#include "bridge/core/supervisor_events.hpp"
#include "bridge/core/supervisor_link.hpp"
#include "bridge/core/supervisor_queue.hpp"
#include "bridge/core/supervisor_search.hpp"

namespace cam32100::bridge {

// A plan under way on the open session.
struct Run {
  enum class Role {
    job,     // somebody waits for it
    verify,  // our own check_user.cgi
    stop,    // a ptz stop that nobody waits for, but that must be sent
  };
  Role role = Role::job;
  PlanJob job;
  std::vector<std::uint64_t> tickets;  // one for each step sent; a batch has one for all
  std::vector<std::optional<protocol::CgiReply>> replies;  // one for each step
  std::size_t outstanding = 0;                             // replies on their way
  std::optional<protocol::TimePoint> resume_at;            // pausing before the next step
  bool saw_refusal = false;                                // a reply said result=-1
  bool held = false;  // answered, waits for the verdict on our credentials

  [[nodiscard]] bool all_sent() const {
    return job.plan.batch ? !tickets.empty() : tickets.size() == job.plan.steps.size();
  }
  [[nodiscard]] bool is_complete() const { return all_sent() && outstanding == 0; }
  // Whether what has come is an answer, should nothing more come: all but what may fail; of a
  // batch, any.
  [[nodiscard]] bool has_enough() const;
  [[nodiscard]] bool changes_camera() const {
    return job.plan.kind == mappings::PlanKind::change || job.plan.kind == mappings::PlanKind::ptz;
  }
  // A move is under way whose stop has not been sent; sent, but perhaps lost with the session.
  [[nodiscard]] bool has_unsent_stop() const;
  [[nodiscard]] bool owes_stop() const;
};

// A stop the camera must still get: the dead man's, or that of a move whose session was lost.
struct OwedStop {
  protocol::CgiRequest request;
  protocol::TimePoint due;
  protocol::TimePoint expires;  // given up when no session could be had
};

// A wish about where to connect; the empty one is "anywhere".
struct Route {
  std::optional<protocol::Address> address;
  std::optional<protocol::Path> via;
  friend bool operator==(const Route&, const Route&) = default;
};

struct WaitingConnect {
  Asker asker;
  Route route;
};

struct RunningLookup {
  Asker asker;
  std::unique_ptr<protocol::Locator> locator;
};

// Durations that would make a loop of a wait, and an empty queue cap, are lifted to the least that
// works.
[[nodiscard]] SupervisorConfig with_sane_limits(SupervisorConfig config);

// The state machine behind CameraSupervisor; its parts stand in
// supervisor_{life,attempt,presence,input,jobs,answers,
// orders,runs,run_end,ptz,upgrade,verify,status}.cpp.
//
//   resting --(session wanted)--> waiting --(next_try)--> trying --(Ready)--> open
//      ^                            ^  ^                    |                  |
//      |                            |  +------(failed)------+      (lost) -----+
//      +---(none wanted)------------+                                          |
//                                   +------- leaving (CLOSE under way) <-------+ (disconnect, idle,
//                                   refused, resume)
struct CameraSupervisor::Impl {
  using TimePoint = protocol::TimePoint;
  using Duration = protocol::Duration;
  enum class Phase { resting, waiting, trying, open, leaving };
  enum class Verdict { none, offline, busy, auth_failed };  // on the last attempt

  Impl(TimePoint now, SupervisorConfig configuration, std::uint64_t seed);

  // --- life: supervisor_life.cpp
  void settle(TimePoint now);
  void begin_attempt(TimePoint now);
  void end_attempt(TimePoint now, protocol::Errc code, protocol::Operation operation);
  void give_up_hopeless_attempt(TimePoint now);
  void on_ready(TimePoint now, const protocol::Ready& opened);
  void on_session_closed(TimePoint now, const protocol::SessionClosed& closed);
  void lose_session(TimePoint now, const std::string& why, bool refused);
  void leave(TimePoint now);
  void go_on_leaving(TimePoint now);
  void retire_link();
  void rest(TimePoint now);
  void start_presence_check(TimePoint now);
  void finish_presence_check(TimePoint now);
  void prove(TimePoint now);
  void schedule_retry(TimePoint now);  // by the verdict
  void hurry(TimePoint now);           // somebody waits: sooner, but politely
  void hurry_even_if_refused(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> proof_due() const;
  [[nodiscard]] std::optional<TimePoint> hopeless_due() const;
  [[nodiscard]] Duration recheck_interval() const;
  [[nodiscard]] bool wants_session() const;
  [[nodiscard]] bool wants_session_now() const;  // for somebody or something that waits
  [[nodiscard]] bool is_refusing(
      TimePoint now) const;  // busy or auth_failed, and it is too early to ask again
  [[nodiscard]] SearchConfig search_config(const Route& wanted) const;
  [[nodiscard]] protocol::SockAddr lan_address() const;  // of our socket
  void on_bound(const protocol::Address& local);
  void remember_relays();  // which were no good in this attempt
  [[nodiscard]] protocol::SessionConfig session_config(const SearchConfig& sought) const;
  [[nodiscard]] protocol::CgiExchangeConfig exchange_config() const;
  [[nodiscard]] mappings::CommandError attempt_error(const AttemptFacts& facts) const;
  [[nodiscard]] AttemptFacts attempt_facts(TimePoint now, protocol::Errc code,
                                           protocol::Operation operation) const;
  void note_seen(TimePoint now);
  void note_missed(TimePoint now);

  // --- input: supervisor_input.cpp
  void on_datagram(TimePoint now, const protocol::Address& from, protocol::BytesView datagram);
  void on_time(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  [[nodiscard]] bool take_datagram(TimePoint now, protocol::Datagram& out);
  void progress(TimePoint now);  // drains everything below, then decides what to do next
  void end_batch();              // progress() for datagrams that came since
  void leave_if_done(TimePoint now);
  void drain_search(TimePoint now);
  void drain_lookups(TimePoint now);
  void drain_session(TimePoint now);
  void drain_exchange(TimePoint now);
  void tell(std::optional<ProtocolEvent> event);
  void log(bool warning, std::string message);

  // --- jobs: supervisor_jobs.cpp
  void submit(TimePoint now, Job job);
  void submit_plan(TimePoint now, const Asker& asker, PlanJob job);
  void submit_connect(TimePoint now, const Asker& asker, const ConnectJob& job);
  void submit_lookup(TimePoint now, const Asker& asker, const LookupJob& job);
  [[nodiscard]] bool is_welcome(TimePoint now) const;              // a job of JobOrigin::timed
  [[nodiscard]] bool has_room(TimePoint now, const Asker& asker);  // false: answered rate_limited
  [[nodiscard]] bool follows(const Route& wanted) const;           // the open session does
  void submit_disconnect(TimePoint now, const Asker& asker);
  void disconnect(TimePoint now);  // the front of the queue asks for it
  void expire(TimePoint now);
  void fail(const Asker& asker, mappings::CommandError error);
  void fail_waiting(const std::vector<JobQueue::Taken>& taken, const mappings::CommandError& error);
  void answer_connects(TimePoint now);
  void fail_connects(TimePoint started, const mappings::CommandError& error);
  void cancel_waiting(const mappings::CommandError& error);
  void answer_all(const mappings::CommandError& error);
  [[nodiscard]] nlohmann::json attempts_of_ready() const;  // what led to the open session
  [[nodiscard]] mappings::CommandError waiting_error(TimePoint now, const Asker& asker) const;
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] bool join_snapshot(const PlanJob& job, const Asker& asker);
  void shut_down(TimePoint now, const mappings::CommandError& why);
  void resume(TimePoint now);
  void reconfigure(TimePoint now, SupervisorConfig configuration);
  [[nodiscard]] bool may_keep_cipher() const;
  [[nodiscard]] bool is_sought_elsewhere(const SupervisorConfig& before) const;

  // --- runs: supervisor_runs.cpp
  void dispatch(TimePoint now);
  [[nodiscard]] bool may_start(const PlanJob& job) const;
  void start(TimePoint now, Run::Role role, PlanJob job);
  [[nodiscard]] bool send_step(
      TimePoint now, std::list<Run>::iterator run);  // false: it failed, was answered, is gone
  void plan_ptz_stop(TimePoint now, Run& run, std::size_t step);
  void on_reply(TimePoint now, protocol::CgiReplied answer);
  void take_reply(TimePoint now, protocol::CgiReplied answer, std::optional<int> result);
  void on_reply_timeout(TimePoint now, const protocol::CgiTimedOut& timed_out);
  void finish(TimePoint now, std::list<Run>::iterator run);
  void deliver(std::list<Run>::iterator run);
  void deliver_what_came(std::list<Run>::iterator run);
  void abandon(std::list<Run>::iterator run);
  void drop_run(
      TimePoint now,
      std::list<Run>::iterator run);  // nobody waits for it any more: abandon, or keep as a stop
  void drop_all_runs(TimePoint now);
  void supersede_moves(TimePoint now);
  void park_runs(TimePoint now, const std::string& why);  // the session is gone
  void owe_stop(TimePoint now, const mappings::PlanStep& step, Duration in);
  void send_owed_stops(TimePoint now, bool all);
  void continue_paused(TimePoint now);
  void expire_runs(TimePoint now);
  [[nodiscard]] std::list<Run>::iterator find_run(std::uint64_t ticket);
  [[nodiscard]] bool has_job_runs() const;
  // It answered the search as another family does, and no request at all.
  [[nodiscard]] bool speaks_otherwise() const;
  [[nodiscard]] std::optional<TimePoint> runs_deadline() const;

  // --- from a relay to a direct way: supervisor_upgrade.cpp
  [[nodiscard]] bool may_upgrade() const;
  [[nodiscard]] bool is_about_to_switch() const { return upgrade && upgrade->ready; }
  [[nodiscard]] bool is_waiting_for_replies() const;
  [[nodiscard]] std::optional<TimePoint> upgrade_deadline() const;
  [[nodiscard]] bool upgrade_takes(TimePoint now, const protocol::Address& from,
                                   protocol::BytesView datagram);
  void plan_upgrade(TimePoint now);
  void start_upgrade(TimePoint now);
  void go_on_upgrading(TimePoint now);
  void drain_upgrade(TimePoint now);
  void give_up_upgrade(TimePoint now);
  void adopt_upgrade(TimePoint now);

  // --- our credentials: supervisor_verify.cpp
  void start_verification(TimePoint now);
  [[nodiscard]] bool is_verifying() const;
  void on_verified(TimePoint now, protocol::CgiReply reply);
  // What a reply of check_user.cgi says against the credentials it was asked with.
  [[nodiscard]] static std::optional<Verdict> refusal_in(const protocol::CgiReply& reply);
  void release_held();
  void reject(TimePoint now, Verdict why);

  // --- status: supervisor_status.cpp
  [[nodiscard]] CameraStatus status() const;
  [[nodiscard]] CameraSession session_value() const;
  void note_status(TimePoint now);  // emits StatusChanged if something published differs
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] const protocol::SessionCounters& counters() const noexcept;

  SupervisorConfig config;
  SeedSequence seeds;
  EventQueue events;
  TimePoint last_now;
  bool batch_open = false;  // datagrams were fed and not yet acted upon

  Phase phase = Phase::waiting;
  Verdict verdict = Verdict::none;
  std::string reason;
  std::optional<mappings::CommandError> last_error;
  bool stay_closed = false;
  bool shutting_down = false;
  bool is_down = false;

  Availability availability;
  Backoff backoff;   // of a camera that cannot be reached
  Backoff refusals;  // of one that refuses us
  std::uint64_t retries = 0;
  unsigned silent_refusals =
      0;  // attempts in a row in which the camera was heard but let nobody in
  TimePoint next_try;
  std::optional<TimePoint> failed_at;

  std::uint32_t generation = 0;
  bool socket_used = false;  // by a session of this generation
  std::unique_ptr<CameraSearch> search;
  std::uint16_t local_port = 0;
  bool last_by_relay = false;  // the last session that opened, if it did not become a direct one
  std::vector<protocol::Address> poor_relays;  // newest last, eight at most
  std::unique_ptr<CameraLink> link;
  std::unique_ptr<CameraLink>
      parting;  // of a lost session: may still have a CLOSE to say, from the old socket
  // A direct session that is to take a relayed one's place.
  struct Upgrade {
    std::unique_ptr<CameraSearch> search;  // until it is open
    std::unique_ptr<CameraLink> link;
    std::optional<protocol::Ready> ready;
    std::string attempts;  // as opened_by
  };
  std::optional<Upgrade> upgrade;
  std::optional<protocol::Address> left_relay;  // still passes on what the camera sent before
  bool gave_up_relay = false;                   // for a direct session that has not been had yet
  TimePoint upgrade_due;
  unsigned upgrades_failed = 0;  // in a row
  TimePoint attempt_started;
  Route route;  // of the attempt or the open session
  std::optional<Candidate> remembered;
  std::string good_cipher;
  TimePoint presence_due;

  std::optional<protocol::Ready> ready;
  std::string opened_by;  // CameraSearch::attempts() as JSON text: it is seldom asked for
  TimePoint opened_at;
  bool replied = false;     // the open session gave at least one reply
  bool proven = false;      // it is worth trusting: the backoff starts anew
  bool rejected = false;    // the camera refuses our credentials; only credentials jobs go on
  unsigned unanswered = 0;  // requests in a row
  TimePoint last_activity;
  TimePoint leave_by;
  bool close_sent = false;

  JobQueue queue;
  std::list<Run> runs;
  std::vector<OwedStop> owed_stops;
  std::vector<WaitingConnect> connects;
  std::list<RunningLookup> lookups;
  std::uint64_t next_ticket = 1;

  mutable protocol::SessionCounters counter_sum;
  protocol::SessionCounters counters_before;  // of sessions that are over
  std::optional<CameraStatus> published;
  CameraSession published_session = CameraSession::idle;
  TimePoint session_since;
};

}  // namespace cam32100::bridge
