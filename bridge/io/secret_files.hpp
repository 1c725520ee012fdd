#pragma once

#include <string>
#include <string_view>

#include "mappings/error.hpp"

namespace cam32100::bridge {

// The content of a password file, without the newline at its end. `name` is a plain file name; it
// is looked for in `directory` (secrets.directory; may be empty), then in the directory systemd
// gives credentials in (LoadCredential=). Errors: forbidden (a path, "..", a link that leads out of
// the directory), bad_argument (no such file, empty, more than 4 KiB, no directory configured).
// Messages name the file, never its content.
[[nodiscard]] mappings::CommandResult<std::string> read_secret_file(
    const std::string& directory, const std::string& credentials_directory, std::string_view name);

}  // namespace cam32100::bridge
