#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// FIPS 180-4, enough to check a constant table against its published digest.
inline Bytes sha256(BytesView message) {
  // The first 32 bits of the fractional parts of cube and square roots of primes, by integer
  // arithmetic.
  const auto root_bits = [](std::uint32_t prime, int power) {
    __extension__ using Wide = unsigned __int128;
    // Largest r with r^power <= prime * 2^(32*power); its low 32 bits are the fraction.
    std::uint64_t root = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 36; bit != 0; bit >>= 1) {
      const Wide r = root | bit;
      const Wide limit = static_cast<Wide>(prime) << (power == 2 ? 64 : 96);
      if ((power == 2 ? r * r : r * r * r) <= limit) root |= bit;
    }
    return static_cast<std::uint32_t>(root);
  };
  std::vector<std::uint32_t> primes;
  for (std::uint32_t n = 2; primes.size() < 64; ++n) {
    bool is_prime = true;
    for (const auto p : primes) is_prime = is_prime && n % p != 0;
    if (is_prime) primes.push_back(n);
  }
  std::array<std::uint32_t, 8> state{};
  for (std::size_t i = 0; i < 8; ++i) state[i] = root_bits(primes[i], 2);

  Bytes padded(message.begin(), message.end());
  padded.push_back(std::byte{0x80});
  while (padded.size() % 64 != 56) padded.push_back(std::byte{0});
  std::array<std::byte, 8> length{};
  Writer tail{length};
  tail.u32_be(0);
  tail.u32_be(static_cast<std::uint32_t>(message.size() * 8));
  padded.insert(padded.end(), length.begin(), length.end());

  Reader in{padded};
  while (in.remaining() > 0) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = in.u32_be();
    for (std::size_t i = 16; i < 64; ++i) {
      const auto s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
      const auto s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < 64; ++i) {
      const auto s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const auto t1 = h + s1 + ((e & f) ^ (~e & g)) + root_bits(primes[i], 3) + w[i];
      const auto s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const auto t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> change{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) state[i] += change[i];
  }
  Bytes digest(32);
  Writer out{digest};
  for (const auto word : state) out.u32_be(word);
  return digest;
}

}  // namespace cam32100::protocol
