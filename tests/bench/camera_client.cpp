#include "tests/bench/camera_client.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

#include "tests/bench/process_facts.hpp"

namespace cam32100::bench {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

// protocol/README.md has the table.
enum Code : std::uint8_t {
  PUNCH_PKT = 0x41,
  P2P_RDY = 0x42,
  DRW = 0xD0,
  DRW_ACK = 0xD1,
  ALIVE = 0xE0,
  ALIVE_ACK = 0xE1,
  CLOSE = 0xF0
};
constexpr char kMagic = '\xF1', kDrwMagic = '\xD1';
constexpr std::size_t kStreamChannel = 1;
constexpr std::size_t kHeader = 4, kDrwHeader = 8, kBlockHeader = 8;

std::string u16_be(std::size_t value) {
  return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}
std::string u16_le(std::size_t value) {
  return {static_cast<char>(value & 0xFFU), static_cast<char>(value >> 8U & 0xFFU)};
}
std::size_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

// 8 bytes of letters, the number, 8 bytes of letters.
std::string wire_uid(const std::string& uid) {
  const auto first = uid.find('-');
  const auto second = uid.find('-', first + 1);
  const auto serial = std::stoul(uid.substr(first + 1, second - first - 1));
  std::string out = uid.substr(0, first);
  out.resize(8);
  out += u16_be(serial >> 16U) + u16_be(serial & 0xFFFFU) + uid.substr(second + 1);
  out.resize(20);
  return out;
}

}  // namespace

CameraClient::CameraClient(const std::string& address, const std::string& uid, std::string password)
    : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)}, password_{std::move(password)} {
  const auto colon = address.find(':');
  sockaddr_in camera{};
  camera.sin_family = AF_INET;
  camera.sin_port = htons(static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1))));
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts_[i] = {space_[i].data(), space_[i].size()};
    messages_[i].msg_hdr.msg_iov = &parts_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
  constexpr timeval kLimit{.tv_sec = 5, .tv_usec = 0};
  constexpr int kBuffer = 4 * 1024 * 1024;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kLimit, sizeof kLimit);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kBuffer, sizeof kBuffer);
  sockaddr generic{};
  const bool known = ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &camera.sin_addr) == 1;
  std::memcpy(&generic, &camera, sizeof camera);
  if (!known || ::connect(socket_, &generic, sizeof camera) != 0)
    throw std::runtime_error{"no camera at " + address};
  open(uid);
}

CameraClient::~CameraClient() {
  // It is never answered, and a camera that streams loses it among our ACKs: again until nothing
  // comes any more, or its place would be taken for ten seconds.
  constexpr int kMost = 100;
  for (int i = 0; i < kMost; ++i) {
    send(CLOSE, {});
    if (!drop_waiting(20ms)) break;
  }
  ::close(socket_);
}

bool CameraClient::drop_waiting(std::chrono::milliseconds duration) {
  bool any = false;
  pollfd more{.fd = socket_, .events = POLLIN, .revents = 0};
  const auto end = steady_clock::now() + duration;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now());
    if (left.count() <= 0 || ::poll(&more, 1, static_cast<int>(left.count())) <= 0) return any;
    any = true;
    while (::recvmmsg(socket_, messages_.data(), kBatch, MSG_DONTWAIT, nullptr) > 0 &&
           steady_clock::now() < end) {
    }
  }
}

void CameraClient::send(std::uint8_t code, std::string_view payload) const {
  std::string out{kMagic, static_cast<char>(code)};
  out.append(u16_be(payload.size())).append(payload);
  (void)::send(socket_, out.data(), out.size(), 0);
}

void CameraClient::open(const std::string& uid) {
  send(PUNCH_PKT, wire_uid(uid));
  while (true) {
    const auto count = receive();
    for (std::size_t i = 0; i < count; ++i) {
      if (byte_at(datagram(i), 1) == P2P_RDY) return;
    }
  }
}

