#include "bridge/io/udp_driver.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace cam32100::bridge {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;
using protocol::Address;
using protocol::Datagram;

namespace {
// A camera's usual window (64) and what goes between: a smaller one would take three calls for it,
// of which the last finds nothing.
constexpr std::size_t kReceiveBatch = 80;
// Smaller: what of it finds the kernel's buffer full is lost.
constexpr std::size_t kSendBatch = 32;
// Rounds of recvmmsg in one handler: a flood to one camera must not starve the others, and what a
// session tells of so many packets fits its queue of 256 events.
constexpr int kMaxReceiveRounds = 3;
constexpr unsigned kErrorsBeforePause = 16;
constexpr std::chrono::milliseconds kPauseAfterErrors{200};
constexpr std::chrono::seconds kReopen{1};
constexpr std::chrono::milliseconds kRest{250};

Address to_address(const sockaddr_in& in) {
  Address address;
  std::memcpy(address.ip.data(), &in.sin_addr, address.ip.size());
  address.port = ntohs(in.sin_port);
  return address;
}

sockaddr_in to_sockaddr(const Address& address) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(address.port);
  std::memcpy(&out.sin_addr, address.ip.data(), address.ip.size());
  return out;
}
}  // namespace

class DatagramBatch {
 public:
  DatagramBatch() {
    for (std::size_t i = 0; i < kReceiveBatch; ++i) {
      receive_parts_[i] = {received[i].data(), received[i].size()};
      receive_headers_[i].msg_hdr.msg_name = &sources[i];
      receive_headers_[i].msg_hdr.msg_iov = &receive_parts_[i];
      receive_headers_[i].msg_hdr.msg_iovlen = 1;
      receive_headers_[i].msg_hdr.msg_namelen = sizeof sources[i];
    }
    for (std::size_t i = 0; i < kSendBatch; ++i) send_parts_[i] = {sending[i].bytes.data(), 0};
  }

  // As recvmmsg(): how many came, or -1.
  int receive(int socket) {
    const int count =
        ::recvmmsg(socket, receive_headers_.data(), kReceiveBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      auto& header = receive_headers_[static_cast<std::size_t>(i)].msg_hdr;
      header.msg_namelen = sizeof(sockaddr_in);  // the kernel wrote what it used
      header.msg_flags = 0;
    }
    return count;
  }
  [[nodiscard]] protocol::BytesView datagram(std::size_t number) const {
    return protocol::BytesView{received[number]}.first(receive_headers_[number].msg_len);
  }
  mmsghdr* for_sending(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      targets_[i] = to_sockaddr(sending[i].to);
      send_parts_[i].iov_len = sending[i].size;
      headers_[i] = {};
      headers_[i].msg_hdr.msg_name = &targets_[i];
      headers_[i].msg_hdr.msg_namelen = sizeof targets_[i];
      headers_[i].msg_hdr.msg_iov = &send_parts_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
    }
    return headers_.data();
  }

  // A datagram longer than this is cut by the kernel; no PPPP message is.
  std::array<std::array<std::byte, 2048>, kReceiveBatch> received;
  std::array<sockaddr_in, kReceiveBatch> sources;
  std::array<Datagram, kSendBatch> sending;

 private:
  std::array<sockaddr_in, kSendBatch> targets_;
  std::array<iovec, kReceiveBatch> receive_parts_;
  std::array<iovec, kSendBatch> send_parts_;
  std::array<mmsghdr, kReceiveBatch> receive_headers_{};
  std::array<mmsghdr, kSendBatch> headers_;
};

std::shared_ptr<DatagramBatch> make_datagram_batch() { return std::make_shared<DatagramBatch>(); }

