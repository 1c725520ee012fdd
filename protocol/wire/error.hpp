#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace cam32100::protocol {

// What can be wrong with bytes or text of the wire, and why a session or a look-up ended. Values
// are stable within a build only; people see message(), machines see the enumerator.
enum class Errc {
  // bytes and text
  truncated = 1,     // a field or a length points past the end of what was received
  bad_magic,         // the first byte is not F1 (after decryption)
  bad_length,        // a length or a count contradicts its message
  bad_uid,           // not PREFIX-SERIAL-CHECK
  cloud_alias,       // looks like a vendor's cloud id, which is not an address
  bad_address,       // not a.b.c.d:port
  bad_checksum,      // CRC form: the four closing 0x43 did not come out
  bad_init_string,   // neither the CS2 nor the iLnk form
  buffer_too_small,  // the caller's buffer cannot hold the message
  bad_dsk,           // not a device key
  bad_reply,         // a dialect block contradicts itself
  queue_full,        // a cap was reached; the new item was refused
  // sessions and look-ups
  timed_out,       // the operation's deadline passed
  closed_by_peer,  // the camera sent CLOSE
  closed_by_us,    // close() was called
  refused,         // CLOSE right after P2P_RDY: session limit [inferred]
  device_offline,  // FE: some server knows the camera, and none says it is there
  invalid_uid,     // FF
  invalid_prefix,  // FD
  invalid_dsk,     // FC
  no_relay,        // the servers know no relay
};

// Which operation an Errc belongs to: "timed_out, awaiting_ready" says what was being waited for.
enum class Operation {
  none,
  awaiting_hello_ack,
  awaiting_lookup_ack,
  awaiting_punch,        // no PUNCH_PKT or P2P_RDY from anybody yet
  awaiting_ready,        // the camera was heard (PUNCH_PKT), its P2P_RDY was not
  awaiting_traffic,      // open, then silence
  awaiting_ack,          // open, a DRW is never acknowledged
  awaiting_reply,        // a CGI request was acknowledged, its reply never came
  awaiting_relay_list,   // LIST_REQ1: no server told its relays
  awaiting_relay_hello,  // RLY_HELLO: no relay is there
  awaiting_relay_port,   // RLY_PORT: none gave a word and a port
  awaiting_relay_ack,    // RLY_REQ: no server passed it on to the camera
  awaiting_relay_ready,  // RLY_RDY: the camera did not come to the relay
  closing,
};

[[nodiscard]] const boost::system::error_category& protocol_category() noexcept;
[[nodiscard]] boost::system::error_code make_error_code(Errc code) noexcept;
[[nodiscard]] const char* to_text(Operation operation) noexcept;  // "awaiting_ready"
[[nodiscard]] const char* to_text(Errc code) noexcept;            // "timed_out"

template <class T>
using Result = boost::system::result<T>;

}  // namespace cam32100::protocol

template <>
struct boost::system::is_error_code_enum<cam32100::protocol::Errc> : std::true_type {};
