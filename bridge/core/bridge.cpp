#include "bridge/core/bridge.hpp"

#include <algorithm>

#include "bridge/core/bridge_impl.hpp"

namespace cam32100::bridge {
namespace {

constexpr auto kStopLimit = std::chrono::seconds{1};
constexpr auto kStopCheck = std::chrono::milliseconds{20};

}  // namespace

// The constructor calls no port: whoever made the ports may not have us yet.
Bridge::Bridge(Moment now, Config config, SavedState state, const mappings::DeviceMapping& mapping,
               MqttPort& mqtt, BridgePorts& ports, BridgeIdentity identity, std::uint64_t seed)
    : impl_{std::make_unique<Impl>(now, std::move(config), std::move(state), mapping, mqtt, ports,
                                   std::move(identity), seed)} {}

Bridge::~Bridge() = default;

void Bridge::on_mqtt_connected(Moment now, const MqttConnection& connection) {
  impl_->handle(now, [&] { impl_->life.on_connected(connection); });
}

void Bridge::on_mqtt_lost(Moment now, const std::string& reason) {
  impl_->handle(now, [&] { impl_->life.on_lost(reason); });
}

void Bridge::on_subscribed(Moment now, const std::string& filter, int reason_code) {
  impl_->handle(now, [&] { impl_->life.on_subscribed(filter, reason_code); });
}

void Bridge::on_mqtt_message(Moment now, MqttMessage message) {
  impl_->handle(now, [&] {
    if (!impl_->life.take_message(message)) impl_->router.on_message(std::move(message));
  });
}

void Bridge::on_progress(Moment now, EndpointId id) {
  impl_->handle(now, [&] {
    if (CameraEntry* camera = impl_->context.cameras.by_endpoint(id)) {
      impl_->feed.drain(*camera);
    } else if (!impl_->roster.on_progress(id)) {
      (void)impl_->queries.on_progress(id);
    }
  });
}

void Bridge::on_resolved(Moment now, std::uint64_t question,
                         const std::vector<protocol::Address>& addresses) {
  impl_->handle(now, [&] {
    if (impl_->context.take_resolved(question, addresses)) impl_->roster.reconfigure_all();
  });
}

void Bridge::on_reloaded(Moment now, boost::system::result<Config, ConfigErrors> config) {
  impl_->handle(now, [&] { impl_->bridge_commands.on_reloaded(std::move(config)); });
}

void Bridge::set_lan_targets(Moment now, std::vector<protocol::Address> targets) {
  // Before the start, so that the cameras' first search has them.
  if (!impl_->started) impl_->context.lan_targets = targets;
  impl_->handle(now, [&] {
    if (impl_->context.lan_targets == targets) return;
    impl_->context.lan_targets = std::move(targets);
    impl_->roster.reconfigure_all();
  });
}

void Bridge::set_own_host(Moment now, OwnHost own) {
  // Before the start this starts nothing: the first search is to have its LAN targets.
  if (!impl_->started) {
    impl_->context.own_host = std::move(own);
    return;
  }
  impl_->handle(now, [&] {
    if (impl_->context.own_host == own) return;
    impl_->context.own_host = std::move(own);
    impl_->roster.reconfigure_all();
  });
}

void Bridge::on_log(Moment now, LogLevel level, std::string_view logger, std::string_view text) {
  impl_->handle(now, [&] { impl_->context.relay_log(level, logger, text); });
}

void Bridge::on_remark(Moment now, std::string_view logger, std::string_view text) {
  // Remote input is never logged above debug: its counters are what everybody sees.
  impl_->handle(now, [&] { impl_->context.log(LogLevel::debug, logger, {}, text); });
}

void Bridge::on_http(Moment now, const HttpQuestion& question) {
  if (impl_->stopped || impl_->context.stopping) {
    return impl_->context.ports.answer_http(
        question.ticket,
        error_answer({mappings::ErrorCode::shutting_down, "the bridge is stopping", nullptr}));
  }
  impl_->handle(now, [&] { impl_->pages.on_question(question); });
}

HttpAnswer Bridge::on_alarm_call(Moment now, const HttpQuestion& question) {
  HttpAnswer out;
  out.status = 404;
  out.body = "not found\n";
  if (impl_->stopped || impl_->context.stopping) return out;
  impl_->handle(now, [&] {
    CameraEntry* camera = impl_->jobs.push().caller(question.path);
    if (camera == nullptr) return;
    impl_->jobs.take_alarm_call(*camera);
    out.status = 200;
    out.body = "ok\n";
  });
  return out;
}

void Bridge::on_state_saved(Moment now, std::string_view text) {
  impl_->handle(now, [&] { impl_->jobs.on_state_saved(text); });
}

void Bridge::on_time(Moment now) {
  impl_->handle(now, [] {});
}

std::optional<protocol::TimePoint> Bridge::deadline() const {
  if (impl_->stopped) return std::nullopt;
  return impl_->context.agenda.next();
}

void Bridge::on_resume(Moment now) {
  impl_->handle(now, [&] {
    impl_->context.servers.ask_all_again();
    impl_->context.ask_names();
    for (const auto& [uid, camera] : impl_->context.cameras.all()) {
      camera->supervisor->on_resume(now.steady);
      impl_->context.wake(camera->endpoint);
    }
  });
}

void Bridge::stop(Moment now) {
  impl_->handle(now, [&] { impl_->stop(); });
}

bool Bridge::is_stopped() const { return impl_->stopped; }

void Bridge::Impl::start_once() {
  if (std::exchange(started, true)) return;
  context.agenda.cancel({Task::start, 0});
  if (context.saved.dropped_topics > 0) {
    context.log(LogLevel::warning, "bridge", {},
                "the state file holds more retained topics than can be ours; " +
                    std::to_string(context.saved.dropped_topics) + " were left out");
  }
  context.forget_orphaned_updates();
  context.servers.assign(context.config.servers);
  context.ask_names();
  for (const auto& camera : context.config.cameras) roster.start(camera);
  jobs.push().warn_of_orphans();
  info.publish_health();
}

// Until nothing is left to do: due tasks, and the events of every camera that was given work.
void Bridge::Impl::settle() {
  if (std::exchange(settling, true)) return;
  while (!stopped) {
    if (const auto task = context.agenda.take_due(context.now.steady)) {
      run_task(*task);
      continue;
    }
    if (context.to_wake.empty()) break;
    for (const EndpointId id : std::exchange(context.to_wake, {})) {
      if (CameraEntry* camera = context.cameras.by_endpoint(id)) feed.drain(*camera);
      if (std::find(woken.begin(), woken.end(), id) == woken.end()) woken.push_back(id);
    }
  }
  settling = false;
  call_ports();
}

void Bridge::Impl::call_ports() {
  for (auto& question : std::exchange(context.to_resolve, {})) {
    context.ports.resolve(question.number, std::move(question.host));
  }
  for (const EndpointId id : std::exchange(woken, {})) context.ports.wake_endpoint(id);
  for (auto& [ticket, page] : std::exchange(context.http_answers, {}))
    context.ports.answer_http(ticket, std::move(page));
}

void Bridge::Impl::run_task(const TaskKey& key) {
  switch (key.task) {
    case Task::start:
      break;
    case Task::tree_limit:
    case Task::subscribe_limit:
    case Task::health:
    case Task::refresh:
      life.on_task(key.task);
      break;
    case Task::cameras_topic:
      topics.publish_cameras();
      break;
    case Task::journal:
      context.journal.on_time(context.now);
      if (const auto when = context.journal.deadline()) context.agenda.set(key, *when);
      break;
    case Task::save_state:
      context.ports.save_state(to_text(context.saved));
      break;
    case Task::held_publications:
      context.outbox.release();
      break;
    case Task::server_names:
      context.ask_names();
      break;
    case Task::stop_limit:
      finish_stop();
      break;
    case Task::stop_check:
      check_stop();
      break;
    case Task::query_limit:
      queries.on_limit(key.subject);
      break;
    case Task::reload_limit:
      bridge_commands.on_reload_limit();
      break;
    case Task::departure:
      roster.on_departure(key.subject);
      break;
    case Task::birth:
      discovery.on_birth_task();
      break;
    case Task::leave:
      if (CameraEntry* camera = context.cameras.by_endpoint(key.subject)) {
        roster.remove(*camera);
        info.publish_info();
      }
      break;
    case Task::discovery:
    case Task::states_again:
      if (CameraEntry* camera = context.cameras.by_endpoint(key.subject)) {
        discovery.on_task(*camera, key.task);
      } else if (key.subject == 0 && key.task == Task::discovery) {
        discovery.on_bridge_task();
      } else if (key.subject == 0) {
        life.on_task(key.task);
      }
      break;
    case Task::poll:
    case Task::poll_rest:
    case Task::snapshot:
    case Task::read_settings:
    case Task::alarm_end:
    case Task::event_fold:
      if (CameraEntry* camera = context.cameras.by_endpoint(key.subject))
        feed.on_task(*camera, key.task);
      break;
  }
}

void Bridge::Impl::stop() {
  if (std::exchange(context.stopping, true)) return;
  queries.stop();
  bridge_commands.on_stop();
  roster.stop();  // with those that leave: their topics go now
  context.agenda.set({Task::stop_check, 0}, context.now.steady + kStopCheck);
  context.agenda.set({Task::stop_limit, 0}, context.now.steady + kStopLimit);
}

void Bridge::Impl::check_stop() {
  if (roster.all_closed()) {
    finish_stop();
  } else {
    context.agenda.set({Task::stop_check, 0}, context.now.steady + kStopCheck);
  }
}

void Bridge::Impl::finish_stop() {
  if (std::exchange(stopped, true)) return;
  if (context.agenda.has({Task::save_state, 0})) context.ports.save_state(to_text(context.saved));
  roster.close_endpoints();
  context.outbox.release();
  life.go_offline();
}

}  // namespace cam32100::bridge
