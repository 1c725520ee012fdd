// From an MQTT command to its MQTT answer, one under way, through a real mosquitto, `cam32100 run`
// and `cam32100 emulate`, beside what the broker, an echo that does nothing and the least client of
// a camera need in the same rounds.
#include <list>
#include <map>
#include <random>

#include "tests/bench/bench_main.hpp"
#include "tests/bench/camera_client.hpp"
#include "tests/bench/paho_echo.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/rig.hpp"
#include "tests/bench/turns.hpp"
#include "tests/bench/udp_floor.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;

constexpr double kTailGoal = 1.5;  // p99 beside the floor's
// Of an early version, before there were floors: kept so that they stay met.
constexpr double kMostPercentAtRest = 0.5, kMostMegabytesAtRest = 15;

// One question to one camera at one QoS, and all that stands beside it.
struct Subject {
  const Question& question;
  const char* cgi;
  std::size_t bytes;  // of a broker trip
  double p50_goal;
  std::size_t fleet;
  std::string name;
};

class Bench {
 public:
  Bench(Rig& rig, const UdpEcho& udp, const BenchOptions& options)
      : rig_{rig}, udp_{udp}, options_{options} {}

  std::vector<Row> take_rows() { return std::move(rows_); }

  void back_to_back(const Subject& subject, int qos) {
    auto turns = turns_of(subject, qos, " back to back");
    ask_back_to_back(turns, rounds(subject.bytes > 1000 ? 200 : 1000));
    append(subject, turns, true);
  }

  // The time between two of one kind is the same however many kinds take turns.
  void spaced(const Subject& subject, int qos, const std::string& how, const Rounds& rounds,
              const std::function<std::chrono::milliseconds()>& gap) {
    auto turns = turns_of(subject, qos, " spaced " + how);
    ask_spaced(turns, rounds,
               [&](std::size_t count) { drivers_.back().idle(gap() / static_cast<int>(count)); });
    append(subject, turns, false);
  }

  [[nodiscard]] Rounds rounds(std::size_t each) const {
    return {options_.pick(5UL, 3UL), options_.pick(each, each / 20)};
  }

 private:
  // In this order: a datagram there and back, a broker trip, echo, client, bridge.
  std::vector<Turn> turns_of(const Subject& subject, int qos, const std::string& how) {
    const auto camera = camera_topic(rig_.fleet(subject.fleet).uid_at(0));
    const auto level = static_cast<std::uint8_t>(qos);
    auto& driver = drivers_.emplace_back(rig_.url(), "bench-" + std::to_string(drivers_.size()));
    for (const auto& topic : {std::string{"bench/trip"}, kEchoOut + "/0", kEchoOut + "/0/picture",
                              camera + subject.question.answer})
      driver.subscribe(topic, level);
    if (!subject.question.picture.empty())
      driver.subscribe(camera + subject.question.picture, level);
    const auto& fleet = rig_.fleet(subject.fleet);
    auto& client = clients_.emplace_back(fleet.address_at(0), fleet.uid_at(0), Fleet::kPassword);
    const auto asks = [&driver, qos](const std::string& topic, const std::string& payload,
                                     const std::string& answer) {
      return [=, &driver] {
        driver.drop_waiting();
        return driver.round_trip(topic, payload, qos, answer);
      };
    };
    auto& order = orders_[subject.name];
    if (order.empty()) order = echo_order(rig_.url(), camera, subject.question);
    const auto tail = " QoS " + std::to_string(qos) + how;
    const auto size = subject.bytes > 1000 ? std::to_string(subject.bytes / 1000) + " kB"
                                           : std::to_string(subject.bytes) + " B";
    return {
        {"UDP, " + subject.name + tail, [this] { return udp_.ping(); }},
        {"broker trip " + size + tail,
         asks("bench/trip", std::string(subject.bytes, 'x'), "bench/trip")},
        {"echo, " + subject.name + tail, asks(kEchoIn + "/0", order, kEchoOut + "/0"),
         rig_.echo_pid()},
        {"client, " + subject.name + tail,
         [&client, cgi = subject.cgi] { return client.call(cgi); }},
        {subject.name + tail,
         asks(camera + "command/" + subject.question.command, "", camera + subject.question.answer),
         rig_.bridge_pid()}};
  }

