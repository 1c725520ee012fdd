#include "protocol/peer/camera.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "protocol/peer/camera_impl.hpp"
#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::size_t kMaxOutsideSessions = 1024;               // datagrams outside sessions
constexpr Duration kGoingDown{std::chrono::milliseconds{300}};  // for the reply to leave
constexpr Duration kOff{std::chrono::seconds{2}};
constexpr std::size_t kMostUsersTold =
    4;  // what check_user tells as the limit, unless more sessions are allowed

// A locally administered one, another for each id: who shares one is taken for one device.
std::string mac_of(const Uid& uid) {
  unsigned letters = 0;
  for (const char c : uid.prefix()) letters = letters * 31 + static_cast<unsigned char>(c);
  const auto serial = uid.serial();
  char text[sizeof "02:00:00:00:00:00"];
  std::snprintf(text, sizeof text, "02:%02x:%02x:%02x:%02x:%02x", letters & 0xFFU,
                (serial >> 24U) & 0xFFU, (serial >> 16U) & 0xFFU, (serial >> 8U) & 0xFFU,
                serial & 0xFFU);
  return text;
}

CameraCgiConfig cgi_config(const CameraConfig& config) {
  CameraCgiConfig cgi;
  cgi.credentials = config.credentials;
  cgi.marker = config.marker;
  cgi.pictures = config.pictures;
  cgi.nonsense = config.nonsense;
  cgi.refuses = config.refuses;
  cgi.values = config.values;
  cgi.factory.device_id = config.uid.text();
  cgi.factory.alias = config.alias;
  cgi.factory.firmware = config.firmware;
  cgi.factory.mac = mac_of(config.uid);
  cgi.factory.user = config.credentials.user;
  cgi.factory.secret = "hidden" + config.marker;
  return cgi;
}

CameraLogin login_of(const CameraConfig& config) {
  return {config.uid, config.lan_address, config.login_interval, config.crc_key, config.dsk};
}

void add(CameraCounters& sum, const CameraSession& session) {
  sum.unreadable_requests += session.request_counters().unreadable;
  sum.dropped_requests += session.request_counters().dropped;
  sum.dropped_replies += session.dropped_replies();
  sum.dropped_frames += session.dropped_frames();
}

}  // namespace

EmulatedCamera::Impl::Impl(TimePoint now, CameraConfig given, std::uint64_t seed)
    : config{std::move(given)},
      cipher{cipher_of(config.psk)},
      random{seed},
      outbox{kMaxOutsideSessions},
      cgi{now, cgi_config(config)},
      logins{config.servers, login_of(config)} {
  logins.start(now);
  logins.on_time(now, outbox);
}

EmulatedCamera::EmulatedCamera(TimePoint now, CameraConfig config, std::uint64_t seed)
    : impl_{std::make_unique<Impl>(now, std::move(config), seed)} {}
EmulatedCamera::~EmulatedCamera() = default;

void EmulatedCamera::Impl::on_server_message(TimePoint now, const Address& from,
                                             const Message& message) {
  if (const auto* ack = std::get_if<DevLgnAck>(&message)) {
    logins.on_answer(from, ack->result);
  } else if (const auto* sealed = std::get_if<DevLgnAckCrc>(&message)) {
    logins.on_sealed_answer(from, sealed->body);
  } else if (const auto* punch_to = std::get_if<PunchTo>(&message)) {
    if (config.punches) start_punching(now, punch_to->address.address);
  } else if (const auto* told = std::get_if<RlyTo>(&message)) {
    go_to_relay(now, from, *told);
  }
}

void EmulatedCamera::Impl::on_client_message(TimePoint now, const Address& from,
                                             const Message& message) {
  if (std::holds_alternative<LanSearchMessage>(message)) {
    if (!config.answers_lan_search) return;
    config.other_dialect ? send(from, LanSearchExtAck{.uid = config.uid})
                         : send(from, PunchPkt{.uid = config.uid});
  } else if (const auto* punched = std::get_if<PunchPkt>(&message)) {
    if (punched->uid == config.uid) on_punch(now, from);
  } else if (const auto* ready = std::get_if<P2pRdy>(&message)) {
    if (ready->uid == config.uid) on_ready(now, from);
  } else {
    on_session_message(now, from, message);
  }
}

void EmulatedCamera::Impl::on_session_message(TimePoint now, const Address& from,
                                              const Message& message) {
  const auto found = sessions.find(from);
  if (found == sessions.end()) return;
  found->second->on_message(now, message);
  note_breaches(*found->second);
  answer_requests(now, *found->second);
  end_sessions(now);
}

void EmulatedCamera::Impl::answer_requests(TimePoint now, CameraSession& session) {
  while (const auto text = session.take_request()) {
    const Audience audience{.sessions = regular_sessions(),
                            .supported = std::max(kMostUsersTold, config.max_sessions + 1),
                            .surplus = session.is_surplus()};
    if (config.other_dialect) continue;
    session.reply(cgi.answer(now, *text, audience));
    follow_stream_order(now, session);
    if (cgi.take_restart() && !down_due) down_due = now + kGoingDown;
  }
}

