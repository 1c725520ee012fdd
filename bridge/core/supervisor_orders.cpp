// What the owner orders: stop, wake up, take another configuration.
#include <algorithm>

#include "bridge/core/supervisor_impl.hpp"

namespace cam32100::bridge {

void CameraSupervisor::Impl::shut_down(TimePoint now, const mappings::CommandError& why) {
  if (shutting_down) return;
  shutting_down = true;
  answer_all(why);
  if (phase == Phase::open || phase == Phase::trying) leave(now);
  progress(now);
}

void CameraSupervisor::Impl::resume(TimePoint now) {
  if (shutting_down) return;
  backoff.reset();
  if (!is_refusing(now)) {
    if (phase != Phase::resting) reason = "the host was suspended";
    next_try = now;
  }
  if (phase == Phase::open || phase == Phase::trying) {
    // The camera has forgotten us, or soon will: its side cannot be trusted, nor can our socket.
    note_missed(now);
    park_runs(now, reason);
    leave(now);
  }
  if (phase == Phase::resting) {
    search.reset();
    presence_due = now;
  }
  progress(now);
}

void CameraSupervisor::Impl::reconfigure(TimePoint now, SupervisorConfig configuration) {
  const SupervisorConfig before = std::exchange(config, with_sane_limits(std::move(configuration)));
  if (shutting_down) return;
  const bool other_camera = before.uid != config.uid;
  const bool credentials = before.credentials.user != config.credentials.user ||
                           before.credentials.password != config.credentials.password;
  if (before.address != config.address || other_camera) remembered.reset();
  if (credentials && verdict == Verdict::auth_failed) {
    verdict = Verdict::none;
    refusals.reset();
    if (phase != Phase::open) next_try = now;
  }
  if (phase == Phase::open) {
    if (other_camera || (credentials && rejected) || !may_keep_cipher()) {
      park_runs(now, "the configuration changed");
      next_try = now;
      leave(now);
    } else if (credentials && !is_verifying()) {
      start_verification(now);
    }
  } else if (other_camera || is_sought_elsewhere(before)) {
    // What was tried in vain may work now.
    if (phase == Phase::trying) leave(now);
    if (!is_refusing(now)) next_try = now;
    if (phase == Phase::resting) {
      search.reset();
      presence_due = now;
    }
  }
  progress(now);
}

bool CameraSupervisor::Impl::may_keep_cipher() const {
  return config.ciphers.empty() || std::any_of(config.ciphers.begin(), config.ciphers.end(),
                                               [this](const protocol::NamedCipher& cipher) {
                                                 return cipher.name == ready->cipher_name;
                                               });
}

bool CameraSupervisor::Impl::is_sought_elsewhere(const SupervisorConfig& before) const {
  const auto same_server = [](const protocol::ServerAddress& a, const protocol::ServerAddress& b) {
    return a.address == b.address && a.cipher == b.cipher;
  };
  const auto same_cipher = [](const protocol::NamedCipher& a, const protocol::NamedCipher& b) {
    return a.name == b.name && a.cipher == b.cipher;
  };
  return before.address != config.address || before.lan_targets != config.lan_targets ||
         !std::equal(before.servers.begin(), before.servers.end(), config.servers.begin(),
                     config.servers.end(), same_server) ||
         !std::equal(before.ciphers.begin(), before.ciphers.end(), config.ciphers.begin(),
                     config.ciphers.end(), same_cipher);
}

}  // namespace cam32100::bridge
