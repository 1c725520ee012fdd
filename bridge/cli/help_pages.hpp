#pragma once

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cam32100::bridge {

// The help of a sub-command with more options than a screen has lines: `--help` shows the everyday
// ones, `--help-all` every one by its group.
class HelpPages {
 public:
  explicit HelpPages(CLI::App& command);  // adds --help-all; the command keeps what it needs

  CLI::Option* everyday(const std::string& group, CLI::Option* option);
  CLI::Option* rare(const std::string& group, CLI::Option* option);

 private:
  struct Entry {
    CLI::Option* option;
    std::string group;
  };
  std::shared_ptr<std::vector<Entry>> entries_;
};

}  // namespace cam32100::bridge
