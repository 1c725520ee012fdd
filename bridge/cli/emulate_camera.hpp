#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "bridge/cli/emulate_nat.hpp"
#include "bridge/cli/emulate_options.hpp"
#include "bridge/cli/emulate_script.hpp"
#include "bridge/io/udp_driver.hpp"

namespace cam32100::bridge {

// One camera on one socket, or behind a router of its own on several. Prints a JSON line at start
// and whenever what can be seen of it changes. The loop must not run any more when it goes.
class RunningCamera {
 public:
  // Takes its address, and does nothing yet. Throws boost::system::system_error where the address
  // cannot be bound.
  RunningCamera(boost::asio::io_context& io, const std::shared_ptr<DatagramBatch>& batch,
                CameraPlan plan);
  ~RunningCamera();
  RunningCamera(const RunningCamera&) = delete;
  RunningCamera& operator=(const RunningCamera&) = delete;

  [[nodiscard]] const protocol::Uid& uid() const noexcept { return uid_; }
  void start();  // once
  void raise_alarm(int status);
  void power_cycle();
  void perform(const ScriptAction& action);
  void print_requests() const;

 private:
  void print(const char* event, const nlohmann::ordered_json& fields) const;
  void on_progress(boost::asio::io_context& io);
  void print_changes();

  protocol::Uid uid_;
  protocol::EmulatedCamera camera_;
  protocol::RoughNetwork network_;
  std::optional<protocol::NatRouter> router_;
  std::optional<NatSockets> nat_sockets_;
  std::shared_ptr<UdpDriver> driver_;
  nlohmann::ordered_json started_;  // what is told of it at its start
  nlohmann::ordered_json last_;
  std::optional<protocol::CameraGlance> glance_;  // of what was printed
  bool print_is_due_ = false;
};

}  // namespace cam32100::bridge
