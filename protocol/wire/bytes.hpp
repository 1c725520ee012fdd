#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cam32100::protocol {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;
using MutableBytesView = std::span<std::byte>;

// A cursor that cannot leave its bytes. After the first short read every read yields zero (or an
// empty view) and ok() stays false, so a decoder checks once, at its end. Does not own the bytes.
class Reader {
 public:
  explicit Reader(BytesView bytes) noexcept : rest_{bytes} {}

  [[nodiscard]] std::uint8_t u8() noexcept;
  [[nodiscard]] std::uint16_t u16_be() noexcept;
  [[nodiscard]] std::uint16_t u16_le() noexcept;
  [[nodiscard]] std::uint32_t u32_be() noexcept;
  [[nodiscard]] std::uint32_t u32_le() noexcept;
  [[nodiscard]] BytesView take(
      std::size_t size) noexcept;  // a nested length is read by a new Reader over this
  void skip(std::size_t size) noexcept;
  [[nodiscard]] BytesView rest() noexcept;  // everything left; the cursor stands at the end

  [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }
  [[nodiscard]] bool ok() const noexcept { return ok_; }

 private:
  BytesView rest_;
  bool ok_ = true;
};

// The same for writing into a buffer the caller owns. After the first write that does not fit
// nothing more is written and ok() stays false.
class Writer {
 public:
  explicit Writer(MutableBytesView out) noexcept : out_{out} {}

  void u8(std::uint8_t value) noexcept;
  void u16_be(std::uint16_t value) noexcept;
  void u16_le(std::uint16_t value) noexcept;
  void u32_be(std::uint32_t value) noexcept;
  void u32_le(std::uint32_t value) noexcept;
  void bytes(BytesView value) noexcept;
  void zeros(std::size_t count) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }  // bytes written so far
  [[nodiscard]] bool ok() const noexcept { return ok_; }

 private:
  [[nodiscard]] bool room(std::size_t count) noexcept;
  MutableBytesView out_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

[[nodiscard]] BytesView as_bytes(std::string_view text) noexcept;  // a view of the same memory
[[nodiscard]] std::string_view as_text(BytesView bytes) noexcept;  // likewise
[[nodiscard]] std::string to_string(BytesView bytes);              // the bytes as text, unchanged
[[nodiscard]] std::string to_hex(BytesView bytes);                 // lower case, no separators
// Appends nothing: `out` becomes the bytes. An even number of hex digits; blanks, ':' and a leading
// 0x are skipped. False for any other text, and `out` is then unspecified.
[[nodiscard]] bool from_hex(std::string_view text, Bytes& out);

}  // namespace cam32100::protocol
