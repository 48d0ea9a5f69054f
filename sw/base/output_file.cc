#include "sw/base/output_file.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "sw/base/error.h"

namespace systole {
namespace {

constexpr int kMostLinks = 40;        // as the kernel
constexpr size_t kLongestName = 200;  // of a file, before our ending: 255 bytes are possible

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// What `path` leads to, also where that is not there yet.
std::string FollowLinks(std::string path) {
  char to[PATH_MAX];
  for (int i = 0; i < kMostLinks; ++i) {
    const ssize_t n = readlink(path.c_str(), to, sizeof to);
    if (n < 0 || n == sizeof to) break;
    const std::string next(to, static_cast<size_t>(n));
    path = next[0] == '/' ? next : FolderOf(path) + next;
  }
  return path;
}

bool SameFile(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// A stream of this process that leads to the same regular file (/dev/stdout): it is written through
// the stream, whose position then follows. -1: none.
int OwnStream(const struct stat& file) {
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat own = {};
    if (fstat(stream, &own) == 0 && SameFile(own, file)) return stream;
  }
  return -1;
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : path_(path) {
  struct stat old = {};
  const bool exists = stat(path.c_str(), &old) == 0;
  if (!exists && errno != ENOENT) Fail(errno);
  if (exists && S_ISDIR(old.st_mode)) Fail(EISDIR);
  target_ = FollowLinks(path);
  struct stat reached = {};
  const bool found = stat(target_.c_str(), &reached) == 0;
  if (exists && S_ISREG(old.st_mode) && found && SameFile(old, reached) && OwnStream(old) < 0) {
    if (access(target_.c_str(), W_OK) != 0) Fail(errno);
  } else if (exists) {
    const int stream = S_ISREG(old.st_mode) ? OwnStream(old) : -1;
    std::fflush(stdout);
    file_ = stream >= 0 ? fcntl(stream, F_DUPFD_CLOEXEC, 0)
                        : open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (file_ < 0) Fail(errno);
    return;
  }
  const std::string folder = FolderOf(target_);
  temporary_ = folder + target_.substr(folder.size(), kLongestName) + "." +
               std::to_string(getpid()) + ".tmp";
  unlink(temporary_.c_str());  // of an earlier process of this number
  file_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (file_ < 0) {
    const int error = errno;
    temporary_.clear();
    Fail(error);
  }
  if (!exists) return;
  if (fchown(file_, old.st_uid, old.st_gid) != 0) errno = 0;  // only the administrator can
  if (fchmod(file_, old.st_mode & 07777) != 0) errno = 0;
}

OutputFile::~OutputFile() {
  if (file_ >= 0) close(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::Write(const void* data, size_t bytes) {
  const char* p = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t n = write(file_, p, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) Fail(errno);
    p += n;
    bytes -= static_cast<size_t>(n);
  }
}

void OutputFile::Close(Sync sync) {
  if (sync == Sync::kDurable && fsync(file_) != 0 && errno != EINVAL && errno != EROFS) Fail(errno);
  const int file = file_;
  file_ = -1;
  if (close(file) != 0 && errno != EINTR) Fail(errno);
  if (temporary_.empty()) return;
  if (rename(temporary_.c_str(), target_.c_str()) != 0) Fail(errno);
  temporary_.clear();
}

void OutputFile::Fail(int error) const {
  throw InputError(path_ + ": cannot be written: " + std::strerror(error) +
                   "; make room, or give another path");
}

void WriteFile(const std::string& path, const void* data, size_t bytes) {
  OutputFile file(path);
  file.Write(data, bytes);
  file.Close();
}

void WriteFile(const std::string& path, const std::string& text) {
  WriteFile(path, text.data(), text.size());
}

void MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw InputError(path + ": the folder cannot be made: " + error.message());
}

FileSet::Entry FileSet::Describe(const std::string& option, const std::string& path) {
  Entry entry{option, path, FollowLinks(path)};
  const std::string folder = FolderOf(entry.place);
  char whole[PATH_MAX];
  if (realpath(folder.empty() ? "." : folder.c_str(), whole) != nullptr)
    entry.place = std::string(whole) + "/" + entry.place.substr(folder.size());
  struct stat status = {};
  if (stat(path.c_str(), &status) == 0) {
    entry.exists = true;
    entry.device = status.st_dev;
    entry.inode = status.st_ino;
  }
  return entry;
}

bool FileSet::Same(const Entry& a, const Entry& b) {
  if (a.exists && b.exists) return a.device == b.device && a.inode == b.inode;
  return a.exists == b.exists && a.place == b.place;
}

void FileSet::AddInput(const std::string& option, const std::string& path) {
  if (path.empty()) return;
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    inputs_.push_back(Describe(option, path));
    return;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path, error))
    inputs_.push_back(Describe(option, entry.path().string()));
}

void FileSet::AddOutput(const std::string& option, const std::string& path) {
  if (path.empty()) return;
  const std::string name = option + " " + path;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error))
    throw InputError(name + ": cannot be written: folder " + folder.string() +
                     " does not exist; make it first");
  if (std::filesystem::is_directory(path, error))
    throw InputError(name + ": is a folder; name a file");
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    if (access(path.c_str(), W_OK) != 0)
      throw InputError(name + ": cannot be written: " + std::strerror(errno));
    return;  // opening it here might end its reader
  }
  Claim(option, path);
  try {
    OutputFile probe(path);
  } catch (const InputError& e) {
    throw InputError(option + " " + e.what());
  }
}

void FileSet::Claim(const std::string& option, const std::string& path) {
  const std::string name = option + " " + path;
  const Entry entry = Describe(option, path);
  for (const Entry& input : inputs_) {
    if (Same(entry, input)) {
      throw InputError(name + ": is the input " + input.option + " " + input.path +
                       "; name another file");
    }
  }
  for (const Entry& output : outputs_) {
    if (Same(entry, output)) {
      throw InputError(name + ": is the same file as " + output.option + " " + output.path +
                       "; name another file");
    }
  }
  outputs_.push_back(entry);
}

void FileSet::AddOutputFolder(const std::string& option, const std::string& path) {
  if (path.empty()) return;
  const std::string name = option + " " + path;
  std::error_code error;
  std::filesystem::path there = std::filesystem::absolute(path, error).lexically_normal();
  while (!std::filesystem::exists(there, error) && there.has_relative_path())
    there = there.parent_path();
  if (!std::filesystem::is_directory(there, error))
    throw InputError(name + ": " + there.string() + " is no folder; name another");
  const std::string probe = (there / (".systole." + std::to_string(getpid()) + ".tmp")).string();
  if (mkdir(probe.c_str(), 0777) != 0) {
    throw InputError(name + ": nothing can be written in " + there.string() + ": " +
                     std::strerror(errno) + "; name another folder");
  }
  rmdir(probe.c_str());
}

}  // namespace systole
