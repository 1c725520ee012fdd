#include "tests/support/independent_camera/independent_camera.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

#include "tests/support/independent_camera/camera_session.hpp"
#include "tests/support/independent_camera/chain.hpp"
#include "tests/support/independent_camera/wire_format.hpp"

namespace cam32100::testing {

namespace {

using independent::address_text;
using independent::Bytes;
using independent::CameraSession;
using independent::Complaints;
using independent::Message;
using independent::Type;
using protocol::Address;
using protocol::BytesView;
using protocol::TimePoint;

constexpr std::size_t kMostSessions = 8;
constexpr std::size_t kMostWaiting = 1024;
constexpr int kReadyBurst = 4;
constexpr std::size_t kExtendedUid = 24;

}  // namespace

struct IndependentCamera::State {
  explicit State(IndependentCameraConfig c)
      : config{std::move(c)},
        uid{independent::uid_bytes(config.uid)},
        chain{config.psk},
        device{config} {
    if (uid.empty()) throw std::invalid_argument("uid is not PREFIX-SERIAL-CHECK");
  }

  void on_message(TimePoint now, const Address& from, const Message& message);
  void on_lan_search(const Address& from, const Message& message);
  void on_ready_message(TimePoint now, const Address& from, const Message& message);
  void judge_address(const Address& from, BytesView payload, std::size_t at);
  [[nodiscard]] CameraSession* find(const Address& from);
  void open(TimePoint now, const Address& from, int ready_repeats);
  void post(const Address& to, Bytes message);
  void collect();  // outboxes into the queue; sessions that are over go away

