#include "bridge/io/secret_files.hpp"

#include <filesystem>
#include <optional>

#include "bridge/io/state_file.hpp"

namespace cam32100::bridge {

namespace fs = std::filesystem;
using mappings::CommandError;
using mappings::ErrorCode;

namespace {

constexpr std::size_t kMaxSecretBytes = 4096;

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

// The file inside `directory` after all links, or nothing when it does not exist; an error when a
// link leads out.
mappings::CommandResult<std::optional<fs::path>> find_inside(const std::string& directory,
                                                             std::string_view name) {
  std::error_code ec;
  const fs::path root = fs::canonical(directory, ec);
  if (ec) return std::optional<fs::path>{};
  const fs::path file = fs::canonical(root / fs::path{name}, ec);
  if (ec) return std::optional<fs::path>{};
  // Into a folder of it is inside, too: Kubernetes mounts secrets as links to links.
  if (!file.string().starts_with(root == root.root_path() ? "/" : root.string() + "/")) {
    return CommandError{
        ErrorCode::forbidden,
        "secret \"" + std::string{name} + "\" is a link that leads out of the secrets directory",
        nullptr};
  }
  return std::optional<fs::path>{file};
}

// nullopt: there is none of this name. Errors: forbidden (a link that leads out), bad_argument (it
// cannot be read, is empty or too long).
mappings::CommandResult<std::optional<std::string>> read_from(const std::string& directory,
                                                              std::string_view name) {
  const auto file = find_inside(directory, name);
  if (!file) return file.error();
  if (!*file) return std::optional<std::string>{};
  std::string text;
  if (const auto error = read_small_file((*file)->string(), kMaxSecretBytes + 2, text)) {
    return CommandError{ErrorCode::bad_argument,
                        "secret \"" + std::string{name} + "\" cannot be read: " + error.message(),
                        nullptr};
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty() || text.size() > kMaxSecretBytes) {
    return CommandError{ErrorCode::bad_argument,
                        "secret \"" + std::string{name} + "\" is empty or longer than 4096 bytes",
                        nullptr};
  }
  return std::optional<std::string>{std::move(text)};
}

}  // namespace

mappings::CommandResult<std::string> read_secret_file(const std::string& directory,
                                                      const std::string& credentials_directory,
                                                      std::string_view name) {
  if (!is_plain_name(name)) {
    return CommandError{
        ErrorCode::forbidden,
        R"(password_file must be a plain file name inside secrets.directory, without "/" or "..")",
        nullptr};
  }
  if (directory.empty() && credentials_directory.empty()) {
    return CommandError{
        ErrorCode::bad_argument,
        "password_file needs secrets.directory in the configuration, which is not set", nullptr};
  }
  // One that cannot be read hides none that can: the service's user may not read what root keeps in
  // the directory, and gets the same name as a credential.
  std::optional<CommandError> unreadable;
  for (const auto& place : {directory, credentials_directory}) {
    if (place.empty()) continue;
    auto text = read_from(place, name);
    if (!text && text.error().code == ErrorCode::forbidden) return text.error();
    if (text && *text) return std::move(**text);
    if (!text && !unreadable) unreadable = text.error();
  }
  if (unreadable) return *std::move(unreadable);
  return CommandError{ErrorCode::bad_argument,
                      "no secret \"" + std::string{name} + "\" in secrets.directory", nullptr};
}

}  // namespace cam32100::bridge
