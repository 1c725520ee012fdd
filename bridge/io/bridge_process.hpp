#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/core/bridge.hpp"
#include "bridge/core/ports.hpp"
#include "bridge/io/config_sources.hpp"
#include "bridge/io/http_server.hpp"
#include "bridge/io/mqtt_client.hpp"
#include "bridge/io/resolver.hpp"
#include "bridge/io/side_threads.hpp"
#include "bridge/io/state_writer.hpp"
#include "bridge/io/suspend_watch.hpp"
#include "bridge/io/udp_driver.hpp"

namespace cam32100::bridge {

[[nodiscard]] Moment read_clocks();
[[nodiscard]] std::uint64_t random_seed();  // of the system's source

// The core's ports on real parts. Every call into the bridge goes through enter(): what the core
// asked for during it (sockets, wake-ups) happens after it returns, so the core is never entered
// from within itself.
class BridgeProcess final : public BridgePorts {
 public:
  BridgeProcess(boost::asio::io_context& io, ConfigPlace place, LoadedConfig loaded,
                mappings::DeviceMapping mapping);
  ~BridgeProcess() override;
  BridgeProcess(const BridgeProcess&) = delete;
  BridgeProcess& operator=(const BridgeProcess&) = delete;

  void start();
  void end();  // SIGTERM: for good, whatever else was asked for; within 2 s
  void read_config_again();
  [[nodiscard]] bool wants_restart() const noexcept { return restart_; }

  // --- BridgePorts
  void open_endpoint(EndpointId id, protocol::Endpoint& endpoint) override;
  void close_endpoint(EndpointId id) override;
  void wake_endpoint(EndpointId id) override;
  void resolve(std::uint64_t question, std::string host) override;
  void save_state(std::string json) override;
  [[nodiscard]] std::string random_token() override;
  [[nodiscard]] mappings::CommandResult<std::string> read_secret(std::string_view name) override;
  void log(LogRecord record) override;
  void set_log_level(LogLevel level) override;
  void restart() override;
  void reload() override;
  [[nodiscard]] ProcessFacts process_facts() const override;
  void answer_http(std::uint64_t ticket, HttpAnswer answer) override;

 private:
  template <class Call>
  void enter(Call call);
  void after_call();
  void arm_timer();
  void stop();
  void finish_stop();
  void leave_when_all_is_done();
  void watch_dog();
  void look_for_networks();
  void tell(LogLevel level, std::string logger, std::string text);
  void take_over(boost::system::result<LoadedConfig, ConfigErrors> loaded);
  [[nodiscard]] MqttHandlers mqtt_handlers();
  [[nodiscard]] HttpHandlers http_handlers(void (BridgeProcess::*on_question)(const HttpQuestion&));
  void on_http(const HttpQuestion& question);
  void on_alarm_call(const HttpQuestion& question);
  void listen_for_http();

  boost::asio::io_context& io_;
  ConfigPlace place_;
  std::string secrets_directory_;
  std::vector<std::string> lan_targets_;
  mappings::DeviceMapping mapping_;
  std::shared_ptr<DatagramBatch> batch_ = make_datagram_batch();
  std::unordered_map<EndpointId, std::shared_ptr<UdpDriver>> drivers_;
  std::vector<EndpointId> to_wake_;
  boost::asio::steady_timer timer_, stop_timer_, watchdog_timer_, networks_timer_;
  std::optional<protocol::TimePoint> armed_, stop_deadline_;
  bool due_now_ = false;  // on_time() is posted
  std::shared_ptr<SuspendWatch> suspend_watch_;
  Resolver resolver_;
  std::unique_ptr<StateWriter> state_;  // none: nothing is kept
  SideThreads threads_;
  std::unique_ptr<Bridge> bridge_;
  std::unique_ptr<MqttClient> mqtt_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<HttpServer> alarms_;  // where cameras call
  HttpConfig http_config_;
  std::string alarm_listen_;
  int depth_ = 0;
  bool is_reloading_ = false, reload_again_ = false;
  bool restart_ = false, stopping_ = false, said_stopping_ = false;
  bool core_is_done_ = false, mqtt_is_done_ = false, state_is_done_ = false;
};

template <class Call>
void BridgeProcess::enter(Call call) {
  if (!bridge_) return;
  ++depth_;
  call(read_clocks());
  --depth_;
  if (depth_ == 0) after_call();
}

}  // namespace cam32100::bridge
