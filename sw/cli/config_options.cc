#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include "sw/base/error.h"
#include "sw/cli/commands.h"
#include "sw/driver/parameters.h"

namespace systole {

void ConfigOptions::AddTo(CLI::App* command) {
  values_.resize(kNumParameters);
  for (size_t i = 0; i < values_.size(); ++i) {
    const ParameterInfo& p = kParameters[i];
    std::string option = std::string("--") + p.key;
    std::replace(option.begin(), option.end(), '_', '-');
    command->add_option(option, values_[i], fmt::format("{}: {}", p.meaning, p.allowed))
        ->group("Accelerator");
  }
  command->add_option("--param", assigned_, "RTL parameter as NAME=VALUE, may be repeated")
      ->group("Accelerator");
}

HwConfig ConfigOptions::Parse(const std::vector<std::string>& otherwise) const {
  std::vector<std::string> assignments = assigned_;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!values_[i].empty()) assignments.push_back(ParameterNames()[i] + "=" + values_[i]);
  }
  std::set<std::string> names;
  for (const std::string& assignment : assignments) {
    const std::string name = assignment.substr(0, assignment.find('='));
    if (!names.insert(name).second)
      throw InputError(fmt::format("parameter {} is given twice; give it once", name));
  }
  for (const std::string& assignment : otherwise) {
    if (names.count(assignment.substr(0, assignment.find('='))) == 0)
      assignments.push_back(assignment);
  }
  return ParseParameters(assignments);
}

void AddMemoryOption(CLI::App* command, uint64_t* bytes) {
  command
      ->add_option("--memory", *bytes,
                   "external memory that code, constants and tensors may take (64M, 1G, or bytes); "
                   "tensors share places where they must")
      ->transform(CLI::AsSizeValue(false))
      ->check([](const std::string& bytes) {
        return bytes[0] == '-' || bytes == "0"
                   ? bytes + " bytes are not possible; allowed: 1 or more"
                   : "";
      })
      ->type_name("SIZE");
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
