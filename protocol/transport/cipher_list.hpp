#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/wire/cipher.hpp"

namespace cam32100::protocol {

struct NamedCipher {
  std::string name;  // "plain", "vstarcam2018", or "configured": never a secret
  Cipher cipher;
};

// The keys to try, in order. Copies share one list until one of them is changed: every camera has
// the two dozen known ones three times (its own, its search's, its session's). A list in an order
// of its own, as where the key of the last session goes first, is one of its own.
class CipherList {
 public:
  CipherList() = default;
  CipherList(std::vector<NamedCipher> list)  // NOLINT(google-explicit-constructor): it is one
      : list_{std::make_shared<const std::vector<NamedCipher>>(std::move(list))} {}
  CipherList(std::initializer_list<NamedCipher> list)
      : CipherList{std::vector<NamedCipher>{list}} {}

  [[nodiscard]] const NamedCipher* begin() const noexcept {
    return list_ ? list_->data() : nullptr;
  }
  [[nodiscard]] const NamedCipher* end() const noexcept { return begin() + size(); }
  [[nodiscard]] std::size_t size() const noexcept { return list_ ? list_->size() : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const NamedCipher& operator[](std::size_t place) const { return (*list_)[place]; }
  [[nodiscard]] const NamedCipher& front() const { return list_->front(); }
  [[nodiscard]] std::vector<NamedCipher> to_vector() const { return {begin(), end()}; }

  void push_back(NamedCipher cipher) {
    auto longer = to_vector();
    longer.push_back(std::move(cipher));
    *this = std::move(longer);
  }
  void clear() noexcept { list_.reset(); }

 private:
  std::shared_ptr<const std::vector<NamedCipher>> list_;  // none: empty
};

}  // namespace cam32100::protocol
