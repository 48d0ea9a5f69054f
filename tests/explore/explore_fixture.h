// A folder of its own for each test, and `systole explore` as a user calls it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace systole::explore {

class ExploreTest : public ::testing::Test {
 protected:
  struct Result {
    int status = -1;  // -1: ended by a signal
    std::string out, err;
  };

  ExploreTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "systole-explore-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~ExploreTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }

  // `before`: what the shell does first in the same process, such as "ulimit -f 100;".
  Result Explore(const std::string& arguments, const std::string& before = "") const {
    const std::string command = fmt::format("{} exec {} {} >{}.out 2>{}.err </dev/null", before,
                                            SYSTOLE_EXPLORE, arguments, Path("std"), Path("std"));
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Read(Path("std.out")),
            Read(Path("std.err"))};
  }

  // Exit status 2, nothing on standard output, one line on standard error that holds every one of
  // `parts`.
  static void ExpectRefused(const Result& r, const std::vector<std::string>& parts) {
    EXPECT_EQ(r.status, 2);
    EXPECT_EQ(r.out, "");
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
    EXPECT_EQ(r.err.rfind("error: ", 0), 0u) << r.err;
    for (const std::string& part : parts)
      EXPECT_NE(r.err.find(part), std::string::npos) << part << " in: " << r.err;
  }

  // Names in the folder, but for the two of the streams; sorted.
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.rfind("std.", 0) != 0) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::filesystem::path folder_;
};

}  // namespace systole::explore
