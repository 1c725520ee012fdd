#include "bridge/cli/help_pages.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace cam32100::bridge {

namespace {

constexpr const char* kRare = "rare";

// Leaves rare options out. With CLI11's own way, a group without a name, their names would be
// missing in errors, too.
class ShortHelp : public CLI::Formatter {
  [[nodiscard]] std::string make_group(std::string group, bool is_positional,
                                       std::vector<const CLI::Option*> options) const override {
    if (group == kRare) return {};
    return CLI::Formatter::make_group(std::move(group), is_positional, std::move(options));
  }
};

}  // namespace

HelpPages::HelpPages(CLI::App& command) : entries_{std::make_shared<std::vector<Entry>>()} {
  const auto show_all = [&command, entries = entries_] {
    for (const Entry& entry : *entries) entry.option->group(entry.group);
    std::fputs(command.help(command.get_parent()->get_name()).c_str(), stdout);
    throw CLI::Success{};
  };
  command.formatter(std::make_shared<ShortHelp>());
  command.add_flag_callback("--help-all", show_all, "Every option there is, by group");
}

CLI::Option* HelpPages::everyday(const std::string& group, CLI::Option* option) {
  entries_->push_back({option, group});
  return option;
}

CLI::Option* HelpPages::rare(const std::string& group, CLI::Option* option) {
  entries_->push_back({option, group});
  return option->group(kRare);
}

}  // namespace cam32100::bridge
