#include "bridge/cli/help_pages.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace cam32100::bridge {

HelpPages::HelpPages(CLI::App& command) : entries_{std::make_shared<std::vector<Entry>>()} {
  const auto show_all = [&command, entries = entries_] {
    for (const Entry& entry : *entries) entry.option->group(entry.group);
    std::fputs(command.help(command.get_parent()->get_name()).c_str(), stdout);
    throw CLI::Success{};
  };
  command.add_flag_callback("--help-all", show_all, "Every option there is, by group");
}

CLI::Option* HelpPages::everyday(const std::string& group, CLI::Option* option) {
  entries_->push_back({option, group});
  return option;
}

// CLI11 leaves options of the group without a name out of the help.
CLI::Option* HelpPages::rare(const std::string& group, CLI::Option* option) {
  entries_->push_back({option, group});
  return option->group("");
}

}  // namespace cam32100::bridge
