#include "tests/sim/core/random_jobs.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cam32100::bridge::test {

namespace {

constexpr Duration kLatest = 121s;  // the longest time-out a job is given here, and a little
constexpr std::size_t kPictureBytes = 12'000;

class Life {
 public:
  Life(CameraKind kind, bool on_demand, std::uint64_t seed)
      : world_{options(kind, on_demand), seed} {}

  void run(Duration length) {
    const TimePoint end = world_.net.now() + length;
    while (world_.net.now() < end && !::testing::Test::HasFatalFailure()) {
      world_.net.run_for(std::chrono::milliseconds{world_.net.random(8000)});
      world_.net.random(12) == 0 ? mishap() : ask();
      check();
    }
    // Quiet: everything must heal and every job be answered.
    world_.net.set_all_links({});
    world_.net.reconnect(world_.them);
    world_.net.run_for(kLatest);
    check();
    EXPECT_TRUE(pending_.empty()) << pending_.size() << " jobs never answered, the first is "
                                  << pending_.begin()->first;
    EXPECT_EQ(world_.supervisor->status().queued, 0U);
    const JobId last = world_.submit(status_plan());
    EXPECT_TRUE(world_.run_until_answered(last, 90s));
    EXPECT_TRUE(world_.heard.replies.contains(last)) << "the camera stayed lost";
    EXPECT_EQ(world_.net.violations(), 0U);
  }

 private:
  static WorldOptions options(CameraKind kind, bool on_demand) {
    WorldOptions made;
    made.kind = kind;
    made.network_explains_silence = true;
    made.disturbs_network = true;
    made.repeats_requests = true;
    made.links = {.loss = 0.2, .duplicate = 0.05, .delay = 20ms, .jitter = 40ms};
    made.camera.picture = make_picture(kPictureBytes);
    made.adjust = [on_demand](SupervisorConfig& config) { config.on_demand = on_demand; };
    return made;
  }

  // A move for a time takes that time besides connecting and asking.
  static Duration pauses_in(const Job& job) {
    Duration sum{};
    if (const auto* cgi = std::get_if<CgiJob>(&job.what)) {
      for (const auto& step : cgi->plan.steps) sum += step.pause_before;
    }
    return sum;
  }
  void expect_answer(JobId id, Duration within) { pending_[id] = world_.net.now() + within; }

  void ask() {
    const std::size_t many = world_.net.random(20) == 0 ? 20 : 1;
    for (std::size_t i = 0; i < many; ++i) ask_once();
  }

  void ask_once() {
    Job job{world_.next_id++, std::nullopt, CgiJob{status_plan()}};
    switch (world_.net.random(12)) {
      case 0:
      case 1:
        job.what = CgiJob{snapshot_plan()};
        break;
      case 2:
        job.what = CgiJob{brightness_plan(static_cast<int>(world_.net.random(256)))};
        break;
      case 3:
        job.what = CgiJob{move_plan(4, std::chrono::milliseconds{world_.net.random(3000)})};
        break;
      case 4:
        job.what = CgiJob{endless_move_plan(0, 5s)};
        break;
      case 5:
        job.what = ConnectJob{};
        break;
      case 6:
        job.what = CredentialsJob{{"admin", "888888"}};
        break;
      case 7:
        job.what = LookupJob{};
        break;
      case 8:
        if (world_.net.random(4) == 0) job.what = DisconnectJob{};
        break;
      case 9:
        job.timeout = std::chrono::milliseconds{100 + world_.net.random(2000)};
        break;
      case 10:
        job.timeout = 120s;
        break;
      default:
        break;
    }
    expect_answer(job.id, job.timeout ? Duration{*job.timeout} : 13s + pauses_in(job));
    world_.submit(std::move(job));
  }

  void mishap() {
    switch (world_.net.random(5)) {
      case 0:
        world_.camera->power_cycle(world_.net.now());
        break;
      case 1:
        world_.net.cut_off(world_.them);
        world_.net.after(std::chrono::milliseconds{world_.net.random(60'000)},
                         [this] { world_.net.reconnect(world_.them); });
        break;
      case 2:
        world_.supervisor->on_resume(world_.net.now(world_.us));
        world_.drain();
        world_.net.pump(world_.us);
        break;
      case 3: {
        auto config = world_.config;
        if (world_.net.random(2) == 0)
          config.address = protocol::Address{kCameraAddress.ip, protocol::kLanPort};
        world_.supervisor->reconfigure(world_.net.now(world_.us), config);
        world_.drain();
        world_.net.pump(world_.us);
        break;
      }
      default: {
        const std::string junk = "junk from a stranger";
        world_.net.inject({{198, 51, 100, 1}, 5}, world_.net.address(world_.us),
                          protocol::as_bytes(junk));
      }
    }
  }

  void check() {
    for (const auto& [id, count] : world_.heard.answers) {
      EXPECT_EQ(count, 1) << "job " << id;
      EXPECT_EQ(pending_.erase(id), 1U) << "job " << id << " was answered before, or never asked";
    }
    for (const auto& [id, deadline] : pending_) {
      EXPECT_LE(world_.net.now(), deadline) << "job " << id << " is late";
    }
    for (const auto& [id, replies] : world_.heard.replies) {
      for (const auto& reply : replies) {
        if (!protocol::is_jpeg(reply.body)) continue;
        EXPECT_TRUE(reply.body == picture_) << "job " << id << " got other bytes";
      }
    }
    world_.heard.answers.clear();
    world_.heard.replies.clear();
    world_.heard.failures.clear();
    world_.heard.protocol_events.clear();
    world_.heard.connects.clear();
    world_.heard.lookups.clear();
    world_.heard.done.clear();
    world_.history.clear();
    EXPECT_LE(world_.supervisor->status().queued, 16U + 8U + 1U)
        << "eight reads and a picture, put back after a loss, may stand above the cap";
  }

  World world_;
  std::map<JobId, TimePoint> pending_;
  const protocol::Bytes picture_ = make_picture(kPictureBytes);
};

}  // namespace

void live_with_random_jobs(CameraKind kind, bool on_demand, std::uint64_t seed, Duration length) {
  SCOPED_TRACE(::testing::Message() << "reproduce: CAM32100_SEED=" << seed);
  Life life{kind, on_demand, seed};
  life.run(length);
}

}  // namespace cam32100::bridge::test
