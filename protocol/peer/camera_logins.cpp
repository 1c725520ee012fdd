#include "protocol/peer/camera_logins.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cam32100::protocol {
namespace {

constexpr Duration kRetry{std::chrono::seconds{2}};
constexpr Duration kShortest{std::chrono::milliseconds{100}};
constexpr unsigned kLoggedOutAfter = 3;
constexpr Version kVersion{4, 1, 3};

}  // namespace

CameraLogins::CameraLogins(const std::vector<ServerAddress>& servers, CameraLogin login)
    : login_{std::move(login)} {
  login_.interval = std::max(login_.interval, kShortest);
  servers_.reserve(servers.size());
  for (const auto& server : servers) {
    Server added;
    added.where = server;
    servers_.push_back(added);
  }
}

void CameraLogins::start(TimePoint now) {
  for (auto& server : servers_) {
    const ServerAddress where = server.where;
    server = Server{};
    server.where = where;
    server.due = now;
  }
}

void CameraLogins::stop() {
  for (auto& server : servers_) {
    server.due.reset();
    server.logged_in = false;
  }
}

void CameraLogins::on_bound(const Address& local) noexcept {
  if (login_.lan_address.address.port == 0) login_.lan_address.address.port = local.port;
}

const Cipher* CameraLogins::cipher_of(const Address& from) const noexcept {
  const auto found = std::find_if(servers_.begin(), servers_.end(),
                                  [&from](const Server& s) { return s.where.address == from; });
  return found == servers_.end() ? nullptr : &found->where.cipher;
}

void CameraLogins::on_answer(const Address& from, ResultCode result) {
  for (auto& server : servers_) {
    if (server.where.address != from || !server.due) continue;
    server.unanswered = 0;
    server.logged_in = result == ResultCode::ok;
    server.due = server.sent + login_.interval;
  }
}

// No source says how a login with a DSK is answered: as the CRC form's is [inferred].
void CameraLogins::on_sealed_answer(const Address& from, BytesView sealed) {
  if (login_.crc_key.empty()) return;
  const auto opened = crc_decrypt(login_.crc_key, sealed);
  if (!opened || opened->empty()) return;
  on_answer(from, static_cast<ResultCode>(opened->front()));
}

// The sealed forms hold a DEV_LGN's payload, and behind it the device key.
void CameraLogins::send_login(const ServerAddress& server, Outbox& out) const {
  const DevLgn login{
      .uid = login_.uid, .nat_type = 0, .version = kVersion, .address = login_.lan_address};
  if (login_.crc_key.empty()) return out.put(server.address, server.cipher, login);
  std::array<std::byte, 64> space;
  const auto size = encode(login, space);
  if (!size) return;
  Bytes plain{space.begin() + kHeaderBytes, space.begin() + static_cast<std::ptrdiff_t>(*size)};
  if (login_.dsk) {
    const BytesView key = as_bytes({login_.dsk->data(), login_.dsk->size()});
    plain.insert(plain.end(), key.begin(), key.end());
  }
  const Bytes sealed = crc_encrypt(login_.crc_key, plain);
  if (login_.dsk) return out.put(server.address, server.cipher, DevLgnDsk{.body = sealed});
  out.put(server.address, server.cipher, DevLgnCrc{.body = sealed});
}

void CameraLogins::on_time(TimePoint now, Outbox& out) {
  for (auto& server : servers_) {
    if (!server.due || now < *server.due) continue;
    if (server.unanswered >= kLoggedOutAfter) server.logged_in = false;
    const Address& to = server.where.address;
    if (!std::exchange(server.greeted, true)) out.put(to, server.where.cipher, Hello{});
    send_login(server.where, out);
    ++server.unanswered;
    server.sent = now;
    server.due = now + std::min(kRetry, login_.interval);
  }
}

std::optional<TimePoint> CameraLogins::deadline() const {
  std::optional<TimePoint> next;
  for (const auto& server : servers_) {
    if (server.due && (!next || *server.due < *next)) next = server.due;
  }
  return next;
}

bool CameraLogins::logged_in() const noexcept {
  return std::any_of(servers_.begin(), servers_.end(), [](const Server& s) { return s.logged_in; });
}

}  // namespace cam32100::protocol
