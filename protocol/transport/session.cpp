// A session's life: time, deadlines, close, and the public face.
#include "protocol/transport/session.hpp"

#include <algorithm>
#include <utility>

#include "protocol/transport/session_impl.hpp"

namespace cam32100::protocol {

namespace {

constexpr unsigned kCloseRepeats =
    3;  // CLOSE is never answered; repeating guards against loss [inferred]
// Zero or negative settings would make deadlines that never advance.
constexpr Duration kShortestInterval = std::chrono::milliseconds{1};

SessionConfig made_sane(SessionConfig config) {
  for (Duration* interval :
       {&config.punch_interval, &config.ready_after_punch, &config.neighbours_interval,
        &config.alive_after, &config.silence_timeout, &config.connect_timeout}) {
    *interval = std::max(*interval, kShortestInterval);
  }
  config.close_grace = std::max(config.close_grace, kCloseRepeats * kShortestInterval);
  if (config.ciphers.empty()) config.ciphers.push_back({"plain", Cipher{}});
  return config;
}

}  // namespace

const char* to_text(Path path) noexcept {
  switch (path) {
    case Path::direct:
      return "direct";
    case Path::lan:
      return "lan";
    case Path::p2p:
      return "p2p";
    case Path::relay:
      return "relay";
  }
  return "";
}

Session::Impl::Impl(TimePoint now, SessionConfig given, StreamReceiver& stream_receiver)
    : config{made_sane(std::move(given))},
      receiver{stream_receiver},
      started{now},
      handshake{config} {}

Channel& Session::Impl::channel(std::size_t id) {
  auto& made = channels[id];
  if (!made) made = std::make_unique<Channel>(static_cast<std::uint8_t>(id), config.channel);
  return *made;
}

// The seed is part of the contract; no timer of a session needs chance so far.
Session::Session(TimePoint now, SessionConfig config, std::uint64_t /*seed*/,
                 StreamReceiver& receiver)
    : impl_{std::make_unique<Impl>(now, std::move(config), receiver)} {}
Session::~Session() = default;

void Session::add_candidate(TimePoint now, const Address& address, Path path) {
  if (impl_->state == State::connecting) impl_->handshake.add_candidate(now, address, path);
}

Result<void> Session::send(TimePoint /*now*/, std::uint8_t channel, BytesView bytes) {
  impl_->end_batch();
  if (channel >= kChannels) return make_error_code(Errc::bad_length);
  if (impl_->state == State::closing || impl_->state == State::closed) {
    return make_error_code(impl_->closed_with);
  }
  if (!impl_->channel(channel).send(bytes)) return make_error_code(Errc::queue_full);
  impl_->sending = static_cast<ChannelSet>(impl_->sending | (1U << channel));
  return {};
}

void Session::close(TimePoint now) {
  impl_->end_batch();
  if (impl_->state == State::connecting) {
    impl_->finish(now, Errc::closed_by_us, Operation::closing);
  } else if (impl_->state == State::ready) {
    impl_->state = State::closing;
    impl_->closes = 1;
    impl_->closes_left = kCloseRepeats - 1;
    impl_->next_close = now + impl_->config.close_grace / kCloseRepeats;
    impl_->close_done = now + impl_->config.close_grace;
  }
}

void Session::Impl::finish(TimePoint now, Errc code, Operation operation) {
  if (state == State::closed) return;
  state = State::closed;
  closed_with = code;
  SessionClosed event;
  event.code = code;
  event.operation = operation;
  event.silent = now - last_heard.value_or(started);
  event.open_for = ready_at ? now - *ready_at : Duration{};
  events.push(event, counters);
}

void Session::on_time(TimePoint now) {
  Impl& it = *impl_;
  it.end_batch();
  if (it.state == State::connecting) {
    it.handshake.on_time(now);
    it.ask_relay_again(now);
    if (now >= it.started + it.config.connect_timeout) {
      it.finish(
          now, Errc::timed_out,
          it.handshake.heard_anybody() ? Operation::awaiting_ready : Operation::awaiting_punch);
    }
  } else if (it.state == State::ready) {
    it.on_ready_time(now);
  } else if (it.state == State::closing) {
    if (it.closes_left > 0 && now >= it.next_close) {
      --it.closes_left;
      it.closes = std::max(it.closes, 1U);
      it.next_close = now + it.config.close_grace / kCloseRepeats;
    }
    if (now >= it.close_done) it.finish(now, Errc::closed_by_us, Operation::closing);
  }
}

void Session::Impl::on_ready_time(TimePoint now) {
  // Found while sending: an ACK that came since has emptied the channel, but the session is over.
  bool failed = failure_found.has_value();
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if ((sending & (1U << i)) == 0) continue;
    channels[i]->on_time(now);
    failed = failed || channels[i]->failed();
  }
  const bool silent = now >= *last_heard + config.silence_timeout;
  if (silent || failed) {
    closes = 1;  // a courtesy: a camera that still hears us has a free place again
    finish(now, Errc::timed_out, silent ? Operation::awaiting_traffic : Operation::awaiting_ack);
  } else if (now >= alive_due) {
    alive_waits = true;
    alive_due = now + config.alive_after;
  }
}

std::optional<TimePoint> Session::Impl::ready_deadline() const {
  std::optional<TimePoint> first = std::min(*last_heard + config.silence_timeout, alive_due);
  earliest(first, failure_found);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if ((sending & (1U << i)) != 0) earliest(first, channels[i]->deadline());
  }
  return first;
}

std::optional<TimePoint> Session::deadline() const {
  switch (impl_->state) {
    case State::connecting: {
      std::optional<TimePoint> first = impl_->started + impl_->config.connect_timeout;
      earliest(first, impl_->handshake.deadline());
      if (impl_->relay) earliest(first, impl_->next_questions);
      return first;
    }
    case State::ready:
      return impl_->ready_deadline();
    case State::closing:
      return impl_->closes_left > 0 ? std::min(impl_->next_close, impl_->close_done)
                                    : impl_->close_done;
    case State::closed:
      break;
  }
  return std::nullopt;
}

std::optional<SessionEvent> Session::take_event() {
  impl_->end_batch();
  return impl_->events.take();
}

Session::State Session::state() const noexcept { return impl_->state; }

std::optional<Address> Session::peer() const noexcept {
  return impl_->ready_at ? std::optional{impl_->peer} : std::nullopt;
}

std::optional<Duration> Session::rtt() const noexcept {
  const auto& first = impl_->channels[0];
  return first ? first->smoothed_rtt() : std::nullopt;
}
std::optional<TimePoint> Session::last_heard() const noexcept { return impl_->last_heard; }
const SessionCounters& Session::counters() const noexcept { return impl_->counters; }

std::size_t Session::queued_bytes() const noexcept {
  std::size_t total = 0;
  for (const auto& channel : impl_->channels) {
    if (channel) total += channel->queued_bytes() + channel->reorder_bytes();
  }
  return total;
}

}  // namespace cam32100::protocol
