// Files that commands write: checked before any work, and written whole or not at all.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace systole {

// One file being written. A regular file, or one that is not there yet, is written beside its place
// and renamed by Close(): until then the old one stands, and a failure leaves nothing behind. A
// link leads to its target, which is written; a device, pipe or socket is written through. Every
// function throws InputError, which names the path.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  ~OutputFile();  // removes what was not closed
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void Write(const void* data, size_t bytes);
  void Write(const std::string& text) { Write(text.data(), text.size()); }

  // kDurable: on the disk before it takes the old one's place, where a sweep of hours is in it.
  enum class Sync { kNone, kDurable };
  void Close(Sync sync = Sync::kNone);

 private:
  [[noreturn]] void Fail(int error) const;

  std::string path_, target_, temporary_;  // temporary_ is empty where the file is written through
  int file_ = -1;
};

void WriteFile(const std::string& path, const void* data, size_t bytes);
void WriteFile(const std::string& path, const std::string& text);

// With its parents, where they are not there.
void MakeFolder(const std::string& path);

// The files of one command. Add the inputs, then the outputs, before the work. Empty paths are
// none.
class FileSet {
 public:
  // A folder stands for every file in it.
  void AddInput(const std::string& option, const std::string& path);

  // Throws InputError, "OPTION PATH: ...", where the file could not be written; where it is one of
  // the inputs, or an output that was added before, by whatever path, link or hard link. Devices
  // may be named more than once.
  void AddOutput(const std::string& option, const std::string& path);

  // The same without the first: in a folder that is about to be made.
  void Claim(const std::string& option, const std::string& path);

  // Throws InputError where `path` is no folder and none can be made there.
  void AddOutputFolder(const std::string& option, const std::string& path);

 private:
  struct Entry {
    std::string option, path;
    std::string place;  // folder without links, and name
    bool exists = false;
    dev_t device = 0;
    ino_t inode = 0;
  };
  static Entry Describe(const std::string& option, const std::string& path);
  static bool Same(const Entry& a, const Entry& b);
  std::vector<Entry> inputs_, outputs_;
};

}  // namespace systole
