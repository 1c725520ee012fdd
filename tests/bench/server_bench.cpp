// `cam32100 server` with ten thousand devices, and how long each way to a camera takes.
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <utility>

#include "bridge/core/camera_supervisor.hpp"
#include "bridge/io/udp_driver.hpp"
#include "protocol/transport/sealing.hpp"
#include "tests/bench/bench_main.hpp"
#include "tests/bench/process_facts.hpp"
#include "tests/bench/turns.hpp"
#include "tests/integration/support/process.hpp"

namespace cam32100::bench {
namespace {

using namespace std::chrono_literals;
using integration::Loop;
using integration::Process;
using nlohmann::json;
using protocol::Address;
using std::chrono::steady_clock;

constexpr std::size_t kDevices = 10'000;
constexpr std::size_t kSockets = 32;
constexpr double kMostMegabytes = 64;
constexpr double kMostMicroseconds = 50;  // of a core, for a look-up: 20,000 a second

protocol::Uid uid_of(std::size_t number) {
  char text[32] = {};
  std::snprintf(text, sizeof text, "VSTC-%06zu-ABCDE", 100000 + number);
  return protocol::Uid::parse(text).value();
}

// `started` of a server or an emulated camera.
std::string started_address(Loop&, Process& process) {
  const auto line = process.wait_for_line(
      0, [](const std::string& text) { return text.find("\"started\"") != std::string::npos; });
  if (!line) throw std::runtime_error{"not started: " + process.errors()};
  return json::parse(process.lines()[*line]).at("address");
}

// Devices and their askers on a few sockets of the machine itself, without a wait between.
class Load {
 public:
  explicit Load(const Address& server) : server_{server}, io_{1} {
    for (std::size_t i = 0; i < kSockets; ++i) {
      auto& socket = sockets_.emplace_back(io_);
      socket.open(boost::asio::ip::udp::v4());
      socket.bind({boost::asio::ip::make_address_v4("127.0.0." + std::to_string(2 + i)), 0});
      socket.non_blocking(true);
      socket.set_option(boost::asio::socket_base::receive_buffer_size(1 << 20));
    }
    target_ = {boost::asio::ip::address_v4{server.ip}, server.port};
  }

  void send(std::size_t number, const protocol::Message& message) {
    if (!protocol::seal(message, {}, server_, out_)) throw std::logic_error{"does not fit"};
    boost::system::error_code ignored;
    sockets_[number % kSockets].send_to(boost::asio::buffer(out_.bytes.data(), out_.size), target_,
                                        0, ignored);
  }
  // Datagrams at hand of one type.
  std::size_t count(protocol::MessageType type) {
    std::size_t found = 0;
    std::array<std::byte, 2048> in{};
    for (auto& socket : sockets_) {
      for (;;) {
        const auto size = ::recv(socket.native_handle(), in.data(), in.size(), MSG_DONTWAIT);
        if (size <= 0) break;
        if (in[1] == static_cast<std::byte>(type)) ++found;
      }
    }
    return found;
  }

