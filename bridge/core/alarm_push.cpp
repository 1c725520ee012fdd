#include "bridge/core/alarm_push.hpp"

#include <span>

#include "bridge/core/json_text.hpp"
#include "bridge/core/picture_meta.hpp"
#include "mappings/alarm_push.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

constexpr std::string_view kPath = "/alarm/";
constexpr std::size_t kTokenDigits = 32;

}  // namespace

bool AlarmPush::is_on() const { return !context_.config.alarm_push.listen.empty(); }

std::string AlarmPush::url_of(const std::string& token) const {
  const auto& push = context_.config.alarm_push;
  const std::string base = push.url.empty() ? "http://" + push.listen : push.url;
  return base + std::string{kPath} + token;
}

std::optional<mappings::CommandPlan> AlarmPush::look(const CameraEntry& camera) const {
  const bool was_set = context_.saved.alarm_push.contains(camera.uid);
  if (camera.json_dialect || (!is_on() && !was_set)) return std::nullopt;
  return mappings::alarm_push_look(context_.mapping);
}

std::optional<mappings::CommandPlan> AlarmPush::after_look(const CameraEntry& camera,
                                                           protocol::BytesView reply) {
  const auto found = mappings::alarm_push_in(context_.mapping, reply);
  if (!found) return std::nullopt;  // this model has none
  auto& kept = context_.saved.alarm_push;
  const auto known = kept.find(camera.uid);
  if (!is_on()) return known == kept.end() ? std::nullopt : restore(camera);
  if (known == kept.end()) {
    const std::string source = std::to_string(context_.seed) + "/alarm/" + camera.uid + "/" +
                               std::to_string(context_.draw_number());
    const std::string token = sha256_hex(std::as_bytes(std::span{source})).substr(0, kTokenDigits);
    kept[camera.uid] = {{"token", token}, {"enabled", found->enabled}, {"url", found->url}};
    context_.save_soon();
  }
  const std::string wanted = url_of(text_at(kept[camera.uid], "token"));
  if (found->enabled == "1" && found->url == wanted) return std::nullopt;
  return write("1", wanted);
}

std::optional<mappings::CommandPlan> AlarmPush::restore(const CameraEntry& camera) const {
  const auto known = context_.saved.alarm_push.find(camera.uid);
  if (known == context_.saved.alarm_push.end()) return std::nullopt;
  return write(text_at(known->second, "enabled"), text_at(known->second, "url"));
}

std::optional<mappings::CommandPlan> AlarmPush::write(const std::string& enabled,
                                                      const std::string& url) const {
  return mappings::alarm_push_write(context_.mapping, {enabled, url});
}

void AlarmPush::on_restored(const CameraEntry& camera) {
  if (context_.saved.alarm_push.erase(camera.uid) > 0) context_.save_soon();
}

CameraEntry* AlarmPush::caller(std::string_view path) const {
  if (!is_on() || !path.starts_with(kPath)) return nullptr;
  path.remove_prefix(kPath.size());
  if (path.size() != kTokenDigits) return nullptr;
  for (const auto& [uid, kept] : context_.saved.alarm_push) {
    if (text_at(kept, "token") == path) return context_.cameras.by_uid(uid);
  }
  return nullptr;
}

}  // namespace cam32100::bridge
