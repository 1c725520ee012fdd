#include "bridge/core/supervisor_link.hpp"

namespace cam32100::bridge {

namespace {
constexpr std::uint8_t kCommandChannel = 0;
}  // namespace

CameraLink::CameraLink(protocol::TimePoint now, protocol::SessionConfig session,
                       protocol::CgiExchangeConfig exchange, std::uint64_t seed,
                       protocol::StreamReceiver* media)
    : media_{media}, exchange_{exchange}, session_{now, std::move(session), seed, *this} {}

protocol::Result<void> CameraLink::request(protocol::TimePoint now, std::uint64_t ticket,
                                           const std::vector<protocol::CgiRequest>& batch,
                                           const protocol::Credentials& credentials,
                                           protocol::Duration timeout) {
  encoded_.clear();
  if (auto encoded = exchange_.submit(now, ticket, batch, credentials, timeout, encoded_); !encoded)
    return encoded;
  auto sent = session_.send(now, kCommandChannel, encoded_);
  if (!sent) out_of_step_ = true;
  return sent;
}

void CameraLink::on_stream(protocol::TimePoint now, std::uint8_t channel,
                           protocol::BytesView bytes) {
  if (channel == kCommandChannel) return exchange_.on_stream(now, bytes);
  // Without a reader they are acknowledged by the session, and that is all.
  if (media_ != nullptr) media_->on_stream(now, channel, bytes);
}

}  // namespace cam32100::bridge