UdpDriver::UdpDriver(asio::io_context& io, std::shared_ptr<DatagramBatch> batch,
                     protocol::Endpoint& endpoint, Options options,
                     std::function<void()> on_progress)
    : io_{io},
      batch_{std::move(batch)},
      endpoint_{endpoint},
      options_{options},
      on_progress_{std::move(on_progress)},
      socket_{io},
      timer_{io},
      reopen_timer_{io},
      generation_{endpoint.socket_generation()} {
  open_error_ = open();
  if (!open_error_ || options_.patient) return;
  // Made anew: the one of the socket tells where in Boost it arose, which helps nobody.
  const bool taken = open_error_ == boost::system::errc::address_in_use;
  throw boost::system::system_error{
      error_code{open_error_.value(), open_error_.category()},
      "UDP " + options_.bind.text() +
          (taken ? ", choose another port, or end who has it (ss -ulpn tells)" : "")};
}

error_code UdpDriver::open() {
  ++socket_serial_;
  error_code error;
  const auto bound = to_sockaddr(options_.bind);
  socket_.open(udp::v4(), error);
  if (!error) socket_.set_option(asio::socket_base::broadcast(true), error);
  if (!error)
    socket_.bind({asio::ip::address_v4{ntohl(bound.sin_addr.s_addr)}, options_.bind.port}, error);
  if (!error) socket_.non_blocking(true, error);
  error_code ignored;
  if (error) {
    socket_.close(ignored);
  } else if (options_.receive_buffer_bytes != 0) {
    // A wish: the system's limit may be lower, and then the lower one is used.
    socket_.set_option(
        asio::socket_base::receive_buffer_size(static_cast<int>(options_.receive_buffer_bytes)),
        ignored);
  }
  if (!error) endpoint_.on_bound(local_address());
  return error;
}

protocol::Address UdpDriver::local_address() const {
  const auto local = socket_.local_endpoint();
  return {local.address().to_v4().to_bytes(), local.port()};
}

void UdpDriver::start() {
  if (open_error_) {
    reopen_later();
  } else {
    wait_readable();
  }
  pump();
}

void UdpDriver::stop() {
  stopped_ = true;
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  reopen_timer_.cancel();
}

void UdpDriver::wake() {
  if (stopped_) return;
  if (pumping_) {
    wake_again_ = true;
    return;
  }
  pump();
}

void UdpDriver::wait_readable() {
  socket_.async_wait(udp::socket::wait_read,
                     [self = shared_from_this(), serial = socket_serial_](const error_code& ec) {
                       if (self->stopped_ || serial != self->socket_serial_) return;
                       if (!ec) return self->on_readable();
                       if (ec != asio::error::operation_aborted) self->pause_after_errors();
                     });
}

void UdpDriver::on_readable() {
  const auto serial = socket_serial_;
  receive_all(protocol::Clock::now());
  if (stopped_) return;
  pump();
  if (stopped_ || serial != socket_serial_) return;  // a new socket waits for itself
  if (repeated_errors_ >= kErrorsBeforePause) return pause_after_errors();
  wait_readable();
}

void UdpDriver::receive_all(protocol::TimePoint now) {
  for (int round = 0; round < kMaxReceiveRounds; ++round) {
    const int count = batch_->receive(socket_.native_handle());
    if (count < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return;
      // ECONNREFUSED and the like describe an earlier send of ours: keep reading, but not in a busy
      // loop.
      ++counters_.receive_errors;
      ++repeated_errors_;
      return;
    }
    repeated_errors_ = 0;
    counters_.datagrams_in += static_cast<std::uint64_t>(count);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      endpoint_.on_datagram(now, to_address(batch_->sources[i]), batch_->datagram(i));
    }
    if (static_cast<std::size_t>(count) < kReceiveBatch) return;
  }
}

void UdpDriver::pump() {
  pumping_ = true;
  do {
    wake_again_ = false;
    if (on_progress_) on_progress_();
    if (stopped_) break;
    send_all(protocol::Clock::now());
  } while (wake_again_ && !stopped_);
  pumping_ = false;
  if (!stopped_) arm_timer();
}

