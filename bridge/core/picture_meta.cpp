#include "bridge/core/picture_meta.hpp"

#include <openssl/evp.h>

#include <array>

namespace cam32100::bridge {
namespace {

const unsigned char* data_of(protocol::BytesView bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::string sha256_hex(protocol::BytesView bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(data_of(bytes), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    return {};
  }
  return protocol::to_hex(std::as_bytes(std::span{digest}.first(size)));
}

}  // namespace cam32100::bridge
