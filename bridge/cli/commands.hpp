#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cam32100::bridge {

// Exit codes of every sub-command.
constexpr int kExitOk = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitTimedOut = 27;  // as mosquitto_sub -W

// What the chosen sub-command does once the whole line was understood; returns the exit code.
struct CommandLine {
  std::vector<std::string> words;  // as typed, for `restart`
  std::function<int()> run;
};

// One sub-command a file; each adds its options and sets `run` when it is chosen.
void add_run(CLI::App& app, CommandLine& line);
void add_emulate(CLI::App& app, CommandLine& line);
void add_server(CLI::App& app, CommandLine& line);
void add_discover(CLI::App& app, CommandLine& line);
void add_lookup(CLI::App& app, CommandLine& line);
void add_get(CLI::App& app, CommandLine& line);
void add_probe(CLI::App& app, CommandLine& line);
void add_snapshot(CLI::App& app, CommandLine& line);
void add_call(CLI::App& app, CommandLine& line);
void add_decode(CLI::App& app, CommandLine& line);
void add_find_psk(CLI::App& app, CommandLine& line);
void add_check_config(CLI::App& app, CommandLine& line);

[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace cam32100::bridge
