#pragma once

#include <set>
#include <string>

#include "bridge/core/bridge_info.hpp"
#include "bridge/core/camera_jobs.hpp"
#include "bridge/core/http_question.hpp"

namespace cam32100::bridge {

// What the HTTP server shows. Every question gets exactly one answer by BridgePorts::answer_http.
//
//   GET /                                 which paths there are, JSON
//   GET /health                           JSON; 200 while the broker is there, else 503
//   GET /metrics                          Prometheus' text form
//   GET /cameras/<uid>                    the camera's info and state, JSON
//   GET /cameras/<uid>/snapshot.jpg       the last picture; 404 when there is none
//   GET /cameras/<uid>/snapshot.jpg?fresh=1   a new one; 503 or 504 with the reason when not
//
// <uid> in any spelling, or an alias. Errors are {"code":..,"message":..} with the words of the
// MQTT envelope.
class HttpPages {
 public:
  HttpPages(BridgeContext& context, BridgeInfo& info, CameraJobs& jobs)
      : context_{context}, info_{info}, jobs_{jobs} {}

  void on_question(const HttpQuestion& question);

 private:
  void answer(std::uint64_t ticket, HttpAnswer answer);
  void refuse(std::uint64_t ticket, int status, const std::string& code,
              const std::string& message);
  void show_index(std::uint64_t ticket);
  void show_camera(const HttpQuestion& question, std::string_view rest);
  void show_picture(const HttpQuestion& question, CameraEntry& camera);

  BridgeContext& context_;
  BridgeInfo& info_;
  CameraJobs& jobs_;
};

// The answer that a picture is, and the one that an error is.
[[nodiscard]] HttpAnswer picture_answer(std::string jpeg, const std::string& meta);
[[nodiscard]] HttpAnswer error_answer(const mappings::CommandError& error);

}  // namespace cam32100::bridge