  IndependentCameraConfig config;
  Bytes uid;
  independent::Chain chain;
  independent::CgiDevice device;
  independent::Violations violations;
  std::vector<std::unique_ptr<CameraSession>> sessions;
  std::deque<std::pair<Address, Bytes>> waiting;  // plain; encrypted when taken
  std::size_t opened = 0;
  std::size_t undecodable = 0;
  std::size_t dropped = 0;
};

void IndependentCamera::State::on_message(TimePoint now, const Address& from,
                                          const Message& message) {
  switch (message.type) {
    case Type::lan_search:
      return on_lan_search(from, message);
    case Type::punch_pkt:
    case Type::p2p_rdy:
      return on_ready_message(now, from, message);
    case Type::p2p_rdy_ack:
      if (message.payload.size() > independent::kUidBytes) {
        judge_address(from, message.payload, independent::kUidBytes);
      }
      return;
    case Type::p2p_req:
    case Type::rly_req:
      return judge_address(from, message.payload, independent::kUidBytes);
    case Type::drw:
    case Type::drw_ack:
    case Type::alive:
    case Type::alive_ack:
    case Type::close:
      // Without a session these are late arrivals for one that ended.
      if (auto* session = find(from)) session->on_message(now, message);
      return;
    case Type::hello:
    case Type::p2p_req_dsk:
    case Type::lan_search_ext:
    case Type::list_req1:
    case Type::list_req:
    case Type::list_req_dsk:
    case Type::rly_hello:
    case Type::rly_port:
    case Type::rly_pkt:
      return;  // for servers, or for another family
  }
  violations.add(address_text(from),
                 "message type " + independent::hex_byte(static_cast<unsigned>(message.type)) +
                     " is not one a client sends");
}

void IndependentCamera::State::on_lan_search(const Address& from, const Message& message) {
  const auto& body = message.payload;
  const bool is_zero =
      std::all_of(body.begin(), body.end(), [](auto b) { return b == std::byte{0}; });
  if (body.size() > 2 || !is_zero)
    violations.add(address_text(from), "LAN_SEARCH carries a payload");
  post(from, independent::message(Type::punch_pkt, uid));
}

void IndependentCamera::State::on_ready_message(TimePoint now, const Address& from,
                                                const Message& message) {
  const std::string name = message.type == Type::punch_pkt ? "PUNCH_PKT" : "P2P_RDY";
  const auto& body = message.payload;
  if (body.size() != independent::kUidBytes && body.size() != kExtendedUid) {
    violations.add(address_text(from), name + " of " + std::to_string(body.size()) + " bytes");
  }
  if (body.size() < uid.size() || !std::equal(uid.begin(), uid.end(), body.begin())) {
    violations.add(address_text(from), name + " with a UID that is not this camera's");
    return;
  }
  const bool is_ready = message.type == Type::p2p_rdy;
  if (is_ready != config.opens_on_ready) return;  // the other family's way: not wrong, no effect
  open(now, from, is_ready ? 1 : kReadyBurst);
}

void IndependentCamera::State::judge_address(const Address& from, BytesView payload,
                                             std::size_t at) {
  const auto record = payload.size() > at ? payload.subspan(at) : BytesView{};
  const auto complaint = independent::sockaddr_complaint(record, from);
  if (!complaint.empty()) violations.add(address_text(from), complaint);
}

CameraSession* IndependentCamera::State::find(const Address& from) {
  for (const auto& session : sessions) {
    if (session->client() == from && !session->is_over()) return session.get();
  }
  return nullptr;
}

void IndependentCamera::State::open(TimePoint now, const Address& from, int ready_repeats) {
  auto* session = find(from);
  if (session == nullptr) {
    if (sessions.size() >= kMostSessions) return;  // a full camera does not answer
    sessions.push_back(std::make_unique<CameraSession>(now, from, config, device, violations));
    session = sessions.back().get();
    ++opened;
  }
  session->on_ready_asked(now, ready_repeats);
}

void IndependentCamera::State::post(const Address& to, Bytes message) {
  if (waiting.size() >= kMostWaiting) {
    waiting.pop_front();
    ++dropped;
  }
  waiting.emplace_back(to, std::move(message));
}

void IndependentCamera::State::collect() {
  for (const auto& session : sessions) {
    for (auto& message : session->outbox()) post(session->client(), std::move(message));
    session->outbox().clear();
  }
  std::erase_if(sessions, [](const auto& session) { return session->is_over(); });
}

IndependentCamera::IndependentCamera(IndependentCameraConfig config)
    : state_{std::make_unique<State>(std::move(config))} {}

IndependentCamera::~IndependentCamera() = default;

void IndependentCamera::on_datagram(TimePoint now, const Address& from, BytesView datagram) {
  const Bytes plain = state_->chain.decrypted(datagram);
  Message message;
  Complaints complaints;
  const bool is_message = independent::open_message(plain, message, complaints);
  for (const auto& what : complaints) state_->violations.add(address_text(from), what);
  if (is_message) {
    state_->on_message(now, from, message);
  } else {
    ++state_->undecodable;
  }
  state_->collect();
}

void IndependentCamera::on_time(TimePoint now) {
  for (const auto& session : state_->sessions) session->on_time(now);
  state_->collect();
}

std::optional<TimePoint> IndependentCamera::deadline() const {
  std::optional<TimePoint> due;
  for (const auto& session : state_->sessions) {
    due = due ? std::min(*due, session->deadline()) : session->deadline();
  }
  return due;
}

bool IndependentCamera::take_datagram(TimePoint /*now*/, protocol::Datagram& out) {
  if (state_->waiting.empty()) return false;
  const auto& [to, message] = state_->waiting.front();
  const Bytes cipher = state_->chain.encrypted(message);
  out.to = to;
  out.size = std::min(cipher.size(), out.bytes.size());
  std::copy_n(cipher.begin(), out.size, out.bytes.begin());
  state_->waiting.pop_front();
  return true;
}

void IndependentCamera::close_sessions() {
  for (const auto& session : state_->sessions) session->close();
  state_->collect();
}

void IndependentCamera::power_cycle() {
  state_->sessions.clear();
  state_->waiting.clear();
}

const std::vector<std::string>& IndependentCamera::requests() const {
  return state_->device.requests();
}
const std::vector<std::string>& IndependentCamera::violations() const {
  return state_->violations.list();
}
std::size_t IndependentCamera::violations_dropped() const { return state_->violations.dropped(); }
std::size_t IndependentCamera::sessions() const { return state_->sessions.size(); }
std::size_t IndependentCamera::sessions_opened() const { return state_->opened; }
bool IndependentCamera::all_acknowledged() const {
  return std::all_of(state_->sessions.begin(), state_->sessions.end(),
                     [](const auto& session) { return session->all_acknowledged(); });
}
std::size_t IndependentCamera::undecodable() const { return state_->undecodable; }
std::size_t IndependentCamera::datagrams_dropped() const { return state_->dropped; }

}  // namespace cam32100::testing
