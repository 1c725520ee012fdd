#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <istream>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/direct_camera.hpp"
#include "bridge/cli/emulator_pictures.hpp"
#include "bridge/io/interfaces.hpp"
#include "bridge/io/udp_driver.hpp"
#include "protocol/peer/camera.hpp"

namespace cam32100::bridge {

namespace {

namespace asio = boost::asio;
using nlohmann::ordered_json;
using protocol::Clock;
using protocol::EmulatedCamera;

struct EmulateOptions {
  std::vector<std::string> uids;
  std::string bind = "0.0.0.0", user = "admin", password = "888888", psk = "plain", pictures,
              marker, refusal = "silent";
  std::uint16_t port = protocol::kLanPort;
  std::vector<std::string> servers, nonsense, refuses;
  std::size_t max_sessions = 1;
  bool variant_b = false, control = false;
};

protocol::RefusalForm to_refusal(const std::string& text) {
  if (text == "close") return protocol::RefusalForm::close_after_rdy;
  return text == "full_users" ? protocol::RefusalForm::full_users : protocol::RefusalForm::silent;
}

// What somebody watching wants to know; printed whenever it changes.
ordered_json seen(const protocol::CameraSnapshot& state) {
  return {{"pan", state.pan},
          {"tilt", state.tilt},
          {"alarm", state.alarm_status},
          {"sessions", state.sessions},
          {"logged_in", state.logged_in},
          {"reboots", state.reboots},
          {"parameters", state.parameters}};
}

// One camera on one socket. Prints a JSON line at start and whenever what can be seen of it
// changes.
class RunningCamera {
 public:
  RunningCamera(asio::io_context& io, const std::shared_ptr<DatagramBatch>& batch,
                protocol::CameraConfig config, protocol::Address bind)
      : uid_{config.uid.text()},
        camera_{Clock::now(), with_lan_address(std::move(config), bind), std::random_device{}()} {
    driver_ = std::make_shared<UdpDriver>(io, batch, camera_, UdpDriver::Options{bind, 0},
                                          [this, &io] { print_later(io); });
    print({{"event", "started"}, {"uid", uid_}, {"address", driver_->local_address().text()}});
    driver_->start();
  }
  ~RunningCamera() { driver_->stop(); }
  RunningCamera(const RunningCamera&) = delete;
  RunningCamera& operator=(const RunningCamera&) = delete;

  void raise_alarm(int status) {
    camera_.raise_alarm(Clock::now(), status);
    driver_->wake();
  }
  void power_cycle() {
    camera_.power_cycle(Clock::now());
    driver_->wake();
  }
  void print_requests() const {
    print({{"event", "requests"}, {"uid", uid_}, {"requests", camera_.snapshot().last_requests}});
  }

 private:
  static protocol::CameraConfig with_lan_address(protocol::CameraConfig config,
                                                 const protocol::Address& bind) {
    auto own = bind.ip == decltype(bind.ip){} ? own_lan_address() : bind;
    own.port = bind.port;
    config.lan_address = {own, 2};
    return config;
  }
  static void print(const ordered_json& line) {
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }
  // Behind what the driver is about to send: nobody waits for an answer because we print. The loop
  // does not outlive its cameras while it runs.
  void print_later(asio::io_context& io) {
    const auto glance = camera_.glance();
    if (glance == glance_ || std::exchange(print_is_due_, true)) return;
    asio::post(io, [this] { print_changes(); });
  }
  void print_changes() {
    print_is_due_ = false;
    glance_ = camera_.glance();
    auto now = seen(camera_.snapshot());
    if (now == last_) return;
    last_ = std::move(now);
    ordered_json line{{"event", "state"}, {"uid", uid_}};
    line.update(last_);
    print(line);
  }

  std::string uid_;
  EmulatedCamera camera_;
  std::shared_ptr<UdpDriver> driver_;
  ordered_json last_;
  std::optional<protocol::CameraGlance> glance_;  // of what was printed
  bool print_is_due_ = false;
};

using Cameras = std::vector<std::unique_ptr<RunningCamera>>;

void obey(const std::string& line, Cameras& cameras, asio::io_context& io) {
  std::istringstream words{line};
  std::string verb;
  words >> verb;
  if (verb == "quit") return io.stop();
  int status = 0;
  words >> status;
  for (const auto& camera : cameras) {
    if (verb == "alarm") camera->raise_alarm(status);
    if (verb == "power_cycle") camera->power_cycle();
    if (verb == "requests") camera->print_requests();
  }
}

// Lines on standard input steer the cameras: "alarm 1", "power_cycle", "requests", "quit".
struct Control {
  explicit Control(asio::io_context& io) : input{io} {}

