#include "bridge/cli/emulator_pictures.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "bridge/cli/embedded_pictures.hpp"
#include "bridge/io/state_file.hpp"

namespace cam32100::bridge {

namespace {
constexpr std::size_t kMaxPictureBytes = 4 * 1024 * 1024;

protocol::Bytes to_bytes(std::string_view text) {
  const auto view = protocol::as_bytes(text);
  return {view.begin(), view.end()};
}
}  // namespace

std::vector<protocol::Bytes> emulator_pictures(const std::string& directory) {
  std::vector<protocol::Bytes> out;
  if (directory.empty()) {
    for (const auto& picture : embedded_pictures()) out.push_back(to_bytes(picture.text));
    return out;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const auto extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".jpg" || extension == ".jpeg"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::string text;
    if (const auto error = read_text_file(file.string(), text))
      throw std::runtime_error{file.string() + ": " + error.message()};
    if (text.size() > kMaxPictureBytes)
      throw std::runtime_error{file.string() + ": more than 4 MiB, which no camera sends"};
    out.push_back(to_bytes(text));
  }
  if (out.empty()) throw std::runtime_error{directory + ": no *.jpg in it"};
  return out;
}

}  // namespace cam32100::bridge
