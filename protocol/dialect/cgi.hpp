#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/wire/bytes.hpp"
#include "protocol/wire/error.hpp"
#include "protocol/wire/time.hpp"

namespace cam32100::protocol {

struct Credentials {
  std::string user = "admin";
  std::string password;
};

struct CgiRequest {
  std::string cgi;  // "get_status.cgi": letters, digits, '_', one ".cgi"
  std::vector<std::pair<std::string, std::string>> parameters;  // raw values; encoded by to_text()
  bool authenticate = true;
};

// "GET /get_status.cgi?res=1&loginuse=..&loginpas=..&user=..&pwd=..&": both credential pairs with
// equal values, every value percent-encoded (all but A-Z a-z 0-9 - . _ ~), so no value can smuggle
// a parameter. They stand behind the request's own parameters, as apps send them (captures 34, 52),
// but in front where an own name ends in user or pwd: firmware finds parameters by substring, and
// `user=` would be found in `rtspuser=`. A request that has `user` or `pwd` of its own (set_ftp,
// set_mail, ...) gets loginuse/loginpas only. Errors: bad_length when the text exceeds 65535 bytes,
// a name holds other characters than A-Z a-z 0-9 _ [ ], or a parameter's name contains loginuse or
// loginpas.
[[nodiscard]] Result<std::string> to_text(const CgiRequest& request,
                                          const Credentials& credentials);
// The same text with the credentials and the values of parameters named like a secret (pwd, pass,
// psk, wpa, token, ...key, key1-4) replaced by "***": for logs, events, echoes.
[[nodiscard]] std::string to_redacted_text(const CgiRequest& request);
// "/get_status.cgi?a=b%20c&" -> request (without credential parameters, which are dropped). Errors:
// bad_reply. A leading "GET " and the leading '/' may be there or not. %XX must be whole; '+' is
// itself; control characters are refused, other bytes kept.
[[nodiscard]] Result<CgiRequest> parse_request_text(std::string_view path_and_query);

// A request as the camera's side sees it: with what it claims to be.
struct ReceivedCgiRequest {
  CgiRequest request;                  // without the credential parameters
  std::optional<Credentials> manager;  // loginuse, loginpas; a missing half is empty
  std::optional<Credentials>
      viewer;  // user, pwd; never for the CGIs whose own parameters these are
};
[[nodiscard]] Result<ReceivedCgiRequest> parse_received_request(
    std::string_view text);  // Errors: bad_reply

// Appends one block (01 0a 00 00 | u16 LE length | 00 00 | text) to `out`.
void append_request_block(std::string_view text, Bytes& out);

// 0x6001 for "get_status.cgi"; nullopt for a CGI whose id is not known (its reply is matched by
// order). Only ids whose CGI name is certain are listed: an uncertain pair would make a request
// wait for the wrong id.
[[nodiscard]] std::optional<std::uint16_t> cgi_command_id(std::string_view cgi) noexcept;
[[nodiscard]] std::string_view cgi_name(std::uint16_t command_id) noexcept;  // "" when unknown
// Whether a reply with this id can answer the CGI. One with an id takes that alone. One without
// takes any id except another CGI's, those the enumeration has for another subject (0x600a set_ir
// for get_rtsp.cgi), and those of what a camera sends by itself (0x6040 notification).
[[nodiscard]] bool may_be_reply_to(std::uint16_t command_id, std::string_view cgi) noexcept;

struct CgiReply {
  std::uint16_t command_id = 0;
  Bytes body;  // text, or a JPEG
};

// A text reply as ordered (name, value) pairs; arrays appear as "ap_ssid[0]"; `log_text+=`
// concatenates; of two assignments to one name the later value counts, at the place of the first.
// In quotes \n, \r, \t, \" and
// \\ are escapes. Total: lines that are not assignments are skipped and counted; `new Array()` is
// neither.
struct CgiValues {
  std::vector<std::pair<std::string, std::string>> values;
  std::size_t skipped_lines = 0;
  [[nodiscard]] const std::string* find(
      std::string_view name) const noexcept;                 // nullptr when absent
  [[nodiscard]] std::optional<int> result() const noexcept;  // "result", when present and a number
};
[[nodiscard]] CgiValues parse_cgi_text(BytesView body);
[[nodiscard]] bool is_jpeg(BytesView body) noexcept;  // FF D8
struct JpegSize {
  unsigned width = 0, height = 0;
};
[[nodiscard]] std::optional<JpegSize> jpeg_size(
    BytesView body) noexcept;  // from SOF0..SOF2, segments walked

// --- events of an exchange
struct CgiReplied {
  std::uint64_t ticket = 0;
  std::size_t index = 0;  // which request of the batch
  std::string cgi;
  CgiReply reply;  // body moved out once
  Duration took{};
};
struct CgiTimedOut {
  std::uint64_t ticket = 0;
  std::size_t index = 0;
  std::string cgi;
  Duration waited{};
};
struct CgiBroken {  // the stream cannot be trusted any more: the owner closes the session
  Errc code = Errc::bad_reply;
  std::string what;  // "block magic 0xffd8 at a block boundary"
};
using CgiEvent = std::variant<CgiReplied, CgiTimedOut, CgiBroken>;

struct CgiExchangeConfig {
  // Without progress of the expected reply. A reply that has begun gets no longer than this,
  // whatever timeout its request has.
  Duration reply_timeout{std::chrono::seconds{5}};
  std::size_t max_body = 4 * 1024 * 1024;
  std::size_t max_outstanding = 64;  // waiting; as many again are remembered, oldest go first
  Duration late_memory{
      std::chrono::seconds{60}};  // how long a timed-out request is remembered [guess]
};

struct CgiExchangeCounters {
  std::uint64_t unsolicited = 0;  // replies nobody asked for, dropped
  std::uint64_t late = 0;       // replies to requests that had timed out or were abandoned, dropped
  std::uint64_t forgotten = 0;  // remembered requests given up because too many were remembered
};

// Requests and replies of one session's channel 0. Replies are matched by command id, in order
// among equal ids; CGIs of unknown id by order among replies that may_be_reply_to() them. A request
// that timed out is remembered, so that its late reply is dropped and never answers the next one of
// the same CGI. When one of those that waited at such a drop, or behind one that did, times out
// too, the replies cannot be told apart any more: CgiBroken. Text replies must end at the announced
// length; a JPEG may be longer than the 16-bit field can say: length + k * 65536, decided by
// walking its segments to the end marker.
//
// A request's clock starts anew with every byte of its reply and of the replies to requests before
// it. A reply that stops in the middle for reply_timeout times out its request and breaks the
// stream. After CgiBroken
// nothing is accepted or reported any more: what was outstanding is the owner's to fail. Drain
// take_event() after each call; at most one event per outstanding request waits, and one CgiBroken.
class CgiExchange {
 public:
  explicit CgiExchange(CgiExchangeConfig config = {});
  ~CgiExchange();
  CgiExchange(const CgiExchange&) = delete;
  CgiExchange& operator=(const CgiExchange&) = delete;
  CgiExchange(CgiExchange&&) noexcept;
  CgiExchange& operator=(CgiExchange&&) noexcept;

  // Encodes a batch as adjacent blocks (several GETs in one DRW where they fit) into `out`, to be
  // sent on channel 0, and expects one reply each. timeout: zero = config's. Errors: queue_full,
  // bad_reply once broken, and to_text()'s; on an error `out` is as it was.
  [[nodiscard]] Result<void> submit(TimePoint now, std::uint64_t ticket,
                                    const std::vector<CgiRequest>& batch,
                                    const Credentials& credentials, Duration timeout, Bytes& out);
  // Forgets a ticket: its replies, if they still come, are dropped; so are its events not yet
  // taken.
  void abandon(std::uint64_t ticket);
  void on_stream(TimePoint now,
                 BytesView bytes);  // channel 0, in order; may hold parts of several replies
  void on_time(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  [[nodiscard]] std::optional<CgiEvent> take_event();
  [[nodiscard]] std::size_t outstanding() const noexcept;
  [[nodiscard]] const CgiExchangeCounters& counters() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cam32100::protocol
