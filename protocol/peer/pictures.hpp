#pragma once

#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "protocol/wire/bytes.hpp"

namespace cam32100::protocol {

// JPEGs that many cameras show: copies share them.
class Pictures {
 public:
  Pictures() = default;
  // Both implicit: a list of pictures is what it is.
  Pictures(std::vector<Bytes> pictures)  // NOLINT(google-explicit-constructor)
      : shared_{std::make_shared<const std::vector<Bytes>>(std::move(pictures))} {}
  Pictures(std::initializer_list<Bytes> pictures) : Pictures{std::vector<Bytes>{pictures}} {}

  [[nodiscard]] bool empty() const noexcept { return !shared_ || shared_->empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return shared_ ? shared_->size() : 0; }
  [[nodiscard]] const Bytes& operator[](std::size_t i) const { return (*shared_)[i]; }
  void clear() noexcept { shared_.reset(); }

 private:
  std::shared_ptr<const std::vector<Bytes>> shared_;
};

}  // namespace cam32100::protocol
