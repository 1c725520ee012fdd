// Every truncation and every change of one byte of every vector, through every decoder. Each input
// lies in a buffer of exactly its size, so that a sanitizer sees a read outside it.
#include <gtest/gtest.h>

#include <functional>

#include "protocol/wire/address.hpp"
#include "protocol/wire/cipher.hpp"
#include "protocol/wire/describe.hpp"
#include "protocol/wire/endpoint.hpp"
#include "protocol/wire/message.hpp"
#include "protocol/wire/uid.hpp"
#include "tests/support/vectors/vectors.hpp"
#include "tests/unit/wire/message_samples.hpp"

namespace cam32100::protocol {
namespace {

bool inside(BytesView part, BytesView whole) {
  if (part.empty()) return true;
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

// decode() says yes or a reason; after a yes everything it shows is consistent.
void expect_total(BytesView datagram) {
  const auto packet = decode(datagram);
  if (!packet) {
    const auto code = static_cast<Errc>(packet.error().value());
    ASSERT_TRUE(code == Errc::truncated || code == Errc::bad_magic || code == Errc::bad_length ||
                code == Errc::bad_uid)
        << to_hex(datagram);
    return;
  }
  ASSERT_EQ(kHeaderBytes + packet->payload_length + packet->trailing.size(), datagram.size());
  ASSERT_TRUE(inside(packet->trailing, datagram));
  std::array<std::byte, kMaxDatagramBytes> buffer{};
  const auto size = encode(packet->message, buffer);
  ASSERT_TRUE(size) << to_hex(datagram);
  ASSERT_EQ(*size, kHeaderBytes + packet->payload_length);
  const auto again = decode(BytesView{buffer}.first(*size));
  ASSERT_TRUE(again) << to_hex(datagram);
  ASSERT_EQ(again->message.index(), packet->message.index());
}

void for_each_change(const Bytes& original, const std::function<void(const Bytes&)>& visit) {
  auto bytes = original;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int change = 1; change < 256; ++change) {
      bytes[i] = original[i] ^ static_cast<std::byte>(change);
      visit(bytes);
    }
    bytes[i] = original[i];
  }
}

// For what is slow: each bit of each byte, and all of its bits; every value only where a header is.
void for_each_flip(const Bytes& original, const std::function<void(const Bytes&)>& visit) {
  auto bytes = original;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool in_header = i < kHeaderBytes;
    for (int change = 1; change < 256; ++change) {
      const bool one_bit = (change & (change - 1)) == 0;
      if (!in_header && !one_bit && change != 0xFF) continue;
      bytes[i] = original[i] ^ static_cast<std::byte>(change);
      visit(bytes);
    }
    bytes[i] = original[i];
  }
}

void for_each_cut(const Bytes& original, const std::function<void(const Bytes&)>& visit) {
  for (std::size_t size = 0; size < original.size(); ++size) {
    visit(Bytes(original.begin(), original.begin() + static_cast<std::ptrdiff_t>(size)));
  }
}

