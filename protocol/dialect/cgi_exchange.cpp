#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/dialect/cgi.hpp"
#include "protocol/dialect/cgi_reply_stream.hpp"
#include "protocol/wire/fifo.hpp"

namespace cam32100::protocol {
namespace {

// A request that was sent. Forgotten ones (timed out, abandoned) stay for a while to absorb their
// reply.
struct Expected {
  std::uint64_t order = 0;  // of sending; unique
  std::uint64_t ticket = 0;
  std::size_t index = 0;
  std::string cgi;
  std::optional<std::uint16_t> id;
  TimePoint sent;
  TimePoint progress;  // sent, or the last byte that brought its reply nearer
  Duration timeout{};
  bool forgotten = false;
  std::optional<TimePoint> forgotten_at;  // of an abandoned one: the next moment that is told
  // A reply that may have been its own was given to another request before it. Whoever gets a reply
  // in its place then takes one that may belong to the next.
  bool overtaken = false;

  [[nodiscard]] bool takes(std::uint16_t reply_id) const noexcept {
    return id ? *id == reply_id : may_be_reply_to(reply_id, cgi);
  }
};

}  // namespace

struct CgiExchange::Impl {
  explicit Impl(CgiExchangeConfig given) : config{given}, stream{given.max_body} {}

  [[nodiscard]] std::size_t waiting() const noexcept {
    return static_cast<std::size_t>(std::count_if(expected.begin(), expected.end(),
                                                  [](const auto& e) { return !e.forgotten; }));
  }
  [[nodiscard]] std::optional<TimePoint> stall_deadline() const;
  Expected* current() noexcept;
  void on_bytes_of_reply(TimePoint now);
  void on_header(TimePoint now);
  void on_reply(TimePoint now);
  void doubt_those_waiting_for(std::uint16_t reply_id) noexcept;
  static void forget(TimePoint now, Expected& request);
  void trim_forgotten(TimePoint now);
  void time_out(TimePoint now, Expected& request);
  void break_stream(Errc code, std::string what);
  void end_stall(TimePoint now);