  void append(const Subject& subject, std::vector<Turn>& turns, bool with_cost) {
    clients_.pop_back();
    drivers_.pop_back();
    const auto &udp = turns[0], &trip = turns[1], &echo = turns[2], &client = turns[3],
               &bridge = turns[4];
    auto two_trips = trip + trip;
    two_trips.what = "2 broker trips";
    auto floor = echo + client;
    floor.what = "echo + client";
    auto echo_alone = echo;
    echo_alone.what = "echo";
    auto datagram = udp;
    datagram.what = "UDP there and back";
    append_latency(rows_, udp, nullptr);
    append_latency(rows_, trip, nullptr);
    append_latency(rows_, echo, &two_trips);
    append_latency(rows_, client, &datagram);
    append_latency(rows_, bridge, &floor,
                   {.p50 = ratio_at_most(subject.p50_goal), .p99 = ratio_at_most(kTailGoal)});
    append_slowest(rows_, bridge, &floor);
    if (!with_cost) return;
    append_rate(rows_, bridge, &floor);
    append_cpu(rows_, bridge, &echo_alone);
  }

  Rig& rig_;
  const UdpEcho& udp_;
  BenchOptions options_;
  std::vector<Row> rows_;
  std::map<std::string, std::string> orders_;
  std::list<MqttDriver> drivers_;
  std::list<CameraClient> clients_;
};

std::vector<Row> rest_rows(Rig& rig, std::chrono::seconds duration) {
  MqttDriver driver{rig.url(), "bench-rest"};
  const auto pid = rig.bridge_pid();
  const auto before = cpu_time(pid);
  driver.idle(duration);
  const double percent = 100.0 * static_cast<double>((cpu_time(pid) - before).count()) /
                         static_cast<double>(Nanoseconds{duration}.count());
  return {{"at rest, 2 cameras polled each second, CPU",
           "%",
           {percent},
           {},
           value_at_most(kMostPercentAtRest)},
          {"at rest, 2 cameras, RSS",
           "MB",
           {memory_of(pid).resident_mb},
           {},
           value_at_most(kMostMegabytesAtRest)}};
}

int run(const BenchOptions& options) {
  const UdpEcho udp;
  // The bridge has one place at each camera, the least client the other.
  const auto camera = [](std::size_t first, std::size_t window) {
    auto words = window_words(window);
    words.insert(words.end(), {"--max-sessions", "2"});
    return FleetPlan{.first = first, .words = std::move(words)};
  };
  Rig rig{{.fleets = {camera(0, kSmallWindow), camera(1, kLargeWindow)}}};
  rig.start_and_connect();
  rig.wait_until_quiet();
  Bench bench{rig, udp, options};
  const Subject status{kGetStatus, "/get_status.cgi?", 200, 1.15, 0, "get_status"};
  const std::vector<Subject> pictures{
      {kSnapshot, "/snapshot.cgi?", 60'000, 1.25, 0, "snapshot w64"},
      {kSnapshot, "/snapshot.cgi?", 60'000, 1.25, 1, "snapshot w4096"}};
  std::mt19937 random{1};
  std::uniform_int_distribution<int> seconds_in_ms{1000, 3000};
  for (const int qos : {0, 1}) {
    bench.back_to_back(status, qos);
    bench.spaced(status, qos, "60 ms", bench.rounds(200), [] { return 60ms; });
    bench.spaced(status, qos, "1-3 s", {options.pick(5UL, 3UL), options.pick(24UL, 1UL)},
                 [&] { return std::chrono::milliseconds{seconds_in_ms(random)}; });
  }
  for (const auto& picture : pictures) {
    for (const int qos : {0, 1}) bench.back_to_back(picture, qos);
    for (const int qos : {0, 1})
      bench.spaced(picture, qos, "60 ms", bench.rounds(100), [] { return 60ms; });
  }
  auto rows = bench.take_rows();
  for (auto& row : rest_rows(rig, options.pick(20s, 3s))) rows.push_back(std::move(row));
  return report("One at a time: from an MQTT command to its MQTT answer", rows, options.json_file)
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::run_beside_echo(argc, argv, cam32100::bench::run);
}
