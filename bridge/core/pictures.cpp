#include "bridge/core/pictures.hpp"

#include <utility>

#include "bridge/core/json_result.hpp"
#include "bridge/core/json_text.hpp"
#include "bridge/core/picture_meta.hpp"
#include "mappings/base64.hpp"
#include "protocol/dialect/cgi.hpp"

namespace cam32100::bridge {
namespace {

using mappings::CommandError;
using mappings::ErrorCode;
using nlohmann::json;

// Fixed header, topic and properties of a PUBLISH beside the payload; topics are far shorter.
constexpr std::size_t kPublishOverhead = 512;

bool is_base64(const BridgeContext& context) { return context.config.snapshot.encoding == "b64"; }

}  // namespace

mappings::CommandResult<std::string> Pictures::encoded(const protocol::Bytes& picture,
                                                       To to) const {
  const std::size_t limit = context_.config.snapshot.max_bytes;
  if (picture.size() > limit) {
    return CommandError{
        ErrorCode::too_large,
        "the picture is larger than snapshot.max_bytes; raise it or ask for a lower resolution",
        {{"bytes", picture.size()}, {"max_bytes", limit}}};
  }
  if (to == To::url) return std::string{};
  std::string payload =
      is_base64(context_) ? mappings::to_base64(picture) : protocol::to_string(picture);
  if (context_.max_packet && payload.size() + kPublishOverhead > *context_.max_packet) {
    return CommandError{ErrorCode::too_large,
                        "the broker takes no message of this size; raise its packet limit or ask "
                        "for a lower resolution",
                        {{"bytes", payload.size()}, {"broker_max_packet", *context_.max_packet}}};
  }
  return payload;
}

void Pictures::send_image(CameraEntry& camera, const std::string& topic, std::string payload) {
  const bool retain = context_.config.snapshot.retain;
  if (retain) context_.note_retained(camera, topic);
  context_.outbox.send({.topic = topic,
                        .payload = std::move(payload),
                        .qos = 0,
                        .retain = retain,
                        .keep_while_down = retain,
                        .content_type = is_base64(context_) ? "text/plain" : "image/jpeg"});
}

mappings::CommandResult<json> Pictures::publish_snapshot(CameraEntry& camera,
                                                         const protocol::Bytes& picture,
                                                         const std::string& reason, const json& id,
                                                         To to) {
  auto payload = encoded(picture, to);
  if (!payload) return payload.error();
  json meta{
      {"bytes", picture.size()}, {"content_type", "image/jpeg"}, {"sha256", sha256_hex(picture)}};
  const auto size = protocol::jpeg_size(picture);
  meta["width"] = size ? json(size->width) : json(nullptr);
  meta["height"] = size ? json(size->height) : json(nullptr);
  if (to == To::mqtt) {
    meta["encoding"] = context_.config.snapshot.encoding;
    meta["topic"] = context_.topics.camera(camera.uid, "snapshot");
  }
  if (const auto& url = context_.config.http.public_url; !url.empty())
    meta["url"] = url + "/cameras/" + camera.uid + "/snapshot.jpg";
  meta["reason"] = reason;
  ObjectText text;
  text.add_number("v", 1);
  text.add_text("uid", camera.uid);
  text.add_text("ts", to_iso_text(context_.now.wall));
  if (!id.is_null()) text.add("id", id);
  text.add_members(meta);
  std::string meta_text = std::move(text).take();

  camera.last_picture = protocol::to_string(picture);
  camera.picture_meta = meta_text;
  camera.picture_is_public = to == To::mqtt;
  meta["ts"] = to_iso_text(context_.now.wall);
  if (to == To::url) return success(std::move(meta));
  send_image(camera, context_.topics.camera(camera.uid, "snapshot"), std::move(*payload));
  send_meta(camera, std::move(meta_text));
  return success(std::move(meta));
}

void Pictures::send_meta(CameraEntry& camera, std::string text) {
  const std::string topic = context_.topics.camera(camera.uid, "snapshot/meta");
  context_.note_retained(camera, topic);
  context_.outbox.send({.topic = topic,
                        .payload = std::move(text),
                        .qos = 1,
                        .retain = true,
                        .keep_while_down = true,
                        .content_type = "application/json"});
}

void Pictures::publish_event_picture(CameraEntry& camera, const protocol::Bytes& picture) {
  auto payload = encoded(picture, To::mqtt);
  if (!payload) {
    context_.log(LogLevel::warning, "camera", camera.uid,
                 "event picture left out: " + payload.error().message);
    return;
  }
  send_image(camera, context_.topics.camera(camera.uid, "snapshot/event"), std::move(*payload));
}

}  // namespace cam32100::bridge
