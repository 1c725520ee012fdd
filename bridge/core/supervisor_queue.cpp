#include "bridge/core/supervisor_queue.hpp"

#include <algorithm>

namespace cam32100::bridge {

namespace {

bool same_step(const mappings::PlanStep& a, const mappings::PlanStep& b) {
  return a.pause_before == b.pause_before && a.request.cgi == b.request.cgi &&
         a.request.parameters == b.request.parameters &&
         a.request.authenticate == b.request.authenticate;
}

}  // namespace

bool same_requests(const mappings::CommandPlan& a, const mappings::CommandPlan& b) {
  return a.kind == b.kind && a.batch == b.batch &&
         std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(), same_step);
}

std::vector<Asker> JobQueue::add(PlanJob job) {
  std::vector<Asker> replaced;
  if (is_ptz(job)) {
    const auto old = std::find_if(jobs_.begin(), jobs_.end(), is_ptz);
    if (old != jobs_.end()) {
      replaced = std::move(old->askers);
      jobs_.erase(old);
    }
  }
  jobs_.push_back(std::move(job));
  return replaced;
}

bool JobQueue::join(const PlanJob& job, const Asker& asker) {
  const auto same = std::find_if(jobs_.begin(), jobs_.end(), [&job](const PlanJob& waiting) {
    return waiting.work == PlanJob::Work::plan && !waiting.credentials &&
           same_requests(waiting.plan, job.plan);
  });
  if (same == jobs_.end()) return false;
  same->askers.push_back(asker);
  same->own = same->own && job.own;
  return true;
}

std::size_t JobQueue::waiting() const noexcept {
  std::size_t count = 0;
  for (const PlanJob& job : jobs_) count += job.askers.size();
  return count;
}

PlanJob JobQueue::take_front() {
  PlanJob job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

std::optional<PlanJob> JobQueue::take_credentials_job() {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(),
                                  [](const PlanJob& job) { return job.credentials.has_value(); });
  if (found == jobs_.end()) return std::nullopt;
  std::optional<PlanJob> job{std::move(*found)};
  jobs_.erase(found);
  return job;
}

bool JobQueue::has_credentials_job() const noexcept {
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [](const PlanJob& job) { return job.credentials.has_value(); });
}

bool JobQueue::has_ptz() const noexcept { return std::any_of(jobs_.begin(), jobs_.end(), is_ptz); }

bool JobQueue::has_disconnect() const noexcept {
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [](const PlanJob& job) { return job.work == PlanJob::Work::disconnect; });
}

template <class Predicate>
std::vector<JobQueue::Taken> JobQueue::take_if(Predicate wanted) {
  std::vector<Taken> taken;
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    std::vector<Asker> left;
    for (const Asker& asker : job->askers) {
      if (wanted(*job, asker)) {
        taken.push_back({asker, job->work});
      } else {
        left.push_back(asker);
      }
    }
    job->askers = std::move(left);
    job = job->askers.empty() ? jobs_.erase(job) : job + 1;
  }
  return taken;
}

std::vector<JobQueue::Taken> JobQueue::take_expired(protocol::TimePoint now) {
  return take_if([now](const PlanJob&, const Asker& asker) { return asker.deadline <= now; });
}

std::vector<JobQueue::Taken> JobQueue::take_older(protocol::TimePoint moment,
                                                  bool with_credentials_jobs) {
  return take_if([moment, with_credentials_jobs](const PlanJob& job, const Asker& asker) {
    return asker.submitted <= moment && job.work == PlanJob::Work::plan &&
           (with_credentials_jobs || !job.credentials);
  });
}

std::vector<JobQueue::Taken> JobQueue::take_own() {
  return take_if([](const PlanJob& job, const Asker&) { return job.own; });
}

std::vector<JobQueue::Taken> JobQueue::take_all() {
  return take_if([](const PlanJob&, const Asker&) { return true; });
}

std::optional<protocol::TimePoint> JobQueue::deadline() const {
  std::optional<protocol::TimePoint> first;
  for (const PlanJob& job : jobs_) {
    for (const Asker& asker : job.askers) {
      if (!first || asker.deadline < *first) first = asker.deadline;
    }
  }
  return first;
}

}  // namespace cam32100::bridge
