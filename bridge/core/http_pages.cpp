#include "bridge/core/http_pages.hpp"

#include <utility>

#include "bridge/core/json_text.hpp"
#include "bridge/core/metrics_text.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

constexpr std::string_view kIndex = "/";
constexpr std::string_view kHealth = "/health";
constexpr std::string_view kMetrics = "/metrics";
constexpr std::string_view kCameras = "/cameras/";
constexpr std::string_view kPicture = "/snapshot.jpg";
constexpr const char* kJson = "application/json";

}  // namespace

void HttpPages::answer(std::uint64_t ticket, HttpAnswer answer) {
  context_.http_answers.emplace_back(ticket, std::move(answer));
}

void HttpPages::refuse(std::uint64_t ticket, int status, std::string_view code,
                       std::string_view message) {
  answer(ticket, refusal_answer(status, code, message));
}

void HttpPages::on_question(const HttpQuestion& question) {
  if (question.method != "GET" && question.method != "HEAD")
    return refuse(question.ticket, 405, "bad_argument", "only GET and HEAD are known here");
  if (question.path == kIndex) return show_index(question.ticket);
  const bool connected = context_.outbox.is_live();
  if (question.path == kHealth) {
    json health = info_.health();
    health["status"] = connected ? "ok" : "no_broker";
    return answer(question.ticket, {connected ? 200 : 503, kJson, to_json_text(health) + "\n", {}});
  }
  if (question.path == kMetrics) {
    return answer(question.ticket, {200,
                                    "text/plain; version=0.0.4; charset=utf-8",
                                    metrics_text(info_.health(), connected),
                                    {}});
  }
  if (std::string_view{question.path}.starts_with(kCameras))
    return show_camera(question, std::string_view{question.path}.substr(kCameras.size()));
  refuse(question.ticket, 404, "bad_argument",
         "there are /, /health, /metrics, /cameras/<uid> and /cameras/<uid>/snapshot.jpg");
}

// Home Assistant links the bridge's device to http.public_url, which is this page.
void HttpPages::show_index(std::uint64_t ticket) {
  json paths{kIndex, kHealth, kMetrics};
  for (const auto& [uid, camera] : context_.cameras.all()) {
    const std::string page = std::string{kCameras} + uid;
    paths.push_back(page);
    paths.push_back(page + std::string{kPicture});
  }
  const json index{
      {"name", "cam32100"}, {"version", context_.identity.version}, {"paths", std::move(paths)}};
  answer(ticket, {200, kJson, to_json_text(index) + "\n", {}});
}

void HttpPages::show_camera(const HttpQuestion& question, std::string_view rest) {
  const bool picture = rest.ends_with(kPicture);
  if (picture) rest.remove_suffix(kPicture.size());
  const std::string typed{rest};
  CameraEntry* camera = context_.cameras.by_typed(typed);
  if (camera == nullptr) return answer(question.ticket, error_answer(unknown_camera(typed)));
  if (picture) return show_picture(question, *camera);
  answer(question.ticket, {200, kJson, topics_.page(*camera) + "\n", {}});
}

void HttpPages::show_picture(const HttpQuestion& question, CameraEntry& camera) {
  const auto fresh = question.query.find("fresh");
  if (fresh != question.query.end() && fresh->second != "0" && fresh->second != "false") {
    if (question.cross_site)
      return refuse(question.ticket, 403, "forbidden",
                    "a page of another site may not have pictures taken");
    return jobs_.take_picture_for(camera, question.ticket);
  }
  if (!camera.last_picture.empty())
    return answer(question.ticket, picture_answer(camera.last_picture, camera.picture_meta));
  refuse(question.ticket, 404, "bad_argument", "no picture was taken yet; ?fresh=1 takes one now");
}

}  // namespace cam32100::bridge
