#include "protocol/wire/fit.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <variant>

#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message_layout.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::uint32_t kUsualSerials = 1'000'000;  // no id with more than six digits was seen
constexpr std::size_t kMostExtra = 32;              // LAN_SEARCH_EXT_ACK has most behind its id
constexpr std::size_t kFewZeros = 4;                // eufy's LAN_SEARCH has two
constexpr std::size_t kBlockHead = 8;       // in front of a command's text, see "CGI dialect"
constexpr std::size_t kLeastText = 4;       // fewer letters than these may be chance
constexpr std::uint8_t kBlockMagic = 0x0A;  // second byte of a block in any dialect

bool all_zero(BytesView bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

bool is_text(BytesView bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) {
    const auto c = std::to_integer<char>(b);
    return (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t';
  });
}

// What a channel carries is anything, but much of it is text, and a wrong key makes none.
bool is_telling(BytesView data) noexcept {
  const bool block = data.size() >= kBlockHead + kLeastText &&
                     std::to_integer<std::uint8_t>(data[1]) == kBlockMagic;
  const auto text = block ? data.subspan(kBlockHead) : data;
  return text.size() >= kLeastText && is_text(text);
}

// Lowers the fit for each field that is not as it must be.
struct FieldJudge {
  Fit fit = Fit::exact;
  bool any_checked = false;  // some field could have been wrong, and was not
  bool has_uid = false;

  void lower_to(Fit worse) noexcept { fit = std::max(fit, worse); }
  void doubt() noexcept { fit = fit == Fit::exact ? Fit::plausible : Fit::vague; }
  void check(bool right) noexcept {
    any_checked = true;
    if (!right) lower_to(Fit::vague);
  }

  void operator()(std::string_view name, std::uint8_t value) noexcept {
    if (name == "reserved") check(value == 0);
    if (name == "is_device") check(value <= 1);
  }
  void operator()(std::string_view, std::uint16_t) noexcept {}
  void operator()(std::string_view, std::uint32_t) noexcept {}
  void operator()(std::string_view, ResultCode value) noexcept {
    check(value == ResultCode::ok || value >= ResultCode::invalid_dsk);
  }
  void operator()(std::string_view, const SockAddr& value) noexcept {
    check(value.family == 0 || value.family == 2);
  }
  void operator()(std::string_view, const Uid& value) noexcept {
    any_checked = true;  // decode() refuses what is no id
    has_uid = true;
    if (value.serial() >= kUsualSerials) doubt();
  }
  void operator()(std::string_view name, BytesView value) noexcept {
    if (name == "body") lower_to(Fit::vague);  // sealed; no such message is empty
    if (value.empty()) return;
    const bool expected = name == "extra" && value.size() <= kMostExtra &&
                          (has_uid || (all_zero(value) && value.size() <= kFewZeros));
    expected ? doubt() : lower_to(Fit::vague);
    any_checked = true;
  }
  template <std::size_t kSize>
  void operator()(std::string_view, const std::array<char, kSize>& value) noexcept {
    const auto bytes = std::as_bytes(std::span{value});
    const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
    const auto size = static_cast<std::size_t>(end - bytes.begin());
    check(size > 0 && is_text(bytes.first(size)) && all_zero(bytes.subspan(size)));
  }
  template <class T, std::size_t kSize>
  void operator()(std::string_view name, const std::array<T, kSize>& value) noexcept {
    if (name == "reserved") check(all_zero(std::as_bytes(std::span{value})));
  }
};

template <class M>
void judge_message(FieldJudge& judge, const M& message) noexcept {
  for_each_field(message, judge);
}
void judge_message(FieldJudge& judge, const Unknown&) noexcept { judge.lower_to(Fit::vague); }
void judge_message(FieldJudge& judge, const RlyServerReqAck& message) noexcept {
  judge.doubt();
  if (message.entries.empty() || !message.extra.empty()) judge.doubt();
}
void judge_message(FieldJudge& judge, const ListReqAck& message) noexcept {
  for (std::size_t i = 0; i < message.count; ++i) judge("relay", message.relays[i]);
  judge("reserved", message.reserved);
  judge("extra", message.extra);
}
void judge_message(FieldJudge& judge, const Drw& message) noexcept {
  judge.any_checked = true;
  if (!is_telling(message.data)) judge.doubt();
}
void judge_message(FieldJudge& judge, const DrwAck& message) noexcept {
  judge.check(message.count() > 0 && message.count() <= kMaxAckIndices);
  if (message.extra.empty()) return;
  all_zero(message.extra) ? judge.doubt() : judge.lower_to(Fit::vague);
}

// The zeros behind an address are not kept: what is written again must be what was read.
bool is_written_alike(const Message& message, BytesView datagram) noexcept {
  std::array<std::byte, kMaxDatagramBytes> again;
  const auto size = encode(message, again);
  return size && *size == datagram.size() &&
         std::equal(datagram.begin(), datagram.end(), again.begin());
}

// Of what is longer than its datagram: all other messages are shorter than captures cut.
Fit fit_of_cut_drw(BytesView plain, const Header& header) noexcept {
  constexpr std::size_t kLongest = kDrwHeaderBytes - kHeaderBytes + kMaxDrwData;
  Reader in{plain.subspan(kHeaderBytes)};
  const auto magic = in.u8();
  const auto channel = in.u8();
  const bool is_drw = in.ok() && header.type == static_cast<std::uint8_t>(MessageType::DRW) &&
                      header.payload_length <= kLongest && magic == kDrwMagic &&
                      channel < kChannels;
  if (!is_drw) return Fit::none;
  in.skip(2);  // the index
  return is_telling(in.rest()) ? Fit::cut_text : Fit::cut;
}

}  // namespace

Fit fit_of(BytesView plain) noexcept {
  if (plain.size() > kMaxDatagramBytes) return Fit::none;
  const auto header = decode_header(plain);
  if (!header || name(static_cast<MessageType>(header->type)).empty()) return Fit::none;
  const auto size = kHeaderBytes + header->payload_length;
  if (size > plain.size()) return fit_of_cut_drw(plain, *header);
  const auto packet = decode(plain);
  if (!packet) return Fit::none;

  FieldJudge judge;
  std::visit([&judge](const auto& message) { judge_message(judge, message); }, packet->message);
  if (!judge.any_checked && size > kHeaderBytes) judge.lower_to(Fit::vague);
  if (!is_written_alike(packet->message, plain.first(size))) judge.lower_to(Fit::vague);
  if (packet->trailing.empty()) return judge.fit;
  if (judge.fit == Fit::exact) return Fit::padded;
  return judge.fit == Fit::plausible ? Fit::vague : Fit::none;
}

const char* to_text(Fit fit) noexcept {
  switch (fit) {
    case Fit::exact:
      return "exact";
    case Fit::plausible:
      return "plausible";
    case Fit::cut_text:
    case Fit::cut:
      return "cut";
    case Fit::padded:
      return "padded";
    case Fit::vague:
      return "vague";
    case Fit::none:
      break;
  }
  return "none";
}

}  // namespace cam32100::protocol
