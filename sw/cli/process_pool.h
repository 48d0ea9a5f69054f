// Independent work items over forked processes: SystemC elaborates once per process, and the RTL
// gains nothing from threads.
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>

namespace systole {

// Runs work(item) for item = 0..items-1 in `processes` children, each taking the next item that
// nobody has; done(item, result) is called here, in any order of items. An InputError or
// HardwareError of a child is thrown here again (as that type), any other exception as
// std::runtime_error, after all children have ended; of several, that of the smallest item: items
// are begun in their order, so it is the same one in every run.
void ForkAndRun(int processes, int items, const std::function<std::string(int)>& work,
                const std::function<void(int, const std::string&)>& done);

// The same, until Ctrl-C: then nothing new is begun, Stopped() holds in every child, and what has
// not ended by itself when the children have is given to unfinished(item, text), text being that of
// the child's Unfinished. Returns whether everything was done. tick() is called here five times a
// second.
struct Interruptible {
  std::function<void()> tick;
  std::function<void(int, const std::string&)> unfinished;
};
bool ForkAndRun(int processes, int items, const std::function<std::string(int)>& work,
                const std::function<void(int, const std::string&)>& done,
                const Interruptible& interruptible);

// In a child of it: Ctrl-C was pressed. Work that can stop early throws Unfinished.
bool Stopped();
struct Unfinished : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Zeroed memory that children write and the parent reads.
class SharedMemory {
 public:
  explicit SharedMemory(size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
  size_t bytes_;
};

}  // namespace systole