  CgiExchangeConfig config;
  CgiReplyStream stream;
  std::vector<Expected> expected;  // in order of sending
  std::uint64_t next_order = 1;
  std::uint64_t current_order = 0;  // whose reply is arriving; 0: nobody's
  TimePoint last_bytes;             // while stream.in_reply()
  bool broken = false;
  Fifo<CgiEvent> events;
  CgiExchangeCounters counters;
};

CgiExchange::CgiExchange(CgiExchangeConfig config) : impl_{std::make_unique<Impl>(config)} {}
CgiExchange::~CgiExchange() = default;
CgiExchange::CgiExchange(CgiExchange&&) noexcept = default;
CgiExchange& CgiExchange::operator=(CgiExchange&&) noexcept = default;

Expected* CgiExchange::Impl::current() noexcept {
  if (current_order == 0) return nullptr;
  const auto found = std::find_if(expected.begin(), expected.end(),
                                  [this](const auto& e) { return e.order == current_order; });
  return found == expected.end() ? nullptr : &*found;
}

// However long its owner is ready to wait for a reply: one that has begun comes without such
// pauses.
std::optional<TimePoint> CgiExchange::Impl::stall_deadline() const {
  if (!stream.in_reply()) return std::nullopt;
  return last_bytes + config.reply_timeout;
}

// The camera answers one after the other, so bytes of one reply are progress for the requests
// behind it.
void CgiExchange::Impl::on_bytes_of_reply(TimePoint now) {
  last_bytes = now;
  if (current_order == 0) return;
  for (auto& request : expected) {
    if (request.order >= current_order) request.progress = now;
  }
}

void CgiExchange::Impl::on_header(TimePoint now) {
  const auto found = std::find_if(expected.begin(), expected.end(),
                                  [this](const auto& e) { return e.takes(stream.id()); });
  current_order = found == expected.end() ? 0 : found->order;
  on_bytes_of_reply(now);
}

void CgiExchange::Impl::on_reply(TimePoint now) {
  on_bytes_of_reply(now);
  CgiReply reply = stream.take();
  const auto found = std::find_if(expected.begin(), expected.end(),
                                  [this](const auto& e) { return e.order == current_order; });
  current_order = 0;
  if (found == expected.end()) {
    ++counters.unsolicited;
    return;
  }
  Expected request = std::move(*found);
  expected.erase(found);
  if (request.forgotten || request.overtaken) doubt_those_waiting_for(reply.command_id);
  if (!request.forgotten) {
    events.push(CgiReplied{.ticket = request.ticket,
                           .index = request.index,
                           .cgi = std::move(request.cgi),
                           .reply = std::move(reply),
                           .took = now - request.sent});
    return;
  }
  ++counters.late;
}

// The doubt ends when nobody is left to hand it on to: had one reply been given away, one would be
// missing.
void CgiExchange::Impl::doubt_those_waiting_for(std::uint16_t reply_id) noexcept {
  for (auto& request : expected) {
    if (!request.forgotten && request.takes(reply_id)) request.overtaken = true;
  }
}

void CgiExchange::Impl::forget(TimePoint now, Expected& request) {
  request.forgotten = true;
  request.forgotten_at = now;
}

void CgiExchange::Impl::trim_forgotten(TimePoint now) {
  std::erase_if(expected, [&](auto& e) {
    if (!e.forgotten || e.order == current_order) return false;
    if (!e.forgotten_at) e.forgotten_at = now;
    return now - *e.forgotten_at >= config.late_memory;
  });
  std::size_t remembered = expected.size() - waiting();
  while (remembered > config.max_outstanding) {
    const auto oldest = std::find_if(expected.begin(), expected.end(), [this](const auto& e) {
      return e.forgotten && e.order != current_order;
    });
    if (oldest == expected.end()) return;
    expected.erase(oldest);
    ++counters.forgotten;
    --remembered;
  }
}

void CgiExchange::Impl::time_out(TimePoint now, Expected& request) {
  events.push(CgiTimedOut{.ticket = request.ticket,
                          .index = request.index,
                          .cgi = request.cgi,
                          .waited = now - request.sent});
  forget(now, request);
}

void CgiExchange::Impl::break_stream(Errc code, std::string what) {
  broken = true;
  expected.clear();
  events.push(CgiBroken{.code = code, .what = std::move(what)});
}

// Nothing came for too long while something had to come.
void CgiExchange::Impl::end_stall(TimePoint now) {
  Expected* const owner = current();
  if (owner != nullptr && !owner->forgotten) time_out(now, *owner);
  if (stream.may_end_here()) {
    // An empty picture, or one whose first byte never came: the next block can still be found.
    stream.give_up_undecided();
    std::erase_if(expected, [this](const auto& e) { return e.order == current_order; });
    current_order = 0;
    return;
  }
  break_stream(Errc::timed_out, "a reply stopped in the middle");
}

Result<void> CgiExchange::submit(TimePoint now, std::uint64_t ticket,
                                 const std::vector<CgiRequest>& batch,
                                 const Credentials& credentials, Duration timeout, Bytes& out) {
  Impl& my = *impl_;
  if (my.broken) return make_error_code(Errc::bad_reply);
  my.trim_forgotten(now);
  const std::size_t waiting = my.waiting();
  if (waiting > my.config.max_outstanding || batch.size() > my.config.max_outstanding - waiting) {
    return make_error_code(Errc::queue_full);
  }
  std::vector<std::string> texts;
  texts.reserve(batch.size());
  for (const auto& request : batch) {
    auto text = to_text(request, credentials);
    if (!text) return text.error();
    texts.push_back(std::move(*text));
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    append_request_block(texts[i], out);
    Expected expected;
    expected.order = my.next_order++;
    expected.ticket = ticket;
    expected.index = i;
    expected.cgi = batch[i].cgi;
    expected.id = cgi_command_id(batch[i].cgi);
    expected.sent = expected.progress = now;
    expected.timeout = timeout > Duration::zero() ? timeout : my.config.reply_timeout;
    my.expected.push_back(std::move(expected));
  }
  return {};
}

void CgiExchange::abandon(std::uint64_t ticket) {
  Impl& my = *impl_;
  for (auto& request : my.expected) {
    if (request.ticket == ticket) request.forgotten = true;
  }
  my.events.erase_if([ticket](const CgiEvent& event) {
    if (const auto* replied = std::get_if<CgiReplied>(&event)) return replied->ticket == ticket;
    const auto* late = std::get_if<CgiTimedOut>(&event);
    return late != nullptr && late->ticket == ticket;
  });
}

void CgiExchange::on_stream(TimePoint now, BytesView bytes) {
  Impl& my = *impl_;
  if (my.broken || bytes.empty()) return;
  my.trim_forgotten(now);
  my.on_bytes_of_reply(now);
  while (true) {
    switch (my.stream.advance(bytes)) {
      case CgiReplyStream::Progress::needs_more:
        if (bytes.empty()) return;
        break;
      case CgiReplyStream::Progress::header:
        my.on_header(now);
        break;
      case CgiReplyStream::Progress::reply:
        my.on_reply(now);
        break;
      case CgiReplyStream::Progress::broken:
        my.break_stream(my.stream.error(), my.stream.what());
        return;
    }
  }
}

void CgiExchange::on_time(TimePoint now) {
  Impl& my = *impl_;
  if (my.broken) return;
  my.trim_forgotten(now);
  bool ambiguous = false;
  for (auto& request : my.expected) {
    if (request.forgotten || now < request.progress + request.timeout) continue;
    ambiguous = ambiguous || request.overtaken;
    my.time_out(now, request);
  }
  const auto stall = my.stall_deadline();
  if (stall && now >= *stall) my.end_stall(now);
  if (ambiguous && !my.broken) {
    my.break_stream(Errc::timed_out, "late replies can no longer be told from due ones");
  }
}

std::optional<TimePoint> CgiExchange::deadline() const {
  const Impl& my = *impl_;
  if (my.broken) return std::nullopt;
  std::optional<TimePoint> next = my.stall_deadline();
  for (const auto& request : my.expected) {
    if (request.forgotten) continue;
    const TimePoint due = request.progress + request.timeout;
    if (!next || due < *next) next = due;
  }
  return next;
}

std::optional<CgiEvent> CgiExchange::take_event() { return impl_->events.take(); }

std::size_t CgiExchange::outstanding() const noexcept { return impl_->waiting(); }
const CgiExchangeCounters& CgiExchange::counters() const noexcept { return impl_->counters; }

}  // namespace cam32100::protocol
