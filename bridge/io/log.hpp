#pragma once

#include "bridge/core/ports.hpp"

namespace cam32100::bridge {

// Lines on standard error: time, level, logger, camera, message. Under systemd the journal adds its
// own time.
void start_logging(LogLevel level);
void set_log_threshold(LogLevel level);
void write_log(const LogRecord& record);

}  // namespace cam32100::bridge
