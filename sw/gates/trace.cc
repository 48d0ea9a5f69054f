#include "sw/gates/trace.h"

#include <fmt/format.h>
#include <gtkwave/fstapi.h>

#include <memory>
#include <unordered_map>

#include "sw/base/error.h"

namespace systole::gates {
namespace {

using Reader = std::unique_ptr<void, decltype(&fstReaderClose)>;

// Every signal's handle by its full name, without ranges.
std::unordered_map<std::string, fstHandle> Signals(void* reader) {
  std::unordered_map<std::string, fstHandle> found;
  std::vector<std::string> scopes;
  fstReaderIterateHierRewind(reader);
  while (const fstHier* item = fstReaderIterateHier(reader)) {
    if (item->htyp == FST_HT_SCOPE) {
      const std::string name = item->u.scope.name;
      scopes.push_back(scopes.empty() ? name : scopes.back() + "." + name);
    } else if (item->htyp == FST_HT_UPSCOPE) {
      scopes.pop_back();
    } else if (item->htyp == FST_HT_VAR) {
      const std::string name(item->u.var.name, item->u.var.name_length);
      const std::string scope = scopes.empty() ? "" : scopes.back() + ".";
      found[scope + name.substr(0, name.find(' '))] = item->u.var.handle;
    }
  }
  return found;
}

struct Step {
  std::unordered_map<fstHandle, std::vector<std::string*>> places;
  fstHandle clock = 0;
  bool high = false;  // the clock before this time
  bool rises = false;
  uint64_t time = 0;
  std::vector<std::pair<fstHandle, std::string>> changes;  // of this time
  std::function<void()> cycle;

  void End() {
    if (rises) cycle();
    rises = false;
    for (const auto& [handle, value] : changes) {
      for (std::string* place : places[handle]) *place = value;
    }
    changes.clear();
  }

  static void Change(void* self, uint64_t time, fstHandle handle, const unsigned char* value) {
    auto* step = static_cast<Step*>(self);
    if (time != step->time) {
      step->End();
      step->time = time;
    }
    const std::string text = reinterpret_cast<const char*>(value);
    if (handle == step->clock) {
      step->rises = step->rises || (!step->high && text == "1");
      step->high = text == "1";
    }
    step->changes.emplace_back(handle, text);
  }
};

}  // namespace

void ReadTrace(const std::string& path, const std::string& scope, const std::string& clock,
               const std::vector<std::string>& signals,
               const std::function<void(const Values&)>& cycle) {
  const Reader reader(fstReaderOpen(path.c_str()), &fstReaderClose);
  if (!reader) throw InputError(path + ": no FST trace that can be read");
  const auto handles = Signals(reader.get());
  fstReaderClrFacProcessMaskAll(reader.get());
  std::vector<std::string> values(signals.size());
  Values seen;
  Step step;
  const auto find = [&](const std::string& name) {
    const auto found = handles.find(scope + "." + name);
    if (found == handles.end())
      throw InputError(fmt::format("{}: no signal {}.{}", path, scope, name));
    fstReaderSetFacProcessMask(reader.get(), found->second);
    return found->second;
  };
  step.clock = find(clock);
  for (size_t i = 0; i < signals.size(); ++i) {
    step.places[find(signals[i])].push_back(&values[i]);
    seen.push_back(&values[i]);
  }
  step.cycle = [&] { cycle(seen); };
  fstReaderIterBlocks2(
      reader.get(), &Step::Change,
      [](void* self, uint64_t time, fstHandle handle, const unsigned char* value, uint32_t) {
        Step::Change(self, time, handle, value);
      },
      &step, nullptr);
  step.End();
}

}  // namespace systole::gates