  asio::posix::stream_descriptor input;
  asio::streambuf buffer{4096};
  void read(Cameras& cameras, asio::io_context& io) {
    asio::async_read_until(input, buffer, '\n',
                           [&](const boost::system::error_code& ec, std::size_t) {
                             if (ec) return;  // closed: nobody steers any more, the cameras stay
                             std::istream in{&buffer};
                             std::string line;
                             std::getline(in, line);
                             obey(line, cameras, io);
                             read(cameras, io);
                           });
  }
};

int emulate(const EmulateOptions& options) {
  const auto servers = resolve_servers(options.servers);
  if (!servers) return kExitFailed;
  const auto pictures = emulator_pictures(options.pictures);
  asio::io_context io{1};
  const auto batch = make_datagram_batch();
  Cameras cameras;
  for (std::size_t i = 0; i < options.uids.size(); ++i) {
    const auto uid = parse_uid_option(options.uids[i]);
    if (!uid) return kExitUsage;
    // The first on the given port, more of them behind it; port 0: any free one each.
    const auto port = options.port == 0 ? 0 : options.port + i;
    if (port > 65535) {
      std::fprintf(stderr, "cam32100: --port %u: no port is left for camera %zu\n", options.port,
                   i + 1);
      return kExitUsage;
    }
    const auto bind = protocol::Address::parse(options.bind, static_cast<std::uint16_t>(port));
    if (!bind) {
      std::fprintf(stderr, "cam32100: --bind %s: wanted a.b.c.d\n", options.bind.c_str());
      return kExitUsage;
    }
    protocol::CameraConfig config;
    config.uid = *uid;
    config.psk = options.psk == "plain" ? "" : options.psk;
    if (options.psk == "auto")
      config.psk = std::string{protocol::psk_for_prefix(uid->prefix()).value_or("")};
    config.credentials = {options.user, options.password};
    config.marker = options.marker;
    config.pictures = pictures;
    config.servers = *servers;
    config.max_sessions = options.max_sessions;
    config.nonsense = {options.nonsense.begin(), options.nonsense.end()};
    config.refuses = {options.refuses.begin(), options.refuses.end()};
    config.refusal = to_refusal(options.refusal);
    config.punch_variant_ready = options.variant_b;
    cameras.push_back(std::make_unique<RunningCamera>(io, batch, std::move(config), *bind));
  }
  Control control{io};
  if (options.control) {
    control.input.assign(::dup(STDIN_FILENO));
    control.read(cameras, io);
  }
  asio::signal_set signals{io, SIGTERM, SIGINT};
  signals.async_wait([&](const boost::system::error_code& ec, int) {
    if (!ec) io.stop();
  });
  io.run();
  return kExitOk;
}

}  // namespace

void add_emulate(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("emulate", "Be a VStarcam camera; prints JSON lines");
  auto options = std::make_shared<EmulateOptions>();
  command->add_option("--uid", options->uids, "Whose UID it has (repeatable: one camera each)")
      ->allow_extra_args(false)
      ->required()
      ->type_name("UID");
  command->add_option("--bind", options->bind, "Address to listen on")
      ->capture_default_str()
      ->type_name("ADDRESS");
  command->add_option("--port", options->port, "UDP port; 0 = any free one")->capture_default_str();
  command->add_option("--server", options->servers, "Server to log in to (repeatable)")
      ->allow_extra_args(false)
      ->type_name("HOST[:PORT]");
  command->add_option("--user", options->user, "User name it wants")->capture_default_str();
  command->add_option("--password", options->password, "Password it wants")->capture_default_str();
  add_psk_option(*command, options->psk, "plain, auto, text");
  command
      ->add_option("--pictures", options->pictures, "Directory of *.jpg to show instead of its own")
      ->type_name("DIR");
  command->add_option("--marker", options->marker, "Text put into every secret it tells")
      ->type_name("TEXT");
  command->add_option("--max-sessions", options->max_sessions, "Viewers it takes at once")
      ->capture_default_str();
  command
      ->add_option("--refusal", options->refusal,
                   "How it refuses one more: silent, close, full_users")
      ->check(CLI::IsMember({"silent", "close", "full_users"}))
      ->capture_default_str();
  command
      ->add_option("--nonsense", options->nonsense, "A CGI it answers with nonsense (repeatable)")
      ->allow_extra_args(false)
      ->type_name("CGI");
  command->add_option("--refuse", options->refuses, "A CGI it answers with result=-1 (repeatable)")
      ->allow_extra_args(false)
      ->type_name("CGI");
  command->add_flag("--variant-b", options->variant_b,
                    "Wants P2P_RDY from the client first (iLnk family)");
  command->add_flag("--control", options->control,
                    "Read lines: alarm N, power_cycle, requests, quit");
  command->callback([&line, options] { line.run = [options] { return emulate(*options); }; });
}

}  // namespace cam32100::bridge
