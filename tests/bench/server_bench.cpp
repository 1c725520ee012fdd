// `cam32100 server` with ten thousand devices, and how long each way to a camera takes.
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <thread>
#include <utility>

#include "bridge/core/camera_supervisor.hpp"
#include "bridge/io/udp_driver.hpp"
#include "protocol/transport/sealing.hpp"
#include "tests/bench/figures.hpp"
#include "tests/bench/process_facts.hpp"
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
constexpr auto kLookupTime = 3s;
constexpr std::size_t kConnects = 100;

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

// As many questions under way as a client keeps the server busy with.
Row look_up(Process& server, Load& load) {
  constexpr std::size_t kUnderWay = 256;
  std::size_t asked = 0, answered = 0;
  const auto cpu_before = cpu_time(server.pid());
  const auto begun = steady_clock::now();
  while (steady_clock::now() - begun < kLookupTime) {
    while (asked < answered + kUnderWay) {
      protocol::P2pReq request;
      request.uid = uid_of(asked * 7919 % kDevices);
      load.send(asked++, request);
    }
    answered += load.count(protocol::MessageType::P2P_REQ_ACK);
  }
  const std::chrono::duration<double> took = steady_clock::now() - begun;
  const auto cpu = cpu_time(server.pid()) - cpu_before;
  const double rate = static_cast<double>(answered) / took.count();
  const double per_core = static_cast<double>(answered) / (static_cast<double>(cpu.count()) / 1e3);
  // 20,000 a second of one core are 50 us each.
  return {"look-ups of 10,000 devices",
          {{"per_s", rate}, {"per_core_s", per_core}, {"cpu_us", 1e6 / per_core}},
          std::pair{"cpu_us", 50.0}};
}

std::array<Row, 2> measure_server(Loop& loop) {
  Process server{loop,
                 {CAM32100_BINARY, "server", "--json", "--bind", "127.0.0.1", "--port", "0",
                  "--lookup-rate", "1e9"}};
  Load load{Address::parse(started_address(loop, server)).value()};
  log_devices_in(loop, server, load);
  Row devices{"10,000 devices that are logged in",
              {{"rss_mb", resident_megabytes(server.pid())}},
              std::pair{"rss_mb", 64.0}};
  return {std::move(devices), look_up(server, load)};
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

std::vector<Row> measure_ways(Loop& loop) {
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
  struct Way {
    const char* name;
    protocol::Path path;
    double goal_ms;
  };
  std::vector<Row> rows;
  for (const Way& way : {Way{"connect by LAN search", protocol::Path::lan, 20},
                         Way{"connect by look-up and punch", protocol::Path::p2p, 50},
                         Way{"connect by relay", protocol::Path::relay, 150}}) {
    Samples samples;
    for (std::size_t i = 0; i < kConnects; ++i) {
      const std::size_t said = camera.lines().size();
      samples.add(time_to_connect(base, way.path, i + 1));
      // Until it has its place free again; and what it writes is read.
      (void)camera.wait_for_line(said, [](const std::string& line) {
        return line.find("\"sessions\":0") != std::string::npos;
      });
    }
    Row row = latency_row(way.name, samples);
    row.goal = {{"p50_ms", way.goal_ms}};
    rows.push_back(std::move(row));
  }
  return rows;
}

int run(const std::string& file) {
  Loop loop;
  std::vector<Row> rows;
  for (auto& row : measure_server(loop)) rows.push_back(std::move(row));
  for (auto& row : measure_ways(loop)) rows.push_back(std::move(row));
  return report("server and ways", rows, file) ? 0 : 1;
}

}  // namespace
}  // namespace cam32100::bench

int main(int argc, char** argv) {
  try {
    return cam32100::bench::run(argc > 1 ? argv[1] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "server_bench: %s\n", error.what());
    return 1;
  }
}
