#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "bridge/core/supervisor_job.hpp"

namespace cam32100::bridge {

// Jobs that wait for their turn, first in, first out. The cap is the owner's to ask (waiting());
// what was let in is only ever dropped with an answer.
class JobQueue {
 public:
  // Returns those a ptz job replaces: of waiting ptz jobs only the newest counts.
  [[nodiscard]] std::vector<Asker> add(PlanJob job);
  // Adds the asker to a waiting snapshot of the same plan. False: there is none.
  [[nodiscard]] bool join(const PlanJob& job, const Asker& asker);
  void put_back(PlanJob job) { jobs_.push_front(std::move(job)); }  // before all others

  [[nodiscard]] bool empty() const noexcept { return jobs_.empty(); }
  [[nodiscard]] std::size_t waiting() const noexcept;  // askers
  [[nodiscard]] const PlanJob& front() const { return jobs_.front(); }
  [[nodiscard]] PlanJob take_front();
  // The first job that checks given credentials; others wait while the camera refuses ours.
  [[nodiscard]] std::optional<PlanJob> take_credentials_job();
  [[nodiscard]] bool has_credentials_job() const noexcept;
  [[nodiscard]] bool has_ptz() const noexcept;
  [[nodiscard]] bool has_disconnect() const noexcept;

  struct Taken {
    Asker asker;
    PlanJob::Work work = PlanJob::Work::plan;
  };
  // Askers out of time, plans nobody waits for any more with them.
  [[nodiscard]] std::vector<Taken> take_expired(protocol::TimePoint now);
  // Askers that came no later than `moment`; credentials jobs only when asked for.
  [[nodiscard]] std::vector<Taken> take_older(protocol::TimePoint moment,
                                              bool with_credentials_jobs);
  [[nodiscard]] std::vector<Taken> take_own();  // the bridge's own jobs
  [[nodiscard]] std::vector<Taken> take_all();
  [[nodiscard]] std::optional<protocol::TimePoint> deadline() const;

 private:
  template <class Predicate>
  std::vector<Taken> take_if(Predicate wanted);

  std::deque<PlanJob> jobs_;
};

}  // namespace cam32100::bridge
