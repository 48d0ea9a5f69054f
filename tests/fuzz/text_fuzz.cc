// Any bytes as a folder of text files: refused with a one-line InputError, or a model that obeys
// CheckModel and passes TryModel. A line "=NAME" starts the file NAME, which holds the lines up to
// the next one; others are left out.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "sw/model/text_import.h"
#include "tests/fuzz/try_model.h"

namespace {

constexpr size_t kMaxFiles = 40, kMaxName = 60;

// One folder a process, in TMPDIR; /dev/shm is the fastest.
const std::string& Folder() {
  struct Holder {
    Holder() : path((std::filesystem::temp_directory_path() / "systole_fuzz_XXXXXX").string()) {
      if (mkdtemp(path.data()) == nullptr) std::abort();
    }
    ~Holder() { std::filesystem::remove_all(path); }
    std::string path;
  };
  static const Holder holder;
  return holder.path;
}

bool IsFileName(const std::string& name) {
  if (name.empty() || name.size() > kMaxName || name == "." || name == "..") return false;
  for (char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '_' && c != '-' && c != '.') return false;
  }
  return true;
}

std::map<std::string, std::string> Split(const std::string& text) {
  std::map<std::string, std::string> files;
  std::string* file = nullptr;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1);
    const std::string line = text.substr(at, end - at + 1);
    at = end + 1;
    if (line[0] == '=') {
      const std::string name = line.substr(1, line.find_last_not_of('\n'));
      file = IsFileName(name) && files.size() < kMaxFiles ? &files[name] : nullptr;
    } else if (file != nullptr) {
      *file += line;
    }
  }
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto files = Split(std::string(data, data + size));
  for (const auto& [name, text] : files) {
    std::ofstream out(Folder() + "/" + name, std::ios::binary);
    if (!(out << text)) std::abort();
  }
  try {
    systole::Model model = systole::ImportTextFolder(Folder());
    systole::TryModel(model, data, size);
  } catch (const systole::InputError& error) {
    if (std::string(error.what()).find('\n') != std::string::npos) std::abort();
  }
  for (const auto& [name, text] : files) std::filesystem::remove(Folder() + "/" + name);
  return 0;
}
