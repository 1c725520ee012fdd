#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bridge/cli/stream_writer.hpp"
#include "bridge/core/camera_supervisor.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cam32100::bridge {

// Options of the sub-commands that talk to cameras themselves, without a broker.
struct DirectOptions {
  std::vector<std::string> servers;  // host[:port] or an init string
  std::vector<std::string> targets;  // LAN search; empty: broadcast, unless there is an address
  bool servers_alone = false;        // no LAN search whatever
  std::string psk = "auto", dsk;
  double timeout_s = 10;

  std::string uid, address, user = "admin", password, password_file;
};
// For CLI11's check(): "" or what is wrong.
[[nodiscard]] std::string fault_of_server(const std::string& word);
void add_search_options(CLI::App& command,
                        DirectOptions& options);  // servers, dsk, targets, psk, timeout
void add_camera_options(CLI::App& command,
                        DirectOptions& options);  // the above, and UID, address, user, password

// "auto": the prefix's known key first (when uid is given), then plain and every known key. Else
// that one key, a known one under its name.
[[nodiscard]] std::vector<protocol::NamedCipher> ciphers_to_try(const std::string& psk,
                                                                const protocol::Uid* uid);
// Blocks for name look-ups, for at most `limit`. Faults are printed; nullopt then.
[[nodiscard]] std::optional<std::vector<protocol::ServerAddress>> resolve_servers(
    const std::vector<std::string>& servers,
    std::chrono::milliseconds limit = std::chrono::seconds{10});
[[nodiscard]] std::vector<protocol::NamedCipher> ciphers_of(const DirectOptions& options);

// --psk of every sub-command; what is no key in spite of its "key:" is a fault of usage. `words`
// are those it takes beside a key.
CLI::Option* add_psk_option(CLI::App& command, std::string& psk,
                            const std::string& words = "auto, plain, text");

// For CLI11: what is wrong with a --target, "" if nothing.
[[nodiscard]] std::string fault_of_target(const std::string& word);

struct DirectAnswer {
  SupervisorEvent event;
  protocol::Duration took{};  // of this job alone
};
// Goes on with the session when every job is answered, the last of which asked for a stream and was
// not refused. What comes is written from the beginning on, be it before that answer.
struct StreamWish {
  StreamWriter& writer;
  protocol::Duration length{};  // from that answer on
};
struct DirectRun {
  std::map<JobId, DirectAnswer> answers;                // of those that came in time
  nlohmann::json confirmed = nlohmann::json::object();  // the protocol event of that name
  protocol::Duration until_confirmed{};                 // from the start to it
  std::string stream_lost;  // why the session ended before the stream had its time; "": it did not
};
// Runs jobs against one camera with a supervisor of its own, each when the one before is answered:
// none waits for another, and its time is its own. Ends when all are answered or the first has
// failed. The first has --timeout, which may be short of a search; the others have 5 s at most, so
// that a camera that leaves many unanswered is not waited for all day. A stream ends by its time,
// its writer's error or its session. Throws std::runtime_error when --address is none.
[[nodiscard]] DirectRun run_jobs(const DirectOptions& options, const protocol::Uid& uid,
                                 std::vector<Job> jobs, const StreamWish* stream = nullptr);
// Runs one job against one camera with a supervisor of its own and waits for its answer. nullopt:
// the time is over.
[[nodiscard]] std::optional<SupervisorEvent> run_job(const DirectOptions& options,
                                                     const protocol::Uid& uid, Job job);
// The UID of the options, or a sentence on standard error.
[[nodiscard]] std::optional<protocol::Uid> parse_uid_option(const std::string& text);
// Prints the error and gives the exit code for it: nobody answered in time, or something else.
[[nodiscard]] int fail_with(const mappings::CommandError& error);
[[nodiscard]] int fail_timed_out(double timeout_s);

}  // namespace cam32100::bridge
