#include "protocol/peer/camera_logins.hpp"

#include <algorithm>
#include <utility>

namespace cam32100::protocol {
namespace {

constexpr Duration kRetry{std::chrono::seconds{2}};
constexpr Duration kShortest{std::chrono::milliseconds{100}};
constexpr unsigned kLoggedOutAfter = 3;
constexpr Version kVersion{4, 1, 3};

}  // namespace

CameraLogins::CameraLogins(std::vector<ServerAddress> servers, Uid uid, SockAddr lan_address,
                           Duration interval)
    : uid_{uid}, lan_address_{lan_address}, interval_{std::max(interval, kShortest)} {
  servers_.reserve(servers.size());
  for (auto& server : servers) {
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
    server.due = server.sent + interval_;
  }
}

void CameraLogins::on_time(TimePoint now, Outbox& out) {
  for (auto& server : servers_) {
    if (!server.due || now < *server.due) continue;
    if (server.unanswered >= kLoggedOutAfter) server.logged_in = false;
    const Address& to = server.where.address;
    if (!std::exchange(server.greeted, true)) out.put(to, server.where.cipher, Hello{});
    out.put(to, server.where.cipher,
            DevLgn{.uid = uid_, .nat_type = 0, .version = kVersion, .address = lan_address_});
    ++server.unanswered;
    server.sent = now;
    server.due = now + std::min(kRetry, interval_);
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
