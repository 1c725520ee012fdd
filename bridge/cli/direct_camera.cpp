#include "bridge/cli/direct_camera.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <random>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/job_sequence.hpp"
#include "bridge/core/camera_setup.hpp"
#include "bridge/core/config_checks.hpp"
#include "bridge/io/interfaces.hpp"
#include "bridge/io/resolver.hpp"
#include "bridge/io/state_file.hpp"
#include "bridge/io/udp_driver.hpp"
#include "protocol/wire/known_servers.hpp"

namespace cam32100::bridge {

namespace asio = boost::asio;
using protocol::Clock;

namespace {
// What comes while a reader of standard output makes us wait is not lost, and not sent again.
constexpr std::size_t kStreamBufferBytes = 4 * 1024 * 1024;

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::string password_of(const DirectOptions& options) {
  if (options.password_file.empty()) return options.password;
  std::string text;
  if (const auto error = read_text_file(options.password_file, text)) {
    throw std::runtime_error{options.password_file + ": " + error.message()};
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty())
    throw std::runtime_error{"--password-file " + options.password_file +
                             ": no such file, or nothing in it"};
  return text;
}

SupervisorConfig config_of(const DirectOptions& options, const protocol::Uid& uid) {
  SupervisorConfig config;
  config.uid = uid;
  config.credentials = {options.user, password_of(options)};
  if (!options.address.empty()) {
    const auto address = protocol::Address::parse(options.address, protocol::kLanPort);
    if (!address)
      throw std::runtime_error{"--address " + options.address + ": wanted a.b.c.d or a.b.c.d:port"};
    config.address = *address;
  }
  config.ciphers = ciphers_to_try(options.psk, &uid);
  if (options.psk != "auto") config.other_ciphers = ciphers_to_try("auto", &uid);
  // Whoever names the address has no use for a search, which only makes others answer.
  const bool searches =
      !options.servers_alone && options.targets.empty() && options.address.empty();
  config.lan_targets =
      spell_out_targets(searches ? std::vector<std::string>{"broadcast"} : options.targets);
  config.on_demand = true;
  config.own = own_host();
  if (const auto dsk = protocol::to_dsk(options.dsk)) config.dsk = *dsk;
  return config;
}

// To the supervisor a session is idle while nothing but a stream comes.
void keep_open_for(const StreamWish& stream, SupervisorConfig& config) {
  config.media = &stream.writer;
  config.idle_logout += std::chrono::duration_cast<std::chrono::milliseconds>(stream.length);
}

}  // namespace

std::string fault_of_target(const std::string& word) {
  if (word == "broadcast" || protocol::Address::parse(word)) return {};
  return "wanted broadcast or a.b.c.d[:port], saw \"" + word + "\"";
}

CLI::Option* add_psk_option(CLI::App& command, std::string& psk, const std::string& words) {
  return command.add_option("--psk", psk, "Cipher key: " + words + ", or key:HHHHHHHH")
      ->capture_default_str()
      ->type_name("PSK")
      ->check([](const std::string& word) { return check_psk(word).value_or(""); });
}

std::string fault_of_server(const std::string& word) {
  return check_server_host(word).value_or("");
}

void add_search_options(CLI::App& command, DirectOptions& options) {
  command
      .add_option("--server", options.servers, "32100 server, init string, or vendor (repeatable)")
      ->allow_extra_args(false)
      ->type_name("HOST[:PORT]")
      ->check(fault_of_server);
  command.add_option("--dsk", options.dsk, "Device key, where servers want one")
      ->envname("CAM32100_DSK")
      ->check([](const std::string& word) {
        return protocol::to_dsk(word) ? std::string{} : "wanted 1 to 20 characters without blanks";
      });
  command
      .add_option("--target", options.targets, "LAN search: broadcast, or an address (repeatable)")
      ->allow_extra_args(false)
      ->type_name("ADDRESS")
      ->check(fault_of_target);
  add_psk_option(command, options.psk);
  command.add_option("--timeout", options.timeout_s, "Seconds to wait")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
}

void add_camera_options(CLI::App& command, DirectOptions& options) {
  command.add_option("uid", options.uid, "Camera, e.g. VSTC-123456-ABCDE")
      ->required()
      ->type_name("UID");
  command.add_option("--address", options.address, "Where it is, if known: no search then")
      ->type_name("A.B.C.D[:PORT]")
      ->check([](const std::string& word) { return check_camera_address(word).value_or(""); });
  command.add_option("--user", options.user, "User name")->capture_default_str();
  command
      .add_option("--password", options.password, "Password (others see it here; better: the file)")
      ->envname("CAM32100_PASSWORD");
  command.add_option("--password-file", options.password_file, "File that holds the password")
      ->type_name("FILE");
  add_search_options(command, options);
}

std::vector<protocol::NamedCipher> ciphers_to_try(const std::string& psk,
                                                  const protocol::Uid* uid) {
  if (psk != "auto") return {named_cipher(psk == "plain" ? "" : psk)};
  std::vector<protocol::NamedCipher> out;
  const auto add = [&out](std::string_view key) {
    auto cipher = named_cipher(key);
    for (const auto& other : out) {
      if (other.cipher == cipher.cipher) return;
    }
    out.push_back(std::move(cipher));
  };
  if (uid != nullptr) {
    if (const auto known = protocol::psk_for_prefix(uid->prefix())) add(*known);
  }
  for (const auto& known : protocol::known_psks()) add(known.psk);
  return out;
}

std::vector<protocol::NamedCipher> ciphers_of(const DirectOptions& options) {
  return ciphers_to_try(options.psk, nullptr);
}

std::optional<std::vector<protocol::ServerAddress>> resolve_servers(
    const std::vector<std::string>& servers, std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  std::vector<protocol::ServerAddress> out;
  for (const auto& text : servers) {
    protocol::ServerList list{{text}, {}};
    if (looks_like_init_string(text)) {
      auto decoded = protocol::decode_init_string(text);
      if (decoded) list = std::move(*decoded);
    }
    const auto cipher = protocol::cipher_of(list.psk);
    asio::io_context io;
    Resolver resolver{io};
    auto missing = list.hosts;  // until the name service says otherwise
    resolver.resolve(
        list.hosts, protocol::kServerPort,
        [&](const std::vector<protocol::Address>& found, std::vector<std::string> not_found) {
          for (const auto& address : found) out.push_back({address, cipher});
          missing = std::move(not_found);
        });
    io.run_until(end);
    for (const auto& name : missing)
      std::fprintf(stderr, "cam32100: server %s: name not found\n", name.c_str());
    if (!missing.empty() && out.empty()) return std::nullopt;
  }
  return out;
}

std::optional<protocol::Uid> parse_uid_option(const std::string& text) {
  const auto uid = protocol::Uid::parse(text);
  if (uid) return *uid;
  std::fprintf(stderr, "cam32100: \"%s\": %s\n", text.c_str(), uid.error().message().c_str());
  return std::nullopt;
}

namespace {

// "vendor" becomes the servers of the camera's maker; false when none are known.
bool spell_out_vendor(std::vector<std::string>& servers, const protocol::Uid& uid) {
  for (auto& server : servers) {
    if (server == "vendor") server = protocol::vendor_init_string(uid.prefix());
  }
  return std::find(servers.begin(), servers.end(), "") == servers.end();
}

DirectRun without_servers(JobId id, std::string reason, protocol::Duration took) {
  DirectRun run;
  mappings::CommandError error{mappings::ErrorCode::lookup_failed, std::move(reason), nullptr};
  run.answers[id] = {JobFailed{id, std::move(error)}, took};
  return run;
}

}  // namespace

DirectRun run_jobs(const DirectOptions& options, const protocol::Uid& uid, std::vector<Job> jobs,
                   const StreamWish* stream) {
  const auto began = Clock::now();
  auto config = config_of(options, uid);
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(options.timeout_s));
  auto named = options.servers;
  if (!spell_out_vendor(named, uid)) {
    return without_servers(jobs.front().id,
                           "the maker's servers are not known for ids that begin with " +
                               std::string{uid.prefix()} + "; name one, or an app's init string",
                           Clock::now() - began);
  }
  const auto servers = resolve_servers(named, limit);
  if (!servers) {
    return without_servers(jobs.front().id, "no server could be resolved", Clock::now() - began);
  }
  config.servers = *servers;
  if (stream != nullptr) keep_open_for(*stream, config);
  asio::io_context io{1};
  CameraSupervisor camera{Clock::now(), std::move(config), random_seed()};
  JobSequence sequence{io, camera, std::move(jobs), limit, stream};
  UdpDriver::Options socket;
  if (stream != nullptr) socket.receive_buffer_bytes = kStreamBufferBytes;
  const auto driver = std::make_shared<UdpDriver>(io, make_datagram_batch(), camera, socket, [&] {
    while (auto event = camera.take_event()) sequence.take(std::move(*event));
    sequence.look_after_stream();
    if (camera.is_shut_down()) io.stop();
  });
  sequence.set_driver(*driver);
  asio::signal_set signals{io};
  if (stream != nullptr) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    signals.async_wait([&sequence](const boost::system::error_code& ec, int) {
      if (!ec) sequence.interrupt();
    });
  }
  sequence.submit_next();
  driver->start();
  io.run();
  driver->stop();
  return sequence.result();
}

