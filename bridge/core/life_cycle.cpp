#include "bridge/core/life_cycle.hpp"

#include <utility>

#include "bridge/core/json_text.hpp"
#include "mappings/json_text.hpp"
#include "mappings/text.hpp"

namespace cam32100::bridge {
namespace {

constexpr int kRefused = 0x80;  // SUBACK codes from here on

}  // namespace

void LifeCycle::on_connected(const MqttConnection& connection) {
  ++context_.counters.connects;
  context_.mqtt_version = connection.version;
  context_.max_packet = connection.maximum_packet_size;
  gate_.on_connected(connection.version);
  context_.outbox.go_silent();
  start_reading();
}

void LifeCycle::on_lost(const std::string& reason) {
  ++context_.counters.losses;
  phase_ = Phase::down;
  tree_ = RetainedTree{};
  context_.outbox.go_silent();
  context_.agenda.cancel({Task::tree_limit, 0});
  context_.agenda.cancel({Task::subscribe_limit, 0});
  context_.log(LogLevel::warning, "mqtt", {},
               "connection to the broker lost" + (reason.empty() ? "" : ": " + reason));
}

void LifeCycle::start_reading() {
  phase_ = Phase::reading_tree;
  tree_ = RetainedTree{};
  tree_was_read_ = reading_was_cut_ = false;
  other_bridge_.clear();
  last_of_tree_.reset();
  token_ = std::to_string(context_.seed) + "-" + std::to_string(++round_);
  // QoS 0: the whole tree comes at once, without one round trip for every twenty messages. Our own
  // message must come back, so no "no local" here; "retain as published" shows which messages are
  // replays and clearings.
  context_.mqtt.subscribe(context_.topics.tree_filter(),
                          {.qos = 0, .no_local = false, .retain_as_published = true});
  discovery_.start_reading();
  tree_filter_done_ = false;
  discovery_filter_done_ = !context_.config.homeassistant.discovery;
  if (!discovery_filter_done_) {
    context_.mqtt.subscribe(discovery_.filter(),
                            {.qos = 0, .no_local = false, .retain_as_published = true});
  }
  context_.agenda.set({Task::tree_limit, 0}, context_.now.steady + kTreeLimit);
}

// Behind everything that the two readings bring.
void LifeCycle::send_sentinel() {
  if (!tree_filter_done_ || !discovery_filter_done_) return;
  context_.outbox.send({.topic = context_.topics.bridge("sync"),
                        .payload = token_,
                        .qos = 0,
                        .content_type = "text/plain"});
}

void LifeCycle::on_subscribed(const std::string& filter, int reason_code) {
  const bool refused = reason_code >= kRefused;
  const auto& topics = context_.topics;
  if (refused) {
    context_.log(LogLevel::error, "mqtt", {},
                 "the broker refuses our subscription to " + filter + " (code " +
                     std::to_string(reason_code) + "); allow it in the broker's access list");
  }
  if (filter == topics.tree_filter() && phase_ == Phase::reading_tree) {
    if (refused) {
      end_reading();
      return;
    }
    tree_was_read_ = tree_filter_done_ = true;
    send_sentinel();
    return;
  }
  if (filter == discovery_.filter() && phase_ == Phase::reading_tree) {
    discovery_filter_done_ = true;
    send_sentinel();
    return;
  }
  if (phase_ != Phase::subscribing) return;
  if (filter == topics.command_filter()) command_filter_done_ = true;
  if (filter == topics.set_filter()) set_filter_done_ = true;
  if (filter == discovery_.status_topic()) status_filter_done_ = true;
  // Refused filters do not keep the rest from working: what we publish is still worth having.
  if (command_filter_done_ && set_filter_done_ && status_filter_done_) start_working();
}

bool LifeCycle::take_message(const MqttMessage& message) {
  if (discovery_.take_message(message, phase_ == Phase::reading_tree)) {
    if (phase_ == Phase::reading_tree) last_of_tree_ = context_.now.steady;
    return true;
  }
  if (message.topic == context_.topics.bridge("sync")) {
    if (phase_ == Phase::reading_tree && !message.retained && message.payload == token_)
      end_reading();
    return true;
  }
  if (phase_ != Phase::reading_tree) return false;
  if (context_.topics.parse_command(message.topic)) {
    if (message.retained && !message.payload.empty()) return false;
    // Live commands wait for nobody: the bridge does not listen to them yet. Echoes are ticked off.
    (void)gate_.judge(context_.now.steady, message);
    return true;
  }
  last_of_tree_ = context_.now.steady;
  if (message.topic == context_.topics.bridge("info")) note_other_bridge(message.payload);
  tree_.add(context_.topics, message, context_.mqtt_version < 5);
  return true;
}

void LifeCycle::end_reading() {
  context_.agenda.cancel({Task::tree_limit, 0});
  context_.mqtt.unsubscribe(context_.topics.tree_filter());
  if (context_.config.homeassistant.discovery) context_.mqtt.unsubscribe(discovery_.filter());
  phase_ = Phase::subscribing;
  subscribe_commands();
}

void LifeCycle::subscribe_commands() {
  command_filter_done_ = set_filter_done_ = false;
  const SubscribeOptions options{.qos = 1, .no_local = true, .retain_as_published = true};
  context_.agenda.set({Task::subscribe_limit, 0}, context_.now.steady + kSubscribeLimit);
  context_.mqtt.subscribe(context_.topics.command_filter(), options);
  context_.mqtt.subscribe(context_.topics.set_filter(), options);
  const auto& status = discovery_.status_topic();
  status_filter_done_ = status.empty();
  if (!status_filter_done_) context_.mqtt.subscribe(status, {.qos = 1});
}

void LifeCycle::start_working() {
  context_.agenda.cancel({Task::subscribe_limit, 0});
  phase_ = Phase::working;
  for (const auto& [uid, camera] : context_.cameras.all())
    take_held_availability(*camera, tree_.camera(uid));
  take_stale();
  discovery_.end_reading();
  const bool cleaned = context_.config.mqtt.cleanup == "auto" && !context_.stale.empty();
  if (cleaned) context_.empty_stale_topics();
  context_.outbox.set_state(context_.topics.bridge("availability"), "online", Outbox::Form::text);
  info_.publish_info();
  topics_.publish_cameras();
  info_.publish_health();
  context_.outbox.go_live();
  send_set();
  for (const auto& [uid, camera] : context_.cameras.all()) {
    events_.restore(*camera, tree_.camera(uid), reading());
  }
  tree_ = RetainedTree{};
  arm_refresh();
  context_.log(LogLevel::info, "mqtt", {}, "connected to the broker and ready for commands");
}

TreeReading LifeCycle::reading() const {
  if (!tree_was_read_) return TreeReading::none;
  return reading_was_cut_ || !tree_.is_whole() ? TreeReading::part : TreeReading::whole;
}

void LifeCycle::take_held_availability(CameraEntry& camera, const RetainedTree::Camera* held) {
  camera.held_topics = held != nullptr ? held->topics : std::set<std::string>{};
  if (camera.availability_known) return;
  // Until the supervisor has decided, the last run's word stands: a restart is no reason to
  // flicker. Where there is none, nothing is said.
  const std::string word = held != nullptr ? held->availability : std::string{};
  if (word == "online" || word == "offline") topics_.publish_availability(camera, word == "online");
}

void LifeCycle::note_other_bridge(const std::string& info) {
  const auto parsed = mappings::parse_json_text(info);
  const std::string instance = parsed ? text_at(*parsed, "instance") : std::string{};
  other_bridge_ = instance == context_.config.mqtt.instance ? std::string{} : instance;
}

void LifeCycle::take_stale() {
  context_.stale.clear();
  if (!other_bridge_.empty()) {
    // What we do not know may be the other's: nothing is called stale, and cleanup empties nothing.
    context_.log(LogLevel::warning, "mqtt", {},
                 "another bridge, instance " + mappings::in_quotes(other_bridge_) +
                     ", publishes under " + context_.config.mqtt.base_topic +
                     " too; give each bridge its own mqtt.base_topic");
    return;
  }
  for (const auto& [uid, held] : tree_.cameras()) {
    if (context_.cameras.by_uid(uid) != nullptr) continue;
    context_.stale[uid] = {held.topics.begin(), held.topics.end()};
  }
  if (context_.stale.empty()) return;
  context_.log(LogLevel::warning, "mqtt", {},
               std::to_string(context_.stale.size()) +
                   " camera(s) that are not configured have topics on the broker, as bridge/info "
                   "lists (stale); the command cleanup, or mqtt.cleanup: auto, removes them");
}

void LifeCycle::send_set() {
  for (const char* leaf : {"availability", "info", "cameras", "health"}) {
    context_.outbox.resend(context_.topics.bridge(leaf));
  }
  discovery_.send_all();
  for (const auto& [uid, camera] : context_.cameras.all()) topics_.resend(*camera);
}

void LifeCycle::arm_refresh() {
  context_.agenda.set({Task::refresh, 0}, context_.now.steady + context_.config.timing.refresh_s);
}

void LifeCycle::on_task(Task task) {
  switch (task) {
    case Task::tree_limit:
      if (phase_ == Phase::reading_tree) {
        context_.log(LogLevel::warning, "mqtt", {},
                     "reading our retained topics took too long; going on without the rest");
        // Silent for a while, it has told all it has: only our own message does not come through.
        reading_was_cut_ =
            last_of_tree_ && context_.now.steady - *last_of_tree_ < kSilenceAfterTree;
        end_reading();
      }
      break;
    case Task::subscribe_limit:
      if (phase_ == Phase::subscribing) {
        context_.log(LogLevel::warning, "mqtt", {},
                     "the broker does not confirm our subscriptions; asking again");
        subscribe_commands();
      }
      break;
    case Task::health:
      info_.publish_health();
      break;
    case Task::states_again:
      if (phase_ == Phase::working) {
        for (const char* leaf : {"availability", "info", "cameras", "health"})
          context_.outbox.resend(context_.topics.bridge(leaf));
      }
      break;
    case Task::refresh:
      if (phase_ == Phase::working) {
        context_.outbox.go_silent();  // the figures go out with the set, not twice
        info_.publish_health();
        context_.outbox.go_live();
        send_set();
        arm_refresh();
      }
      break;
    default:
      break;
  }
}

void LifeCycle::go_offline() {
  const auto topic = context_.topics.bridge("availability");
  const bool live = context_.outbox.is_live();
  context_.outbox.set_state(topic, "offline", Outbox::Form::text);
  if (live) return;
  // Before the work began the broker may still hold `online`: of a run whose will it lost in a
  // crash.
  context_.outbox.send({.topic = topic,
                        .payload = "offline",
                        .qos = 1,
                        .retain = true,
                        .content_type = "text/plain"});
}

}  // namespace cam32100::bridge
