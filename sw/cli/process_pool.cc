#include "sw/cli/process_pool.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <vector>

#include "sw/base/error.h"
#include "sw/driver/driver.h"

namespace systole {
namespace {

// What parent and children share.
struct Shared {
  std::atomic<int> next{0};  // item
  std::atomic<bool> stop{false};
};
const Shared* g_shared = nullptr;  // of this child

volatile std::sig_atomic_t g_interrupted = 0;

// Ctrl-C is noted, once: a second one ends the process.
class NoteInterrupt {
 public:
  NoteInterrupt() {
    g_interrupted = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { g_interrupted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before_);
  }
  ~NoteInterrupt() { sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

// A message from child to parent: this header, then `bytes` of text.
struct Header {
  enum Kind : int32_t { kResult, kInputError, kHardwareError, kOtherError, kUnfinished };
  int32_t kind;
  int32_t item;
  uint64_t bytes;
};

bool WriteAll(int fd, const void* data, size_t bytes) {
  const char* p = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t n = write(fd, p, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    p += n, bytes -= static_cast<size_t>(n);
  }
  return true;
}

bool Send(int fd, Header::Kind kind, int item, const std::string& text) {
  const Header header{kind, item, text.size()};
  return WriteAll(fd, &header, sizeof header) && WriteAll(fd, text.data(), text.size());
}

[[noreturn]] void Child(int fd, int items, Shared* shared,
                        const std::function<std::string(int)>& work) {
  // The parent knows of Ctrl-C, and its end is the child's.
  signal(SIGINT, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  g_shared = shared;
  int item = -1;
  try {
    while (!Stopped() && (item = shared->next.fetch_add(1)) < items) {
      if (!Send(fd, Header::kResult, item, work(item))) break;
    }
  } catch (const Unfinished& e) {
    Send(fd, Header::kUnfinished, item, e.what());
  } catch (const InputError& e) {
    Send(fd, Header::kInputError, item, e.what());
  } catch (const HardwareError& e) {
    Send(fd, Header::kHardwareError, item, e.what());
  } catch (const std::bad_alloc&) {
    Send(fd, Header::kInputError, item, "there is not enough memory for this input");
  } catch (const std::exception& e) {
    Send(fd, Header::kOtherError, item, e.what());
  }
  std::fflush(stdout);
  std::fflush(stderr);
  _exit(0);  // no destructors of the parent's objects
}

struct Worker {
  pid_t pid;
  int fd;
  std::string received;
};

}  // namespace

SharedMemory::SharedMemory(size_t bytes) : bytes_(std::max<size_t>(bytes, 1)) {
  data_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
               -1, 0);
  if (data_ == MAP_FAILED) throw std::bad_alloc();
}
SharedMemory::~SharedMemory() { munmap(data_, bytes_); }

namespace {

bool Pool(int processes, int items, const std::function<std::string(int)>& work,
          const std::function<void(int, const std::string&)>& done, const Interruptible* options) {
  SharedMemory memory(sizeof(Shared));
  auto* shared = new (memory.data()) Shared;
  std::fflush(stdout);
  std::fflush(stderr);

  std::vector<Worker> workers;
  for (int i = 0; i < std::max(1, std::min(processes, items)); ++i) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("pipe: out of file descriptors");
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid == 0) {
      close(ends[0]);
      for (const Worker& w : workers) close(w.fd);
      Child(ends[1], items, shared, work);
    }
    close(ends[1]);
    workers.push_back({pid, ends[0], {}});
  }

  bool failed = false;
  Header failure{};
  std::string message;
  int finished = 0;
  size_t open = workers.size();
  while (open > 0) {
    std::vector<pollfd> fds;
    for (const Worker& w : workers) fds.push_back({w.fd, POLLIN, 0});
    if (options != nullptr && g_interrupted != 0) shared->stop = true;
    if (poll(fds.data(), fds.size(), options != nullptr ? 200 : -1) < 0) {
      if (errno != EINTR) break;
      continue;  // what fds say does not count
    }
    if (options != nullptr && options->tick) options->tick();
    for (size_t i = 0; i < workers.size(); ++i) {
      if (workers[i].fd < 0 || !(fds[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
      char buffer[65536];
      const ssize_t n = read(workers[i].fd, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        close(workers[i].fd);
        workers[i].fd = -1;
        --open;
        continue;
      }
      std::string& received = workers[i].received;
      received.append(buffer, static_cast<size_t>(n));
      Header header;
      while (received.size() >= sizeof header) {
        received.copy(reinterpret_cast<char*>(&header), sizeof header);
        if (received.size() < sizeof header + header.bytes) break;
        const std::string text = received.substr(sizeof header, header.bytes);
        received.erase(0, sizeof header + header.bytes);
        if (header.kind == Header::kResult) {
          ++finished;
          if (!failed) done(header.item, text);
        } else if (header.kind == Header::kUnfinished) {
          if (options != nullptr) options->unfinished(header.item, text);
        } else if (!failed || header.item < failure.item) {
          failed = true;
          failure = header;
          message = text;
          shared->next = items;  // the others finish what they have
        }
      }
    }
  }
  bool crashed = false;
  for (const Worker& w : workers) {
    int status = 0;
    while (waitpid(w.pid, &status, 0) < 0 && errno == EINTR) {
    }
    crashed |= !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  }
  if (failed) {
    if (failure.kind == Header::kInputError) throw InputError(message);
    if (failure.kind == Header::kHardwareError)
      throw HardwareError(message, ErrorCode::kNone, 4, 0);
    throw std::runtime_error(message);
  }
  if (shared->stop && !crashed) return finished == items;
  if (crashed || finished != items)
    throw std::runtime_error("a worker process ended before its work was done");
  return true;
}

}  // namespace

bool Stopped() { return g_shared != nullptr && g_shared->stop; }

void ForkAndRun(int processes, int items, const std::function<std::string(int)>& work,
                const std::function<void(int, const std::string&)>& done) {
  Pool(processes, items, work, done, nullptr);
}

bool ForkAndRun(int processes, int items, const std::function<std::string(int)>& work,
                const std::function<void(int, const std::string&)>& done,
                const Interruptible& interruptible) {
  const NoteInterrupt note;
  return Pool(processes, items, work, done, &interruptible);
}

}  // namespace systole
