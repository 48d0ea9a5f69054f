#include "sw/cli/process_pool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <stdexcept>

#include "sw/base/error.h"
#include "sw/driver/driver.h"

namespace systole {
namespace {

TEST(ProcessPoolTest, EveryItemIsDoneOnceAndItsResultArrives) {
  for (int processes : {1, 2, 7}) {
    std::map<int, std::string> results;
    ForkAndRun(
        processes, 20,
        [](int i) {
          return std::string(static_cast<size_t>(i) * 50000, static_cast<char>('a' + i));
        },
        [&](int i, const std::string& text) { EXPECT_TRUE(results.emplace(i, text).second); });
    ASSERT_EQ(results.size(), 20u);
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(results[i],
                std::string(static_cast<size_t>(i) * 50000, static_cast<char>('a' + i)));
  }
}

TEST(ProcessPoolTest, ErrorsKeepTheirTypeAndText) {
  auto run = [](auto thrower) { ForkAndRun(2, 3, thrower, [](int, const std::string&) {}); };
  try {
    run([](int i) -> std::string {
      if (i == 1) throw InputError("file: bad");
      return "";
    });
    FAIL();
  } catch (const InputError& e) {
    EXPECT_STREQ(e.what(), "file: bad");
  }
  EXPECT_THROW(run([](int) -> std::string { throw HardwareError("hw", ErrorCode::kToken, 1, 2); }),
               HardwareError);
  EXPECT_THROW(run([](int) -> std::string { throw std::runtime_error("other"); }),
               std::runtime_error);
  EXPECT_THROW(run([](int) -> std::string { _exit(7); }), std::runtime_error);
}

// Later items fail sooner.
TEST(ProcessPoolTest, OfSeveralErrorsThatOfTheSmallestItemIsThrown) {
  for (int repeat = 0; repeat < 5; ++repeat) {
    try {
      ForkAndRun(
          4, 20,
          [](int i) -> std::string {
            if (i < 4) usleep(static_cast<useconds_t>(20000 * (4 - i)));
            throw InputError("item " + std::to_string(i));
          },
          [](int, const std::string&) {});
      FAIL();
    } catch (const InputError& e) {
      EXPECT_STREQ(e.what(), "item 0");
    }
  }
}

TEST(ProcessPoolTest, ChildrenWriteSharedMemory) {
  SharedMemory memory(16);
  auto* bytes = static_cast<char*>(memory.data());
  ForkAndRun(
      2, 16, [&](int i) { return bytes[i] = static_cast<char>(i), ""; },
      [](int, const std::string&) {});
  for (int i = 0; i < 16; ++i) EXPECT_EQ(bytes[i], i);
}

}  // namespace
}  // namespace systole