std::optional<SupervisorEvent> run_job(const DirectOptions& options, const protocol::Uid& uid,
                                       Job job) {
  std::vector<Job> jobs;
  jobs.push_back(std::move(job));
  auto run = run_jobs(options, uid, std::move(jobs));
  if (run.answers.empty()) return std::nullopt;
  return std::move(run.answers.begin()->second.event);
}

int fail_with(const mappings::CommandError& error) {
  // The bridge's advice is to mend its configuration; here there is none.
  const bool refused = error.code == mappings::ErrorCode::auth_failed;
  const std::string message =
      refused ? "the camera refuses this user and password; give others by --user, and by "
                "--password-file or CAM32100_PASSWORD"
              : error.message;
  std::fprintf(stderr, "cam32100: %s: %s\n", std::string{mappings::to_text(error.code)}.c_str(),
               message.c_str());
  switch (error.code) {
    case mappings::ErrorCode::bad_argument:
      return kExitUsage;
    case mappings::ErrorCode::timeout:
    case mappings::ErrorCode::connect_timeout:
    case mappings::ErrorCode::camera_offline:  // no answer, wherever it was looked for
      return kExitTimedOut;
    default:
      return kExitFailed;
  }
}

int fail_timed_out(double timeout_s) {
  std::fprintf(stderr, "cam32100: no answer within %.1f s\n", timeout_s);
  return kExitTimedOut;
}

}  // namespace cam32100::bridge
