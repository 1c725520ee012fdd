#pragma once

#include <cstdint>
#include <string_view>

#include "bridge/core/bridge_info.hpp"
#include "bridge/core/camera_jobs.hpp"
#include "bridge/core/camera_topics.hpp"
#include "bridge/core/http_answer.hpp"
#include "bridge/core/http_question.hpp"

namespace cam32100::bridge {

// What the HTTP server shows. Every question gets exactly one answer by BridgePorts::answer_http.
//
//   GET /                                 which paths there are, JSON
//   GET /health                           JSON; 200 while the broker is there, else 503
//   GET /metrics                          Prometheus' text form
//   GET /cameras/<uid>                    the camera's info and state, JSON
//   GET /cameras/<uid>/snapshot.jpg       the last picture; 404 when there is none
//   GET /cameras/<uid>/snapshot.jpg?fresh=1   a new one, or the reason why not
//
// <uid> in any spelling, or an alias. Errors are {"code":..,"message":..} with the words of the
// MQTT envelope:
//
//   403  fresh=1 for a page of another site
//   404  no such page or camera, or no picture yet
//   405  neither GET nor HEAD
//   429  the camera's queue of commands is full (Retry-After)
//   501  the camera takes no pictures
//   502  it refused (cgi_error, auth_failed)
//   503  not to be had now, too many wait (Retry-After), too large, or the bridge is stopping
//   504  it gave no answer in time
// HttpServer answers 400, 401, and a 403 and 504 of its own, before or instead of these.
class HttpPages {
 public:
  HttpPages(BridgeContext& context, BridgeInfo& info, CameraTopics& topics, CameraJobs& jobs)
      : context_{context}, info_{info}, topics_{topics}, jobs_{jobs} {}

  void on_question(const HttpQuestion& question);

 private:
  void answer(std::uint64_t ticket, HttpAnswer answer);
  void refuse(std::uint64_t ticket, int status, std::string_view code, std::string_view message);
  void show_index(std::uint64_t ticket);
  void show_camera(const HttpQuestion& question, std::string_view rest);
  void show_picture(const HttpQuestion& question, CameraEntry& camera);

  BridgeContext& context_;
  BridgeInfo& info_;
  CameraTopics& topics_;
  CameraJobs& jobs_;
};

}  // namespace cam32100::bridge
