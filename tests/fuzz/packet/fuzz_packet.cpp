// Any bytes as one datagram: decoded as they are and under every known key.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "protocol/wire/cipher.hpp"
#include "protocol/wire/describe.hpp"
#include "protocol/wire/fit.hpp"
#include "protocol/wire/key_search.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/session_ready.hpp"
#include "protocol/wire/uid.hpp"

namespace {

using namespace cam32100::protocol;

// An assert that also holds in a release build: what it says is the point of the target.
void require(bool condition) {
  if (!condition) std::abort();
}

const std::vector<Cipher>& candidates() {
  static const std::vector<Cipher> ciphers = [] {
    std::vector<Cipher> all;
    for (const auto& known : known_psks()) {
      if (!known.psk.empty()) all.emplace_back(known.psk);
    }
    return all;
  }();
  return ciphers;
}

bool same(const std::vector<Field>& a, const std::vector<Field>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Field& x, const Field& y) {
    return x.name == y.name && x.value == y.value;
  });
}

// What decodes is described, written again, and then decodes to the same.
void check_packet(BytesView datagram) {
  const auto line = one_line(datagram);
  const auto packet = decode(datagram);
  require(line.starts_with("? ") == packet.has_error());
  if (!packet) return;

  Bytes out(kHeaderBytes + packet->payload_length);
  const auto size = encode(packet->message, out);
  if (!size) {
    // Longer data than we would ever send is still read.
    const auto* const drw = std::get_if<Drw>(&packet->message);
    require(drw != nullptr && drw->data.size() > kMaxDrwData && size.error() == Errc::bad_length);
    return;
  }
  require(*size == out.size());
  auto first = *packet;
  first.trailing = {};
  const auto second = decode(out);
  require(second.has_value());
  require(same(describe(first), describe(*second)));
}

void check_keys(BytesView datagram) {
  const auto found = recognise(datagram, candidates());
  if (!found || *found == kPlainRecognised) return;
  Bytes plain(datagram.begin(), datagram.end());
  candidates().at(*found).decrypt(plain);
  check_packet(plain);
  candidates().at(*found).encrypt(plain);
  require(std::equal(plain.begin(), plain.end(), datagram.begin(), datagram.end()));
}

// Whatever is found fits, and is written as it is read.
void check_search(BytesView datagram) {
  const Bytes sealed(datagram.begin(), datagram.end());
  for (const auto& key : find_keys(std::span{&sealed, 1})) {
    require(cipher_of(key_text(key)).key() == key);
    auto plain = sealed;
    Cipher{key}.decrypt(plain);
    require(fit_of(plain) != Fit::none);
  }
  require(!reads_plain(datagram) || datagram.front() == std::byte{kMagic});
}

void check_seals(BytesView datagram) {
  static_cast<void>(tcp_frame_crc(datagram));
  if (const auto report = decode_session_ready(datagram)) {
    require(decode_session_ready(encode_session_ready(*report)).value() == *report);
  }
  const auto opened = crc_decrypt("EUPRAKM", datagram);
  if (!opened) return;
  const auto again = crc_encrypt("EUPRAKM", *opened);
  require(std::equal(again.begin(), again.end(), datagram.begin(), datagram.end()));
}

void check_text(BytesView datagram) {
  const auto text = to_string(datagram);
  if (const auto uid = Uid::parse(text)) require(Uid::from_bytes(uid->bytes()).value() == *uid);
  if (const auto uid = Uid::from_bytes(datagram)) require(Uid::parse(uid->text()).value() == *uid);
  if (const auto address = Address::parse(text)) {
    require(Address::parse(address->text()).value() == *address);
  }
  if (const auto list = decode_init_string(text)) {
    require(decode_init_string(encode_cs2_init_string(*list)).value().hosts == list->hosts);
  }
  Bytes bytes;
  if (from_hex(text, bytes)) require(bytes.size() <= text.size() / 2);
  static_cast<void>(redact_uids(text));
  require(is_psk_text(text) || cipher_of(text) == Cipher{std::string_view{text}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram = std::as_bytes(std::span{data, size});
  check_packet(datagram);
  check_keys(datagram);
  check_search(datagram);
  check_seals(datagram);
  check_text(datagram);
  return 0;
}
