// A test that calls `systole` as a user does, with a folder of its own.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace systole {

inline const std::string kRoot = SYSTOLE_SOURCE_DIR;

inline std::string ReadText(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class CommandTest : public testing::Test {
 protected:
  struct Result {
    int status = -1;
    std::string out, err;
  };

  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  Result Systole(const std::string& arguments) const {
    const int status = std::system(
        fmt::format("{} {} > {} 2> {}", SYSTOLE_BINARY, arguments, Path("out.txt"), Path("err.txt"))
            .c_str());
    return {WEXITSTATUS(status), ReadText(Path("out.txt")), ReadText(Path("err.txt"))};
  }
  // Exit status 2 and one line that has `words`.
  void ExpectRefused(const std::string& arguments, const std::string& words) const {
    const Result r = Systole(arguments);
    EXPECT_EQ(r.status, 2) << arguments << "\n" << r.out << r.err;
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
    EXPECT_NE(r.err.find(words), std::string::npos) << r.err;
  }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("systole_command_{}", getpid());
};

}  // namespace systole