void EmulatedCamera::Impl::follow_stream_order(TimePoint now, CameraSession& session) {
  switch (cgi.take_stream_order()) {
    case StreamOrder::none:
      return;
    case StreamOrder::start:
      return session.start_stream(now, cgi.clock(now) - now.time_since_epoch());
    case StreamOrder::stop:
      return session.stop_stream();
  }
}

// A client that was given up is told so, as cameras do; one that closed is not answered.
void EmulatedCamera::Impl::end_sessions(TimePoint /*now*/) {
  for (auto each = sessions.begin(); each != sessions.end();) {
    const auto end = each->second->end();
    if (end == CameraSession::End::given_up) send(each->first, Close{});
    if (end == CameraSession::End::none) {
      ++each;
    } else {
      add(counters, *each->second);
      remember_port(*each->second);
      each = sessions.erase(each);
    }
  }
}

void EmulatedCamera::Impl::forget_sessions() {
  for (const auto& [client, session] : sessions) add(counters, *session);
  sessions.clear();
}

void EmulatedCamera::Impl::go_down(TimePoint now) {
  down_due.reset();
  for (const auto& [client, session] : sessions) send(client, Close{});
  forget_sessions();
  used_ports.clear();
  punching.clear();
  relay_legs.clear();
  logins.stop();
  back_due = now + kOff;
  ++reboots;
}

void EmulatedCamera::Impl::come_back(TimePoint now) {
  back_due.reset();
  logins.start(now);
}

void EmulatedCamera::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  Impl& my = *impl_;
  if (my.back_due || !from.is_usable()) return;
  const Cipher* const server = my.logins.cipher_of(from);
  OpeningSpace space;
  if (server != nullptr) {
    const auto packet = open(datagram, *server, space);
    if (!packet) {
      ++my.counters.malformed;
      return;
    }
    return my.on_server_message(now, from, packet->message);
  }
  if (my.on_relay_datagram(now, from, datagram)) return;
  const auto packet = open(datagram, my.cipher, space);
  if (!packet) {
    ++my.counters.malformed;
    return;
  }
  my.on_client_message(now, from, packet->message);
}

void EmulatedCamera::on_bound(const Address& local) { impl_->logins.on_bound(local); }

void EmulatedCamera::on_time(TimePoint now) {
  Impl& my = *impl_;
  my.cgi.advance(now);
  if (my.down_due && now >= *my.down_due) my.go_down(now);
  if (my.back_due && now >= *my.back_due) my.come_back(now);
  my.logins.on_time(now, my.outbox);
  my.punch(now);
  my.move_relay_legs(now);
  for (const auto& [client, session] : my.sessions) {
    session->on_time(now);
    my.note_breaches(*session);
  }
  my.end_sessions(now);
}

std::optional<TimePoint> EmulatedCamera::deadline() const {
  const Impl& my = *impl_;
  std::optional<TimePoint> next = my.logins.deadline();
  earliest(next, my.down_due);
  earliest(next, my.back_due);
  earliest(next, my.punch_deadline());
  earliest(next, my.relay_deadline());
  for (const auto& [client, session] : my.sessions) earliest(next, session->deadline());
  return next;
}

bool EmulatedCamera::take_datagram(TimePoint now, Datagram& out) {
  Impl& my = *impl_;
  if (my.outbox.take(out) || my.take_relay_datagram(out)) return true;
  for (const auto& [client, session] : my.sessions) {
    if (session->take_datagram(now, out)) return true;
  }
  return false;
}

CameraGlance EmulatedCamera::glance() const {
  const Impl& my = *impl_;
  const auto position = my.cgi.position();
  return {position.pan,          position.tilt, my.cgi.alarm_status(),   my.sessions.size(),
          my.logins.logged_in(), my.reboots,    my.cgi.setting_changes()};
}

CameraSnapshot EmulatedCamera::snapshot() const {
  const Impl& my = *impl_;
  CameraSnapshot seen;
  const auto position = my.cgi.position();
  seen.pan = position.pan;
  seen.tilt = position.tilt;
  seen.alarm_status = my.cgi.alarm_status();
  seen.sessions = my.sessions.size();
  seen.requests = my.cgi.requests();
  seen.last_requests.assign(my.cgi.last_requests().begin(), my.cgi.last_requests().end());
  seen.parameters = my.cgi.camera_parameters();
  seen.logged_in = my.logins.logged_in();
  seen.reboots = my.reboots;
  seen.counters = my.counters;
  seen.counters.dropped_datagrams = my.outbox.dropped();
  for (const auto& [client, session] : my.sessions) add(seen.counters, *session);
  return seen;
}

}  // namespace cam32100::protocol
