#pragma once

#include <cstddef>
#include <string>
#include <system_error>

namespace cam32100::bridge {

// Reads a whole file of at most 128 MiB, or what a pipe gives. A missing file is no error: `text`
// is empty.
[[nodiscard]] std::error_code read_text_file(const std::string& path, std::string& text);

// For the event loop: a regular file of at most `limit` bytes, read without waiting for anybody.
// Errors: no_such_file_or_directory, invalid_argument (a pipe, a folder ...), file_too_large, and
// what the system said.
[[nodiscard]] std::error_code read_small_file(const std::string& path, std::size_t limit,
                                              std::string& text);

// Replaces the file as a whole: written beside it (mode 0600: it may hold passwords), synced,
// renamed over. After a crash or a full disk the old content stands. Errors: what the system said.
[[nodiscard]] std::error_code write_text_file_atomically(const std::string& path,
                                                         const std::string& text);

}  // namespace cam32100::bridge
