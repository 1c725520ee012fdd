#include "bridge/core/alarm_push.hpp"

#include <openssl/crypto.h>

#include "bridge/core/json_text.hpp"
#include "mappings/translate.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using What = AlarmPush::Next::What;

constexpr std::string_view kPath = "/alarm/";
constexpr std::size_t kTokenDigits = 32;

bool is_same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool AlarmPush::is_on() const { return !context_.config.alarm_push.listen.empty(); }

std::string AlarmPush::base() const {
  const auto& push = context_.config.alarm_push;
  return (push.url.empty() ? "http://" + push.listen : push.url) + std::string{kPath};
}

// By its token, which survives a change of our address, or by our address, which survives the loss
// of the state file: a URL of ours is never what a camera "had before".
bool AlarmPush::is_ours(const std::string& url, const std::string& token) const {
  if (!token.empty() && url.ends_with(std::string{kPath} + token)) return true;
  return is_on() && url.starts_with(base());
}

bool AlarmPush::is_kept(const CameraEntry& camera) const {
  return context_.saved.alarm_push.contains(camera.uid);
}

std::optional<mappings::CommandPlan> AlarmPush::look(const CameraEntry& camera) const {
  if (camera.json_dialect || (!is_on() && !is_kept(camera))) return std::nullopt;
  return mappings::alarm_push_look(context_.mapping);
}

AlarmPush::Next AlarmPush::after_look(CameraEntry& camera, protocol::BytesView reply) {
  const auto found = mappings::alarm_push_in(context_.mapping, reply);
  if (!found) return {};  // this model has none
  return is_on() && !camera.leaving ? take_over(camera, *found) : give_back(camera, *found);
}

AlarmPush::Next AlarmPush::take_over(CameraEntry& camera, const mappings::AlarmPushSetting& found) {
  if (!is_kept(camera)) {
    if (mappings::mentions_cgi(found.url)) {
      context_.log(LogLevel::warning, "camera", camera.uid,
                   "it calls an address with \".cgi\" at alarms, which could not be put back later "
                   "(firmware takes it for a call); it keeps it and does not call this bridge");
      return {};
    }
    keep(camera, found);
  }
  if (unsaved_.contains(camera.uid)) return {};
  const std::string wanted = base() + text_at(context_.saved.alarm_push[camera.uid], "token");
  if (found.enabled == "1" && found.url == wanted) {
    note_set(camera, true);
    return {};
  }
  note_set(camera, false);
  return {What::set, mappings::alarm_push_write(context_.mapping, {"1", wanted})};
}

void AlarmPush::keep(const CameraEntry& camera, const mappings::AlarmPushSetting& found) {
  const bool lost = is_ours(found.url, {});
  context_.saved.alarm_push[camera.uid] = {
      {"token", context_.ports.random_token().substr(0, kTokenDigits)},
      {"enabled", lost ? "0" : found.enabled},
      {"url", lost ? "" : found.url},
      {"set", false}};
  unsaved_.insert(camera.uid);
  context_.save_soon();
}

// Only over a value of ours: a URL that somebody wrote meanwhile is theirs.
AlarmPush::Next AlarmPush::give_back(CameraEntry& camera, const mappings::AlarmPushSetting& found) {
  const auto known = context_.saved.alarm_push.find(camera.uid);
  if (known == context_.saved.alarm_push.end()) return {};
  if (!is_ours(found.url, text_at(known->second, "token"))) {
    on_done(camera, What::restore);
    return {};
  }
  return {What::restore,
          mappings::alarm_push_write(context_.mapping, {text_at(known->second, "enabled"),
                                                        text_at(known->second, "url")})};
}

void AlarmPush::on_done(CameraEntry& camera, Next::What what) {
  if (what == What::set) note_set(camera, true);
  if (what != What::restore) return;
  camera.reports_alarms = false;
  unsaved_.erase(camera.uid);
  if (context_.saved.alarm_push.erase(camera.uid) > 0) context_.save_soon();
}

void AlarmPush::note_set(CameraEntry& camera, bool is_set) {
  camera.reports_alarms = is_set;
  auto& kept = context_.saved.alarm_push[camera.uid];
  if (kept.value("set", false) == is_set) return;
  kept["set"] = is_set;
  context_.save_soon();
}

std::set<std::string> AlarmPush::on_saved(std::string_view state_text) {
  std::set<std::string> saved;
  for (auto uid = unsaved_.begin(); uid != unsaved_.end();) {
    const auto kept = context_.saved.alarm_push.find(*uid);
    // A write that began before this look does not hold it.
    const bool there = kept == context_.saved.alarm_push.end() ||
                       state_text.find(text_at(kept->second, "token")) != std::string_view::npos;
    if (there) saved.insert(*uid);
    uid = there ? unsaved_.erase(uid) : std::next(uid);
  }
  return saved;
}

void AlarmPush::warn_of_orphans() const {
  for (const auto& [uid, kept] : context_.saved.alarm_push) {
    if (context_.cameras.by_uid(uid) != nullptr) continue;
    context_.log(LogLevel::warning, "camera", uid,
                 "it is no camera of this bridge any more and may still call it at alarms; add it "
                 "once more and remove it over MQTT to have its own address put back");
  }
}

CameraEntry* AlarmPush::caller(std::string_view path) const {
  if (!is_on() || !path.starts_with(kPath)) return nullptr;
  path.remove_prefix(kPath.size());
  if (path.size() != kTokenDigits) return nullptr;
  CameraEntry* found = nullptr;
  for (const auto& [uid, kept] : context_.saved.alarm_push) {
    if (is_same_secret(text_at(kept, "token"), path)) found = context_.cameras.by_uid(uid);
  }
  return found;
}

}  // namespace cam32100::bridge
