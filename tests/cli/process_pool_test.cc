#include "sw/cli/process_pool.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/cli/progress.h"
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

TEST(ProcessPool, CtrlCStopsWhatCanStopAndBeginsNothingNew) {
  std::vector<int> finished;
  std::map<int, std::string> unfinished;
  bool pressed = false;
  const bool all = ForkAndRun(
      1, 3,
      [](int item) -> std::string {
        if (item == 0) return "zero";
        while (!Stopped()) usleep(1000);
        throw Unfinished("item " + std::to_string(item) + " came to here");
      },
      [&](int item, const std::string& text) {
        EXPECT_EQ(text, "zero");
        finished.push_back(item);
      },
      {[&] {
         if (!finished.empty() && !pressed) {
           pressed = true;
           raise(SIGINT);
         }
       },
       [&](int item, const std::string& text) { unfinished[item] = text; }});
  EXPECT_FALSE(all);
  EXPECT_EQ(finished, std::vector<int>{0});
  EXPECT_EQ(unfinished, (std::map<int, std::string>{{1, "item 1 came to here"}}));
}

TEST(ProcessPool, NobodyPressesCtrlC) {
  int done = 0, ticks = 0;
  EXPECT_TRUE(ForkAndRun(
      2, 5, [](int) { return std::string(); }, [&](int, const std::string&) { ++done; },
      {[&] { ++ticks; }, [](int, const std::string&) { FAIL(); }}));
  EXPECT_EQ(done, 5);
  EXPECT_GE(ticks, 1);
}

TEST(Progress, RateAndTimeLeft) {
  EXPECT_EQ(ProgressLine("images", 0, 8, 2), "images [" + std::string(40, '.') + "] 0/8");
  EXPECT_EQ(ProgressLine("images", 2, 8, 4),
            "images [" + std::string(10, '#') + std::string(30, '.') + "] 2/8, 0.5/s, 12 s left");
  EXPECT_EQ(ProgressLine("RTL cycles", 5000, 4000, 2),
            "RTL cycles [" + std::string(40, '#') + "] 4000/4000, 2000/s, 0 s left");
}

}  // namespace
}  // namespace systole