 private:
  Address server_;
  boost::asio::io_context io_;
  std::vector<boost::asio::ip::udp::socket> sockets_;
  boost::asio::ip::udp::endpoint target_;
  protocol::Datagram out_;
};

void log_devices_in(Loop& loop, Process& server, Load& load) {
  for (std::size_t i = 0; i < kDevices; ++i) {
    protocol::DevLgn login;
    login.uid = uid_of(i);
    login.address.address = {{192, 168, 1, 2}, 32108};
    load.send(i, login);
    if (i % 100 != 99) continue;
    if (!loop.run_until([&] { return server.lines().size() > i; }))
      throw std::runtime_error{"devices are missing"};
    (void)load.count(protocol::MessageType::DEV_LGN_ACK);
  }
}

struct LookUps {
  Repeats per_second, cpu_us;
};

// As many questions under way as a client keeps the server busy with.
void look_up(Process& server, Load& load, std::chrono::milliseconds duration, LookUps& seen) {
  constexpr std::size_t kUnderWay = 256;
  std::size_t asked = 0, answered = 0;
  const auto cpu_before = cpu_time(server.pid());
  const auto begun = steady_clock::now();
  while (steady_clock::now() - begun < duration) {
    while (asked < answered + kUnderWay) {
      protocol::P2pReq request;
      request.uid = uid_of(asked * 7919 % kDevices);
      load.send(asked++, request);
    }
    answered += load.count(protocol::MessageType::P2P_REQ_ACK);
  }
  const std::chrono::duration<double> took = steady_clock::now() - begun;
  const auto cpu = cpu_time(server.pid()) - cpu_before;
  const auto answers = static_cast<double>(answered);
  seen.per_second.add(answers / took.count());
  seen.cpu_us.add(static_cast<double>(cpu.count()) / 1e3 / answers);
}

void measure_server(Loop& loop, const BenchOptions& options, std::vector<Row>& rows) {
  Process server{loop,
                 {CAM32100_BINARY, "server", "--json", "--bind", "127.0.0.1", "--port", "0",
                  "--lookup-rate", "1e9"}};
  Load load{Address::parse(started_address(loop, server)).value()};
  log_devices_in(loop, server, load);
  rows.push_back({"10,000 devices logged in, RSS",
                  "MB",
                  {memory_of(server.pid()).resident_mb},
                  {},
                  value_at_most(kMostMegabytes)});
  LookUps seen;
  for (int round = 0; round < options.pick(5, 3); ++round)
    look_up(server, load, options.pick(1000ms, 300ms), seen);
  rows.push_back({"look-ups among 10,000 devices", "/s", seen.per_second});
  rows.push_back({"look-ups among 10,000 devices, CPU each",
                  "us",
                  seen.cpu_us,
                  {},
                  value_at_most(kMostMicroseconds)});
}

// One supervisor from its start to the open session, by one way alone.
Nanoseconds time_to_connect(const bridge::SupervisorConfig& config, protocol::Path via,
                            std::uint64_t seed) {
  boost::asio::io_context io{1};
  const auto begun = steady_clock::now();
  bridge::CameraSupervisor supervisor{protocol::Clock::now(), config, seed};
  supervisor.submit(protocol::Clock::now(),
                    {1, std::nullopt, bridge::ConnectJob{std::nullopt, via}});
  std::optional<steady_clock::time_point> open;
  std::shared_ptr<bridge::UdpDriver> driver;
  driver = std::make_shared<bridge::UdpDriver>(
      io, bridge::make_datagram_batch(), supervisor, bridge::UdpDriver::Options{}, [&] {
        while (const auto event = supervisor.take_event()) {
          if (std::holds_alternative<bridge::JobFailed>(*event)) io.stop();
        }
        if (!open && supervisor.status().session == bridge::CameraSession::connected) {
          open = steady_clock::now();
          supervisor.shut_down(protocol::Clock::now());
        }
        if (supervisor.is_shut_down()) io.stop();
      });
  driver->start();
  io.run();
  driver->stop();
  if (!open) throw std::runtime_error{std::string{"no session by "} + to_text(via)};
  return *open - begun;
}

struct Way {
  const char* name;
  protocol::Path path;
  double goal_ms;
};

void measure_ways(Loop& loop, const BenchOptions& options, std::vector<Row>& rows) {
  Process server{
      loop,
      {CAM32100_BINARY, "server", "--json", "--bind", "127.0.0.1", "--port", "0", "--lookup-rate",
       "1e9", "--relay", "127.0.0.1", "--relay-sessions", "1000", "--relay-each", "1000"}};
  const auto server_text = started_address(loop, server);
  Process camera{loop,
                 {CAM32100_BINARY, "emulate", "--uid", uid_of(0).text(), "--bind", "127.0.0.1",
                  "--port", "0", "--server", server_text, "--max-sessions", "4"}};
  const auto camera_at = Address::parse(started_address(loop, camera)).value();
  if (!server.wait_for_line(
          0, [](const std::string& line) { return line.find("\"login\"") != std::string::npos; }))
    throw std::runtime_error{"the camera does not log in"};
  bridge::SupervisorConfig base;
  base.uid = uid_of(0);
  base.credentials = {"admin", "888888"};
  base.ciphers = {{"plain", {}}};
  base.on_demand = true;  // else it would begin by any way
  base.lan_targets = {camera_at};
  base.servers = {{Address::parse(server_text).value(), {}}};
  const std::vector<Way> ways{{"connect by LAN search", protocol::Path::lan, 20},
                              {"connect by look-up and punch", protocol::Path::p2p, 50},
                              {"connect by relay", protocol::Path::relay, 150}};
  std::vector<Turn> turns;
  std::uint64_t seed = 0;
  for (const auto& way : ways) {
    turns.push_back({way.name, [&, path = way.path] {
                       const std::size_t said = camera.lines().size();
                       const auto took = time_to_connect(base, path, ++seed);
                       // Until it has its place free again; and what it writes is read.
                       (void)camera.wait_for_line(said, [](const std::string& line) {
                         return line.find("\"sessions\":0") != std::string::npos;
                       });
                       return took;
                     }});
  }
  ask_back_to_back(turns, {options.pick(5UL, 3UL), options.pick(20UL, 2UL)});
  for (std::size_t i = 0; i < ways.size(); ++i) {
    append_latency(rows, turns[i], i == 0 ? nullptr : &turns[0],
                   {.p50 = value_at_most(ways[i].goal_ms)});
  }
}

int run(const BenchOptions& options) {
  Loop loop;
  std::vector<Row> rows;
  measure_server(loop, options, rows);
  measure_ways(loop, options, rows);
  return report("The server with 10,000 devices, and the ways to a camera", rows, options.json_file)
             ? 0
             : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  return cam32100::bench::bench_main(argc, argv, cam32100::bench::run);
}