void UdpDriver::send_all(protocol::TimePoint now) {
  for (;;) {
    if (endpoint_.socket_generation() != generation_ && !reopen()) return;
    if (unsent_ || open_error_) return;
    // A datagram leaves by the socket of the generation it was taken under.
    std::size_t count = 0;
    while (count < kSendBatch && endpoint_.socket_generation() == generation_ &&
           endpoint_.take_datagram(now, batch_->sending[count])) {
      ++count;
    }
    if (count != 0 && !flush(count)) return;
    if (count < kSendBatch && endpoint_.socket_generation() == generation_) return;
  }
}

bool UdpDriver::flush(std::size_t count) {
  auto* headers = batch_->for_sending(count);
  std::size_t sent = 0;
  while (sent < count) {
    const int n = ::sendmmsg(socket_.native_handle(), headers + sent,
                             static_cast<unsigned>(count - sent), MSG_DONTWAIT);
    if (n > 0) {
      sent += static_cast<std::size_t>(n);
      counters_.datagrams_out += static_cast<std::uint64_t>(n);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      // The first one waits for room; the rest of this batch is lost as on a full wire, and resent.
      unsent_ = std::make_unique<protocol::Datagram>(batch_->sending[sent]);
      counters_.send_errors += count - sent - 1;
      wait_writable();
      return false;
    } else if (errno != EINTR) {
      ++counters_.send_errors;  // unreachable network and the like: this datagram only
      ++sent;
    }
  }
  return true;
}

bool UdpDriver::reopen() {
  error_code ignored;
  socket_.close(ignored);
  unsent_.reset();
  open_error_ = open();
  if (open_error_) {
    ++counters_.receive_errors;
    reopen_later();
    return false;
  }
  generation_ = endpoint_.socket_generation();
  wait_readable();
  return true;
}

// Out of descriptors, most likely. What the endpoint has to say meanwhile is as lost as on a dead
// wire, and its own deadlines take care of it.
void UdpDriver::reopen_later() {
  reopen_timer_.expires_after(kReopen);
  reopen_timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    if (ec || self->stopped_ || !self->open_error_) return;
    if (self->reopen()) self->pump();
  });
}

void UdpDriver::wait_writable() {
  socket_.async_wait(udp::socket::wait_write, [self = shared_from_this(),
                                               serial = socket_serial_](const error_code& ec) {
    if (self->stopped_ || serial != self->socket_serial_ || ec || !self->unsent_) return;
    const auto to = to_sockaddr(self->unsent_->to);
    (void)::sendto(self->socket_.native_handle(), self->unsent_->bytes.data(), self->unsent_->size,
                   MSG_DONTWAIT, static_cast<const sockaddr*>(static_cast<const void*>(&to)),
                   sizeof to);
    self->unsent_.reset();
    self->pump();
  });
}

void UdpDriver::arm_timer() {
  const auto deadline = endpoint_.deadline();
  if (!deadline) {
    if (armed_) timer_.cancel();
    armed_.reset();
    return;
  }
  // An early call of on_time() does nothing, so a timer that fires too early may stand: a deadline
  // moves away with every datagram, and re-arming each time would cost more than the datagram. But
  // a session at rest would be woken in vain once for each of its datagrams: there it moves, too.
  if (armed_ && *armed_ <= *deadline) {
    const auto now = protocol::Clock::now();
    const bool is_at_rest = *armed_ > now + kRest && *deadline > *armed_ + kRest;
    if (*armed_ > now && !is_at_rest) return;
  }
  armed_ = deadline;
  timer_.expires_at(*deadline);
  timer_.async_wait([self = shared_from_this(), at = *deadline](const error_code& ec) {
    if (self->stopped_ || ec == asio::error::operation_aborted || !self->armed_ ||
        *self->armed_ != at)
      return;
    self->armed_.reset();
    self->endpoint_.on_time(protocol::Clock::now());
    self->pump();
  });
}

void UdpDriver::pause_after_errors() {
  repeated_errors_ = 0;
  auto pause = std::make_shared<asio::steady_timer>(io_, kPauseAfterErrors);
  pause->async_wait([self = shared_from_this(), pause, serial = socket_serial_](const error_code&) {
    if (!self->stopped_ && serial == self->socket_serial_) self->wait_readable();
  });
}

}  // namespace cam32100::bridge
