#pragma once

#include <string>

namespace cam32100::bench {

// What a camera is asked, by topics below "cam32100/UID/".
struct Question {
  std::string command, answer;
  std::string picture{};  // what comes beside the answer and is heard, too
};
inline const Question kGetStatus{"get_status", "response/get_status"};
inline const Question kSnapshot{"snapshot", "response/snapshot", "snapshot"};

// The floor beside the bridge: a client that does nothing but answer, through Paho with the
// bridge's own remedies. A message on kEchoIn and a "/NAME" says what to publish, as
// "#0:60000,*1:677": QoS and bytes of each, retained. The one with the star goes to kEchoOut and
// the same name, that with # to "/picture" below it, the others to "/more".
// Ends with the process, or by an exception when the broker is gone.
inline const std::string kEchoIn = "bench/echo/in", kEchoOut = "bench/echo/out";
void run_echo(const std::string& url);

// The order that makes the echo publish what the bridge publishes for a question: `camera`
// ("cam32100/UID/") is asked and everything that follows is counted.
[[nodiscard]] std::string echo_order(const std::string& url, const std::string& camera,
                                     const Question& question);

// main() of a bench that measures the echo in a process of its own: the same program with
// --echo URL. Else as bench_main().
struct BenchOptions;
[[nodiscard]] int run_beside_echo(int argc, char** argv, int (*run)(const BenchOptions&));

}  // namespace cam32100::bench
