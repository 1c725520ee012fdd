#include "bridge/cli/emulate_camera.hpp"

#include <boost/asio/post.hpp>
#include <cstdio>
#include <utility>

#include "bridge/io/interfaces.hpp"

namespace cam32100::bridge {

namespace {

using nlohmann::ordered_json;
using protocol::Clock;

// What somebody watching wants to know; printed whenever it changes.
ordered_json visible(const protocol::CameraSnapshot& state) {
  return {{"pan", state.pan},
          {"tilt", state.tilt},
          {"alarm", state.alarm_status},
          {"sessions", state.sessions},
          {"logged_in", state.logged_in},
          {"reboots", state.reboots},
          {"parameters", state.parameters}};
}

protocol::CameraConfig with_lan_address(protocol::CameraConfig config,
                                        const protocol::Address& bind) {
  auto own = bind.ip == decltype(bind.ip){} ? own_lan_address() : bind;
  own.port = bind.port;
  config.lan_address = {own, 2};
  return config;
}

bool is_rough(const protocol::RoughConfig& rough) {
  return rough.loss > 0 || rough.duplicate > 0 || rough.reorder > 0 ||
         rough.jitter > protocol::Duration::zero();
}

}  // namespace

RunningCamera::RunningCamera(boost::asio::io_context& io,
                             const std::shared_ptr<DatagramBatch>& batch, CameraPlan plan)
    : uid_{plan.config.uid},
      camera_{Clock::now(), with_lan_address(std::move(plan.config), plan.bind), plan.seed},
      network_{camera_, plan.rough, plan.seed} {
  if (plan.nat) router_.emplace(network_, *plan.nat);
  protocol::Endpoint* outermost = &network_;
  if (router_) outermost = &*router_;
  driver_ = std::make_shared<UdpDriver>(io, batch, *outermost, UdpDriver::Options{plan.bind, 0},
                                        [this, &io] { on_progress(io); });
  if (plan.nat == protocol::NatKind::symmetric)
    nat_sockets_.emplace(io, batch, *router_, driver_, plan.bind);
  started_ = {{"address", driver_->local_address().text()}};
  if (is_rough(plan.rough)) started_["seed"] = plan.seed;
}

void RunningCamera::start() {
  print("started", started_);
  driver_->start();
}

RunningCamera::~RunningCamera() {
  driver_->stop();
  if (nat_sockets_) nat_sockets_->stop();
}

void RunningCamera::raise_alarm(int status) {
  camera_.raise_alarm(Clock::now(), status);
  driver_->wake();
}

void RunningCamera::power_cycle() {
  camera_.power_cycle(Clock::now());
  driver_->wake();
}

void RunningCamera::perform(const ScriptAction& action) {
  const auto now = Clock::now();
  print("script", {{"do", to_text(action)}});
  std::visit(
      [&](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, ScriptMotion>) camera_.raise_alarm(now, 1);
        if constexpr (std::is_same_v<What, ScriptQuiet>) camera_.raise_alarm(now, 0);
        if constexpr (std::is_same_v<What, ScriptReboot>) camera_.reboot(now);
        if constexpr (std::is_same_v<What, ScriptClose>) camera_.close_sessions();
        if constexpr (std::is_same_v<What, ScriptWifi>) camera_.join_wifi(what.ssid, what.rssi);
        if constexpr (std::is_same_v<What, ScriptVanish>) network_.cut(now + what.length);
      },
      action);
  driver_->wake();
}

void RunningCamera::print_requests() const {
  print("requests", {{"requests", camera_.snapshot().last_requests}});
}

void RunningCamera::print(const char* event, const ordered_json& fields) const {
  ordered_json line{{"event", event}, {"uid", uid_.text()}};
  line.update(fields);
  std::printf("%s\n", line.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
  std::fflush(stdout);
}

// What is printed comes behind what the driver is about to send: nobody waits for an answer because
// we print. The loop does not outlive its cameras while it runs.
void RunningCamera::on_progress(boost::asio::io_context& io) {
  if (nat_sockets_) nat_sockets_->on_progress();
  while (const auto breach = camera_.take_breach()) {
    boost::asio::post(io, [this, breach = *breach] {
      print("strict", {{"rule", to_text(breach.rule)}, {"client", breach.client.text()}});
    });
  }
  const auto glance = camera_.glance();
  if (glance == glance_ || std::exchange(print_is_due_, true)) return;
  boost::asio::post(io, [this] { print_changes(); });
}

void RunningCamera::print_changes() {
  print_is_due_ = false;
  glance_ = camera_.glance();
  auto now = visible(camera_.snapshot());
  if (now == last_) return;
  last_ = std::move(now);
  print("state", last_);
}

}  // namespace cam32100::bridge
