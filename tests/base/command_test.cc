// What becomes of a command's errors: one line on standard error and a status.
#include "sw/base/command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>

#include "sw/base/error.h"
#include "sw/base/exit_status.h"

namespace systole {
namespace {

struct Result {
  int status;
  std::string err;
};

Result Outcome(const std::function<int()>& command) {
  ::testing::internal::CaptureStderr();
  const int status = RunCommand(command);
  return {status, ::testing::internal::GetCapturedStderr()};
}

TEST(CommandTest, AStatusIsKept) {
  for (const int status : {0, 1, 2, 3, 130})
    EXPECT_EQ(Outcome([=] { return status; }).status, status);
}

TEST(CommandTest, EveryErrorIsOneLineAndAStatus) {
  const Result input = Outcome([]() -> int { throw InputError("f: bad; do this"); });
  EXPECT_EQ(input.status, kBadInput);
  EXPECT_EQ(input.err, "error: f: bad; do this\n");
  const Result fault = Outcome([]() -> int { throw HardwareFault("LOAD: AxiRead"); });
  EXPECT_EQ(fault.status, kHardwareFault);
  EXPECT_EQ(fault.err, "error: LOAD: AxiRead\n");
  const Result memory = Outcome([]() -> int { throw std::bad_alloc(); });
  EXPECT_EQ(memory.status, kBadInput);
  EXPECT_NE(memory.err.find("memory"), std::string::npos);
  const Result other = Outcome([]() -> int { throw std::logic_error("no such case"); });
  EXPECT_EQ(other.status, kInternalError);
  EXPECT_EQ(other.err, "error: internal: no such case\n");
}

// Last, because standard output stays broken.
TEST(CommandTest, ZFullStandardOutputIsNoSuccess) {
  const int full = open("/dev/full", O_WRONLY);
  if (full < 0) GTEST_SKIP() << "no /dev/full here";
  std::fflush(stdout);
  const int kept = dup(STDOUT_FILENO);
  dup2(full, STDOUT_FILENO);
  const Result equal = Outcome([] { return std::puts("text"), kAllEqual; });
  const Result different = Outcome([] { return std::puts("text"), kDifferent; });
  const Result fault = Outcome([] { return std::puts("text"), kHardwareFault; });
  std::clearerr(stdout);
  dup2(kept, STDOUT_FILENO);
  EXPECT_EQ(equal.status, kBadInput);
  EXPECT_NE(equal.err.find("standard output cannot be written"), std::string::npos);
  EXPECT_EQ(different.status, kBadInput);
  EXPECT_EQ(fault.status, kHardwareFault);
}

}  // namespace
}  // namespace systole
