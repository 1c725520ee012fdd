#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bridge/core/camera_supervisor.hpp"

namespace cam32100::bridge::test {

using protocol::Duration;
using protocol::TimePoint;
using namespace std::chrono_literals;

inline const TimePoint kStart{1000s};

inline protocol::Uid test_uid() { return protocol::Uid::parse("VSTC-123456-ABCDE").value(); }

// A camera that is nowhere: the LAN stays silent.
inline SupervisorConfig silent_config() {
  SupervisorConfig config;
  config.uid = test_uid();
  config.credentials = {"admin", "hunter2-secret"};
  config.lan_targets = {{{255, 255, 255, 255}, protocol::kLanPort}};
  return config;
}

inline mappings::CommandPlan plan_of(mappings::PlanKind kind, const std::string& cgi) {
  mappings::CommandPlan plan;
  plan.kind = kind;
  plan.steps.push_back(
      {.request = {.cgi = cgi, .parameters = {}, .authenticate = true}, .pause_before = {}});
  return plan;
}
inline mappings::CommandPlan read_plan() {
  return plan_of(mappings::PlanKind::read, "get_status.cgi");
}
inline mappings::CommandPlan ptz_plan() {
  return plan_of(mappings::PlanKind::ptz, "decoder_control.cgi");
}

inline Job read_job(JobId id, std::optional<std::chrono::milliseconds> timeout = std::nullopt) {
  return {id, timeout, CgiJob{read_plan()}};
}
inline Job ptz_job(JobId id) { return {id, std::nullopt, CgiJob{ptz_plan()}}; }

// Everything a supervisor said, sorted by what tests ask for.
struct Heard {
  std::map<JobId, int> answers;  // of every kind
  std::map<JobId, mappings::CommandError> failures;
  std::map<JobId, JobLookedUp> lookups;
  std::map<JobId, std::vector<protocol::CgiReply>> replies;
  std::map<JobId, JobConnected> connects;
  std::vector<JobId> done;
  std::vector<bool> availability;
  std::vector<ProtocolEvent> protocol_events;
  std::vector<std::string> logs;
  int status_notes = 0;

  void take_from(CameraSupervisor& supervisor) {
    while (auto event = supervisor.take_event()) take(std::move(*event));
  }
  [[nodiscard]] bool failed_with(JobId id, mappings::ErrorCode code) const {
    const auto found = failures.find(id);
    return found != failures.end() && found->second.code == code;
  }

 private:
  void take(SupervisorEvent event) {
    if (auto* replied = std::get_if<JobReplied>(&event)) {
      ++answers[replied->id];
      replies[replied->id] = std::move(replied->replies);
    }
    if (auto* connected = std::get_if<JobConnected>(&event)) {
      ++answers[connected->id];
      connects[connected->id] = *connected;
    }
    if (auto* finished = std::get_if<JobDone>(&event)) {
      ++answers[finished->id];
      done.push_back(finished->id);
    }
    if (auto* looked_up = std::get_if<JobLookedUp>(&event)) {
      ++answers[looked_up->id];
      lookups[looked_up->id] = *looked_up;
    }
    if (auto* failed = std::get_if<JobFailed>(&event)) {
      ++answers[failed->id];
      failures[failed->id] = failed->error;
    }
    if (std::holds_alternative<StatusChanged>(event)) ++status_notes;
    if (auto* available = std::get_if<AvailabilityChanged>(&event))
      availability.push_back(available->online);
    if (auto* seen = std::get_if<ProtocolEvent>(&event))
      protocol_events.push_back(std::move(*seen));
    if (auto* log = std::get_if<SupervisorLog>(&event)) logs.push_back(std::move(log->message));
  }
};

// Drives a supervisor as a driver would, with nobody at the other end: time passes, datagrams
// vanish.
class Alone {
 public:
  explicit Alone(SupervisorConfig config, std::uint64_t seed = 1)
      : supervisor{kStart, std::move(config), seed} {
    drain();
  }

  void submit(Job job) {
    supervisor.submit(now, std::move(job));
    drain();
  }
  void drain() {
    heard.take_from(supervisor);
    while (supervisor.take_datagram(now, out_)) {
      ++sent;
      last_target = out_.to;
    }
    heard.take_from(supervisor);
  }
  // False when a deadline did not advance: the Endpoint promise is broken.
  [[nodiscard]] bool run_for(Duration length) {
    const TimePoint end = now + length;
    for (;;) {
      const auto due = supervisor.deadline();
      if (!due || *due > end) break;
      now = std::max(now, *due);
      supervisor.on_time(now);
      drain();
      const auto next = supervisor.deadline();
      if (next && *next <= *due) return false;
    }
    now = end;
    return true;
  }

  TimePoint now = kStart;
  CameraSupervisor supervisor;
  Heard heard;
  std::uint64_t sent = 0;
  protocol::Address last_target;

 private:
  protocol::Datagram out_;
};

}  // namespace cam32100::bridge::test
