#include "protocol/wire/error.hpp"

#include <string>

namespace cam32100::protocol {
namespace {

// The sentence people see: what was wanted and what was seen, without the data itself.
const char* sentence(Errc code) noexcept {
  switch (code) {
    case Errc::truncated:
      return "a field or length points past the end of the bytes";
    case Errc::bad_magic:
      return "not a PPPP packet: the magic byte is wrong (other key?)";
    case Errc::bad_length:
      return "a length or count contradicts its message";
    case Errc::bad_uid:
      return "not a camera id of the form PREFIX-SERIAL-CHECK";
    case Errc::cloud_alias:
      return "looks like a cloud alias; run discover for the real UID";
    case Errc::bad_address:
      return "not an address of the form a.b.c.d:port";
    case Errc::bad_checksum:
      return "the checksum does not come out (other key?)";
    case Errc::bad_init_string:
      return "neither a CS2 nor an iLnk server list";
    case Errc::buffer_too_small:
      return "the buffer cannot hold the message";
    case Errc::bad_dsk:
      return "not a device key (1 to 20 printable characters without blanks)";
    case Errc::bad_reply:
      return "the camera's reply contradicts itself";
    case Errc::queue_full:
      return "the queue is full; the new item was refused";
    case Errc::timed_out:
      return "no answer in time";
    case Errc::closed_by_peer:
      return "the camera closed the session";
    case Errc::closed_by_us:
      return "closed on request";
    case Errc::refused:
      return "the camera refused the session (too many viewers?)";
    case Errc::device_offline:
      return "the servers say the camera is offline";
    case Errc::invalid_uid:
      return "the servers do not know this camera id";
    case Errc::invalid_prefix:
      return "the servers do not serve this id's prefix";
    case Errc::invalid_dsk:
      return "the servers refuse the device key";
    case Errc::no_relay:
      return "the servers know no relay";
  }
  return "unknown error";
}

// Boost's base befriends its own code, which makes its protected destructor "accessible" to this
// warning; nobody deletes a category through a pointer.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "cam32100.protocol"; }
  std::string message(int value) const override { return sentence(static_cast<Errc>(value)); }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& protocol_category() noexcept {
  static const Category category;
  return category;
}

boost::system::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), protocol_category()};
}

const char* to_text(Operation operation) noexcept {
  switch (operation) {
    case Operation::none:
      return "none";
    case Operation::awaiting_hello_ack:
      return "awaiting_hello_ack";
    case Operation::awaiting_lookup_ack:
      return "awaiting_lookup_ack";
    case Operation::awaiting_punch:
      return "awaiting_punch";
    case Operation::awaiting_ready:
      return "awaiting_ready";
    case Operation::awaiting_traffic:
      return "awaiting_traffic";
    case Operation::awaiting_ack:
      return "awaiting_ack";
    case Operation::awaiting_reply:
      return "awaiting_reply";
    case Operation::awaiting_relay_list:
      return "awaiting_relay_list";
    case Operation::awaiting_relay_hello:
      return "awaiting_relay_hello";
    case Operation::awaiting_relay_port:
      return "awaiting_relay_port";
    case Operation::awaiting_relay_ack:
      return "awaiting_relay_ack";
    case Operation::awaiting_relay_ready:
      return "awaiting_relay_ready";
    case Operation::closing:
      return "closing";
  }
  return "unknown";
}

const char* to_text(Errc code) noexcept {
  switch (code) {
    case Errc::truncated:
      return "truncated";
    case Errc::bad_magic:
      return "bad_magic";
    case Errc::bad_length:
      return "bad_length";
    case Errc::bad_uid:
      return "bad_uid";
    case Errc::cloud_alias:
      return "cloud_alias";
    case Errc::bad_address:
      return "bad_address";
    case Errc::bad_checksum:
      return "bad_checksum";
    case Errc::bad_init_string:
      return "bad_init_string";
    case Errc::buffer_too_small:
      return "buffer_too_small";
    case Errc::bad_dsk:
      return "bad_dsk";
    case Errc::bad_reply:
      return "bad_reply";
    case Errc::queue_full:
      return "queue_full";
    case Errc::timed_out:
      return "timed_out";
    case Errc::closed_by_peer:
      return "closed_by_peer";
    case Errc::closed_by_us:
      return "closed_by_us";
    case Errc::refused:
      return "refused";
    case Errc::device_offline:
      return "device_offline";
    case Errc::invalid_uid:
      return "invalid_uid";
    case Errc::invalid_prefix:
      return "invalid_prefix";
    case Errc::invalid_dsk:
      return "invalid_dsk";
    case Errc::no_relay:
      return "no_relay";
  }
  return "unknown";
}

}  // namespace cam32100::protocol
