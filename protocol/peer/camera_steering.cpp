// What happens to a camera from outside the network: its owner, its power, its surroundings.
#include "protocol/peer/camera_impl.hpp"

namespace cam32100::protocol {

void EmulatedCamera::refuse(std::set<std::string> cgis) { impl_->cgi.refuse(std::move(cgis)); }

void EmulatedCamera::raise_alarm(TimePoint /*now*/, int alarm_status) {
  impl_->cgi.raise_alarm(alarm_status);
}

void EmulatedCamera::power_cycle(TimePoint now) {
  Impl& my = *impl_;
  my.forget_sessions();
  my.used_ports.clear();
  my.punching.clear();
  my.relay_legs.clear();
  my.outbox.clear();
  my.down_due.reset();
  my.come_back(now);
  my.logins.on_time(now, my.outbox);
}

void EmulatedCamera::reboot(TimePoint now) {
  if (!impl_->back_due) impl_->go_down(now);
}

void EmulatedCamera::close_sessions() {
  Impl& my = *impl_;
  for (const auto& [client, session] : my.sessions) {
    my.send(client, Close{});
    my.remember_port(*session);
  }
  my.forget_sessions();
}

void EmulatedCamera::join_wifi(std::string_view ssid, int strength) {
  impl_->cgi.join_wifi(ssid, strength);
}

}  // namespace cam32100::protocol
