#include "bridge/io/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace cam32100::bridge {

namespace {
spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}
}  // namespace

void start_logging(LogLevel level) {
  auto logger = std::make_shared<spdlog::logger>("cam32100",
                                                 std::make_shared<spdlog::sinks::stderr_sink_st>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  set_log_threshold(level);
}

void set_log_threshold(LogLevel level) { spdlog::set_level(to_spdlog(level)); }

void write_log(const LogRecord& record) {
  if (record.camera.empty()) {
    spdlog::log(to_spdlog(record.level), "{}: {}", record.logger, record.message);
  } else {
    spdlog::log(to_spdlog(record.level), "{} {}: {}", record.logger, record.camera, record.message);
  }
}

}  // namespace cam32100::bridge