std::size_t CameraClient::receive() {
  const int count = ::recvmmsg(socket_, messages_.data(), kBatch, MSG_WAITFORONE, nullptr);
  if (count <= 0) throw std::runtime_error{"waited in vain for the camera"};
  return static_cast<std::size_t>(count);
}

std::string_view CameraClient::datagram(std::size_t number) const {
  return {space_[number].data(), messages_[number].msg_len};
}

void CameraClient::take_batch(std::size_t count) {
  for (auto& indices : owed_) indices.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const auto one = datagram(i);
    if (one.size() < kHeader) continue;
    if (byte_at(one, 1) == ALIVE) send(ALIVE_ACK, {});
    if (byte_at(one, 1) != DRW || one.size() < kDrwHeader) continue;
    const std::size_t channel = byte_at(one, 5);
    if (channel >= kChannels) continue;
    const auto index = static_cast<std::uint16_t>(byte_at(one, 6) << 8U | byte_at(one, 7));
    if (channel == kStreamChannel) {
      count_stream(index, one.size() - kDrwHeader);
    } else if (!take_command_data(index, one.substr(kDrwHeader))) {
      continue;
    }
    owed_[channel].push_back(index);
  }
  for (std::size_t channel = 0; channel < kChannels; ++channel) acknowledge(channel);
}

bool CameraClient::take_command_data(std::uint16_t index, std::string_view data) {
  if (index != expected_) return static_cast<std::int16_t>(index - expected_) < 0;
  ++expected_;
  received_.append(data);
  return true;
}

void CameraClient::count_stream(std::uint16_t index, std::size_t size) {
  if (static_cast<std::int16_t>(index - stream_expected_) < 0 || came_ahead_[index]) return;
  stream_bytes_ += size;
  came_ahead_[index] = true;
  while (came_ahead_[stream_expected_]) came_ahead_[stream_expected_++] = false;
}

void CameraClient::acknowledge(std::size_t channel) {
  if (owed_[channel].empty()) return;
  std::string ack{kDrwMagic, static_cast<char>(channel)};
  ack += u16_be(owed_[channel].size());
  for (const auto index : owed_[channel]) ack += u16_be(index);
  send(DRW_ACK, ack);
}

bool CameraClient::has_reply() {
  if (received_.size() < kBlockHeader) return false;
  const std::size_t size = byte_at(received_, 4) | byte_at(received_, 5) << 8U;
  if (received_.size() < kBlockHeader + size) return false;
  body_.assign(received_, kBlockHeader, size);
  received_.erase(0, kBlockHeader + size);
  return true;
}

void CameraClient::ask(std::string_view cgi) {
  const std::string text = "GET " + std::string{cgi} + "loginuse=admin&loginpas=" + password_ +
                           "&user=admin&pwd=" + password_ + "&";
  std::string block{'\x01', '\x0A', '\0', '\0'};
  block += u16_le(text.size()) + std::string(2, '\0') + text;
  send(DRW, std::string{kDrwMagic, '\0'} + u16_be(sent_++) + block);
}

Nanoseconds CameraClient::call(std::string_view cgi) {
  // What came since the last call (ALIVE, once a second) is no part of this one.
  for (int count = 1; count > 0;) {
    count = ::recvmmsg(socket_, messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count > 0) take_batch(static_cast<std::size_t>(count));
  }
  const auto start = steady_clock::now();
  ask(cgi);
  while (!has_reply()) take_batch(receive());
  return steady_clock::now() - start;
}

CameraClient::Streamed CameraClient::stream(std::chrono::milliseconds duration) {
  ask("/livestream.cgi?streamid=10&");
  while (stream_bytes_ == 0) take_batch(receive());
  const auto bytes_before = stream_bytes_;
  const auto cpu_before = cpu_time_of_this_thread();
  const auto start = steady_clock::now();
  auto now = start;
  for (; now - start < duration; now = steady_clock::now()) take_batch(receive());
  return {stream_bytes_ - bytes_before, now - start, cpu_time_of_this_thread() - cpu_before};
}

}  // namespace cam32100::bench
