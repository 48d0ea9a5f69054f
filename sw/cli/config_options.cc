#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>

#include "sw/cli/commands.h"
#include "sw/driver/parameters.h"

namespace systole {

void ConfigOptions::AddTo(CLI::App* command) {
  const std::vector<std::string>& names = ParameterNames();
  values_.resize(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    std::string option = "--" + names[i];
    std::transform(option.begin(), option.end(), option.begin(),
                   [](char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
    command->add_option(option, values_[i], "RTL parameter " + names[i])->group("Accelerator");
  }
  command->add_option("--param", assigned_, "RTL parameter as NAME=VALUE, may be repeated")
      ->group("Accelerator");
}

HwConfig ConfigOptions::Parse() const {
  std::vector<std::string> assignments = assigned_;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!values_[i].empty()) assignments.push_back(ParameterNames()[i] + "=" + values_[i]);
  }
  return ParseParameters(assignments);
}

void AddConfigCommand(CLI::App* app, std::function<int()>* action) {
  auto options = std::make_shared<ConfigOptions>();
  CLI::App* command = app->add_subcommand(
      "config", "check RTL parameters and print all of them, and the build folder's name");
  options->AddTo(command);
  command->callback([=] {
    *action = [=] {
      const HwConfig config = options->Parse();
      fmt::print("{}\n{}\n", FormatParameters(config, "\n"), config.Key());
      return kAllEqual;
    };
  });
}

}  // namespace systole