Bytes bytes_of(std::string_view text) {
  const auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

TEST(Corruption, LeavesDecodeTotalForEveryByteAndValue) {
  for (const auto& datagram : vectors::plain_datagrams()) for_each_change(datagram, expect_total);
  for (const auto& sample : samples()) for_each_change(sample.datagram, expect_total);
}

TEST(Corruption, TurnsEveryTruncationIntoTruncated) {
  std::size_t cuts = 0;
  for (const auto& datagram : vectors::plain_datagrams()) {
    // Trailing bytes may be cut off; what is announced may not.
    const std::size_t announced = kHeaderBytes + decode_header(datagram)->payload_length;
    for_each_cut(datagram, [&](const Bytes& cut) {
      const auto packet = decode(cut);
      ASSERT_EQ(packet.has_error(), cut.size() < announced) << to_hex(cut);
      if (!packet) {
        ASSERT_EQ(packet.error(), Errc::truncated) << to_hex(cut);
      }
      ++cuts;
    });
  }
  EXPECT_GT(cuts, 500U);
}

TEST(Corruption, LeavesDescriptionsOfWhatDecodesComplete) {
  const auto check = [](const Bytes& bytes) {
    const auto line = one_line(bytes);
    ASSERT_FALSE(line.empty());
    const auto packet = decode(bytes);
    ASSERT_EQ(line.starts_with("? "), packet.has_error()) << line;
    if (packet) {
      ASSERT_GE(describe(*packet).size(), 3U);
    }
  };
  for (const auto& datagram : vectors::plain_datagrams()) {
    for_each_cut(datagram, check);
    for_each_flip(datagram, check);
  }
  for (const auto& sample : samples()) {
    for_each_cut(sample.datagram, check);
    for_each_flip(sample.datagram, check);
  }
}

TEST(Corruption, LeavesRecogniseTotal) {
  std::vector<Cipher> candidates;
  for (const auto& known : known_psks()) {
    if (!known.psk.empty()) candidates.emplace_back(known.psk);
  }
  const auto check = [&](const Bytes& bytes) {
    const auto found = recognise(bytes, candidates);
    if (!found) return;
    auto plain = bytes;
    if (*found != kPlainRecognised) {
      ASSERT_LT(*found, candidates.size());
      candidates[*found].decrypt(plain);
    }
    const auto header = decode_header(plain);
    ASSERT_TRUE(header);
    ASSERT_LE(kHeaderBytes + header->payload_length, plain.size());
    ASSERT_FALSE(name(static_cast<MessageType>(header->type)).empty());
  };
  for (const auto& row : vectors::cipher_pairs()) {
    for_each_cut(row.sealed, check);
    for_each_flip(row.sealed, check);
  }
}

TEST(Corruption, IsRefusedByTheCrcFormOrChangesWhatItHolds) {
  for (const auto& row : vectors::crc_rows()) {
    for_each_change(row.sealed, [&](const Bytes& damaged) {
      const auto plain = crc_decrypt(row.key, damaged);
      // The state forgets, so the closing bytes can survive damage in front of them.
      if (plain) {
        ASSERT_NE(*plain, row.plain);
        ASSERT_EQ(plain->size(), row.plain.size());
      } else {
        ASSERT_EQ(plain.error(), Errc::bad_checksum);
      }
    });
  }
}

TEST(Corruption, LeavesIdBytesEitherRefusedOrSpellable) {
  for (const auto& row : vectors::valid_uids()) {
    for_each_cut(row.bytes, [](const Bytes& cut) {
      ASSERT_EQ(Uid::from_bytes(cut).error(), Errc::truncated);
    });
    for_each_change(row.bytes, [](const Bytes& bytes) {
      const auto uid = Uid::from_bytes(bytes);
      if (!uid) {
        ASSERT_EQ(uid.error(), Errc::bad_uid);
        return;
      }
      const auto again = Uid::parse(uid->text());
      ASSERT_TRUE(again) << uid->text();
      ASSERT_EQ(to_hex(again->bytes()), to_hex(bytes));
    });
  }
}

TEST(Corruption, LeavesIdTextEitherRefusedOrCanonical) {
  const auto check = [](const Bytes& bytes) {
    const auto text = to_string(bytes);
    const auto uid = Uid::parse(text);
    if (uid) {
      ASSERT_EQ(Uid::parse(uid->text()).value(), *uid) << text;
      ASSERT_EQ(Uid::from_bytes(uid->bytes()).value(), *uid) << text;
      ASSERT_EQ(redact_uids(uid->text()), uid->redacted());
    } else {
      ASSERT_TRUE(uid.error() == Errc::bad_uid || uid.error() == Errc::cloud_alias) << text;
    }
  };
  std::vector<std::string> texts = vectors::invalid_uids();
  for (const auto& row : vectors::valid_uids()) texts.push_back(row.text);
  for (const auto& row : vectors::uid_spellings()) texts.push_back(row.text);
  for (const auto& text : vectors::refused_aliases()) texts.push_back(text);
  for (const auto& text : texts) {
    for_each_cut(bytes_of(text), check);
    for_each_change(bytes_of(text), check);
  }
}

TEST(Corruption, LeavesAddressTextEitherRefusedOrCanonical) {
  const auto check = [](const Bytes& bytes) {
    const auto text = to_string(bytes);
    const auto address = Address::parse(text, 7);
    if (address) {
      ASSERT_EQ(Address::parse(address->text()).value(), *address) << text;
    } else {
      ASSERT_EQ(address.error(), Errc::bad_address) << text;
    }
  };
  for (const auto& capture : vectors::captures()) {
    const auto found = capture.expect.find("address");
    if (found == capture.expect.end()) continue;
    const auto text = bytes_of(std::get<std::string>(found->second));
    for_each_cut(text, check);
    for_each_change(text, check);
  }
}

TEST(Corruption, LeavesServerListsEitherRefusedOrUsable) {
  const auto check = [](const Bytes& bytes) {
    const auto text = to_string(bytes);
    const auto list = decode_init_string(text);
    if (!list) {
      ASSERT_EQ(list.error(), Errc::bad_init_string) << text;
      return;
    }
    ASSERT_FALSE(list->hosts.empty()) << text;
    const auto again = decode_init_string(encode_cs2_init_string(*list));
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(again->hosts, list->hosts) << text;
    ASSERT_EQ(again->psk, list->psk) << text;
  };
  auto rows = vectors::cs2_strings();
  for (auto& row : vectors::ilnk_strings()) rows.push_back(row);
  for (const auto& row : rows) {
    for_each_cut(bytes_of(row.text), check);
    for_each_change(bytes_of(row.text), check);
  }
}

TEST(Corruption, LeavesHexTextEitherRefusedOrReadable) {
  std::size_t refused = 0;
  const auto check = [&refused](const Bytes& bytes) {
    Bytes out;
    if (!from_hex(to_string(bytes), out)) {
      ++refused;
      return;
    }
    Bytes again;
    ASSERT_TRUE(from_hex(to_hex(out), again));
    ASSERT_EQ(again, out);
  };
  for (const auto& capture : vectors::captures()) {
    const auto text = bytes_of(to_hex(capture.bytes));
    for_each_cut(text, check);
    for_each_change(text, check);
  }
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace cam32100::protocol
