// Whether the camera takes our credentials: asked by check_user.cgi, once after each opening and
// whenever a reply says result=-1, which by itself may mean anything.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

namespace {

std::optional<int> number(const protocol::CgiValues& values, std::string_view name) {
  const std::string* text = values.find(name);
  int parsed = 0;
  if (text == nullptr) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), parsed);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return parsed;
}

}  // namespace

mappings::CommandPlan check_user_plan() {
  mappings::CommandPlan plan;
  plan.steps.push_back(
      {.request = {.cgi = "check_user.cgi", .parameters = {}, .authenticate = true},
       .pause_before = {}});
  return plan;
}

void CameraSupervisor::Impl::start_verification(TimePoint now) {
  PlanJob job;
  job.plan = check_user_plan();
  start(now, Run::Role::verify, std::move(job));
}

bool CameraSupervisor::Impl::is_verifying() const {
  return std::any_of(runs.begin(), runs.end(),
                     [](const Run& run) { return run.role == Run::Role::verify; });
}

std::optional<CameraSupervisor::Impl::Verdict> CameraSupervisor::Impl::refusal_in(
    const protocol::CgiReply& reply) {
  const protocol::CgiValues values = protocol::parse_cgi_text(reply.body);
  if (values.result() != -1) return std::nullopt;
  const auto users = number(values, "current_users");
  const auto limit = number(values, "max_support_users");
  const bool full = users && limit && *limit > 0 && *users >= *limit;
  return full ? Verdict::busy : Verdict::auth_failed;
}

void CameraSupervisor::Impl::on_verified(TimePoint now, protocol::CgiReply reply) {
  const auto refusal = refusal_in(reply);
  events.push(CredentialsChecked{std::move(reply)});
  if (phase != Phase::open || !refusal) return release_held();
  reject(now, *refusal);
}

void CameraSupervisor::Impl::release_held() {
  for (auto run = runs.begin(); run != runs.end();) {
    const auto next = std::next(run);
    if (run->held) deliver(run);
    run = next;
  }
}

void CameraSupervisor::Impl::reject(TimePoint now, Verdict why) {
  const bool full = why == Verdict::busy;
  verdict = why;
  reason = full ? "session limit: as many viewers as the camera supports"
                : "check_user.cgi refuses the credentials";
  ++retries;
  schedule_retry(now);
  const auto next = config.on_demand || stay_closed ? std::nullopt : std::optional{next_try - now};
  last_error =
      full ? busy_error(config.uid, next) : auth_error(config.uid, config.credentials.user, next);
  log(true, last_error->message);
  for (auto run = runs.begin(); run != runs.end();) {
    const auto following = std::next(run);
    if (full || !run->job.credentials) {
      for (const Asker& asker : run->job.askers) fail(asker, *last_error);
      abandon(run);  // a stop too: the camera would not take it from us
    }
    run = following;
  }
  owed_stops.clear();
  fail_waiting(queue.take_older(now, full), *last_error);
  rejected = true;
  if (full) leave(now);
}

}  // namespace cam32100::bridge
