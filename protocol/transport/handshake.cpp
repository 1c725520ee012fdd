#include "protocol/transport/handshake.hpp"

#include <algorithm>
#include <array>

#include "protocol/transport/sealing.hpp"

namespace cam32100::protocol {

namespace {

// A peer that echoes our echo would otherwise keep both sides busy; a burst of four is normal.
constexpr unsigned kEchoesPerRound = 4;

constexpr std::array kNeighbours{1, -1, 2, -2, 3, -3};

}  // namespace

Handshake::Contact* Handshake::find(const Address& address) noexcept {
  const auto found = std::find_if(contacts_.begin(), contacts_.end(),
                                  [&](const Contact& each) { return each.address == address; });
  return found == contacts_.end() ? nullptr : &*found;
}

const Handshake::Contact* Handshake::find(const Address& address) const noexcept {
  const auto found = std::find_if(contacts_.begin(), contacts_.end(),
                                  [&](const Contact& each) { return each.address == address; });
  return found == contacts_.end() ? nullptr : &*found;
}

std::size_t Handshake::count(bool given) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(contacts_.begin(), contacts_.end(),
                    [&](const Contact& each) { return each.given == given; }));
}

void Handshake::begin_round(Contact& contact) noexcept {
  contact.next_punch = contact.cipher.value_or(0);
  contact.echoes_left = kEchoesPerRound;
}

void Handshake::add_candidate(TimePoint now, const Address& address, Path path) {
  if (!address.is_usable()) return;
  if (Contact* known = find(address); known != nullptr) {
    if (known->given || count(true) >= config_.max_candidates) return;
    known->given = true;
    known->path = path;
    return;
  }
  if (count(true) >= config_.max_candidates) return;
  Contact contact;
  contact.address = address;
  contact.path = path;
  contact.given = true;
  begin_round(contact);
  if (path == Path::p2p && !address.is_private())
    contact.neighbours_due = now + config_.neighbours_after;
  contacts_.push_back(contact);
  if (!next_round_) next_round_ = now + config_.punch_interval;
}

Handshake::Greeting Handshake::read(BytesView datagram) const {
  Greeting best;
  if (datagram.size() > kLongestGreeting) return best;
  OpeningSpace space;
  for (std::size_t i = 0; i < config_.ciphers.size(); ++i) {
    const auto packet = open(datagram, config_.ciphers[i].cipher, space);
    if (!packet) continue;
    Greeting greeting{Greeting::Kind::other, i, packet->type, {}};
    if (const auto* punch = std::get_if<PunchPkt>(&packet->message)) {
      greeting.uid = punch->uid;
      if (punch->uid == config_.uid) greeting.kind = Greeting::Kind::punch;
    } else if (const auto* ready = std::get_if<P2pRdy>(&packet->message)) {
      greeting.uid = ready->uid;
      if (ready->uid == config_.uid) greeting.kind = Greeting::Kind::ready;
    }
    if (greeting.kind != Greeting::Kind::other) return greeting;
    if (best.kind == Greeting::Kind::unreadable) best = greeting;
  }
  return best;
}

void Handshake::on_punch(TimePoint now, const Address& from, std::size_t cipher) {
  heard_anybody_ = true;
  Contact* contact = find(from);
  if (contact == nullptr) {
    if (count(false) >= config_.max_candidates) return;  // the candidates keep their places
    contact = &contacts_.emplace_back();
    contact->address = from;
    contact->echoes_left = kEchoesPerRound;
    contact->next_punch = config_.ciphers.size();  // the echo is its first punch
  }
  if (!contact->cipher) contact->next_punch = config_.ciphers.size();
  contact->cipher = cipher;
  if (contact->echoes_left > 0) {
    --contact->echoes_left;
    ++contact->echoes;
  }
  if (!contact->ready_due) contact->ready_due = now + config_.ready_after_punch;
  if (!next_round_) next_round_ = now + config_.punch_interval;
}

void Handshake::on_time(TimePoint now) {
  if (next_round_ && now >= *next_round_) {
    for (Contact& contact : contacts_) begin_round(contact);
    next_round_ = now + config_.punch_interval;
  }
  for (Contact& contact : contacts_) {
    if (!contact.neighbours_due || now < *contact.neighbours_due) continue;
    contact.neighbours_due = now + config_.neighbours_interval;
    if (!heard_anybody_) contact.next_neighbour = 0;
  }
  for (Contact& contact : contacts_) {
    if (!contact.ready_due || now < *contact.ready_due) continue;
    contact.ready_waits = true;
    contact.ready_due = now + config_.ready_after_punch;
  }
}

std::optional<TimePoint> Handshake::deadline() const {
  std::optional<TimePoint> first = next_round_;
  for (const Contact& contact : contacts_) {
    earliest(first, contact.ready_due);
    earliest(first, contact.neighbours_due);
  }
  return first;
}

bool Handshake::take_punch(Contact& contact, Datagram& out) const {
  if (contact.next_punch >= config_.ciphers.size()) return false;
  const Cipher& cipher = config_.ciphers[contact.next_punch].cipher;
  contact.next_punch = contact.cipher ? config_.ciphers.size() : contact.next_punch + 1;
  return seal(PunchPkt{config_.uid}, cipher, contact.address, out);
}

// Under the first key alone: it is the one that the prefix, or an earlier session, speaks for.
bool Handshake::take_neighbour(Contact& contact, Datagram& out) const {
  while (contact.next_neighbour < kNeighbours.size()) {
    const int port = contact.address.port + kNeighbours[contact.next_neighbour++];
    if (port < 1 || port > 0xFFFF) continue;
    const Address near{contact.address.ip, static_cast<std::uint16_t>(port)};
    return seal(PunchPkt{config_.uid}, config_.ciphers.front().cipher, near, out);
  }
  return false;
}

bool Handshake::take_datagram(TimePoint now, Datagram& out) {
  on_time(now);
  for (Contact& contact : contacts_) {
    if (contact.echoes == 0 || !contact.cipher) continue;
    --contact.echoes;
    return seal(PunchPkt{config_.uid}, config_.ciphers[*contact.cipher].cipher, contact.address,
                out);
  }
  for (Contact& contact : contacts_) {
    if (!contact.ready_waits || !contact.cipher) continue;
    contact.ready_waits = false;
    contact.ready_sent = true;
    return seal(P2pRdy{config_.uid}, config_.ciphers[*contact.cipher].cipher, contact.address, out);
  }
  return std::any_of(contacts_.begin(), contacts_.end(), [&](Contact& contact) {
    return take_punch(contact, out) || take_neighbour(contact, out);
  });
}

bool Handshake::sent_ready_to(const Address& address) const noexcept {
  const Contact* contact = find(address);
  return contact != nullptr && contact->ready_sent;
}

bool Handshake::is_candidate_host(const Address& address) const noexcept {
  return std::any_of(contacts_.begin(), contacts_.end(), [&address](const Contact& contact) {
    return contact.given && contact.address.ip == address.ip;
  });
}

// A camera may answer from another port than the one that was punched.
Path Handshake::path_to(const Address& address) const noexcept {
  const Contact* same = find(address);
  if (same != nullptr && same->given) return same->path;
  for (const Contact& contact : contacts_) {
    if (contact.given && contact.address.ip == address.ip) return contact.path;
  }
  return address.is_private() ? Path::lan : Path::p2p;
}

}  // namespace cam32100::protocol
