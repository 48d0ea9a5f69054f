// Files that commands write: links, devices, pipes, modes; what is refused; nothing left behind.
#include "sw/base/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "sw/base/error.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public ::testing::Test {
 protected:
  OutputFileTest() {
    std::string pattern = (fs::temp_directory_path() / "systole-output-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~OutputFileTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::string Put(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
    return Path(name);
  }
  static std::string Read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  size_t Files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }
  template <typename Work>
  static std::string Refusal(Work work) {
    try {
      work();
    } catch (const InputError& e) {
      return e.what();
    }
    return "";
  }

  std::string folder_;
};

TEST_F(OutputFileTest, TheOldFileStandsUntilTheNewOneIsClosed) {
  const std::string path = Put("y", "old");
  {
    OutputFile file(path);
    file.Write("half");
    EXPECT_EQ(Read(path), "old");
  }
  EXPECT_EQ(Read(path), "old");
  EXPECT_EQ(Files(), 1u);
  OutputFile file(path);
  file.Write("new");
  file.Close();
  EXPECT_EQ(Read(path), "new");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, ALinkStaysAndItsTargetIsWritten) {
  fs::create_directory(Path("d"));
  Put("d/target", "old");
  fs::create_symlink("d/target", Path("link"));
  fs::create_symlink("link", Path("link-to-link"));
  WriteFile(Path("link-to-link"), "new");
  EXPECT_TRUE(fs::is_symlink(Path("link-to-link")));
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Read(Path("d/target")), "new");
  fs::create_symlink("d/not-yet", Path("dangling"));
  WriteFile(Path("dangling"), "first");
  EXPECT_TRUE(fs::is_symlink(Path("dangling")));
  EXPECT_EQ(Read(Path("d/not-yet")), "first");
}

TEST_F(OutputFileTest, TheModeOfAFileIsKept) {
  const std::string path = Put("y", "old");
  chmod(path.c_str(), 0640);
  WriteFile(path, "new");
  struct stat status = {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(OutputFileTest, ADeviceIsWrittenThroughAndStaysADevice) {
  WriteFile("/dev/null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  fs::create_symlink("/dev/null", Path("link"));
  WriteFile(Path("link"), "text");
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_NE(Refusal([] { WriteFile("/dev/full", "text"); }).find("No space left"),
            std::string::npos);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(OutputFileTest, APipeGetsTheBytesAndStaysAPipe) {
  const std::string path = Path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = Read(path); });
  WriteFile(path, "through");
  reader.join();
  EXPECT_EQ(got, "through");
  EXPECT_TRUE(fs::is_fifo(path));
}

// A limit on the size of files is a disk that fills up.
TEST_F(OutputFileTest, AFullDiskLeavesTheOldFileAndNothingElse) {
  const std::string path = Put("y", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small = {1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string old = Refusal([&] { WriteFile(path, std::string(5000, 'x')); });
  const std::string fresh = Refusal([&] { WriteFile(Path("new"), std::string(5000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(old.rfind(path + ": cannot be written: ", 0), 0u) << old;
  EXPECT_EQ(fresh.rfind(Path("new") + ": cannot be written: ", 0), 0u) << fresh;
  EXPECT_EQ(Read(path), "old");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, AFolderAndAMissingFolderAreRefused) {
  EXPECT_NE(Refusal([&] { WriteFile(folder_, "x"); }), "");
  EXPECT_NE(Refusal([&] { WriteFile(Path("no/y"), "x"); }), "");
  EXPECT_EQ(Files(), 0u);
}

// ---- The files of one command

TEST_F(OutputFileTest, AnInputIsNoOutputByWhateverName) {
  const std::string input = Put("model", "precious");
  fs::create_symlink("model", Path("link"));
  fs::create_hard_link(input, Path("hard"));
  fs::create_directory(Path("d"));
  for (const std::string& name :
       {input, Path("link"), Path("hard"), folder_ + "/d/../model", folder_ + "//model"}) {
    FileSet files;
    files.AddInput("the model", input);
    const std::string told = Refusal([&] { files.AddOutput("--json", name); });
    EXPECT_NE(told.find("--json " + name + ": is the input the model " + input), std::string::npos)
        << told;
  }
  EXPECT_EQ(Read(input), "precious");
}

TEST_F(OutputFileTest, AFileOfAnInputFolderIsNoOutput) {
  fs::create_directory(Path("model"));
  Put("model/weight.txt", "1 2 3");
  FileSet files;
  files.AddInput("the model", Path("model"));
  EXPECT_NE(Refusal([&] { files.AddOutput("--json", Path("model/weight.txt")); }), "");
  EXPECT_EQ(Refusal([&] { files.AddOutput("--json", Path("model/other.txt")); }), "");
}

TEST_F(OutputFileTest, TwoOutputsAreTwoFiles) {
  Put("a", "");
  fs::create_hard_link(Path("a"), Path("hard"));
  fs::create_symlink("not-yet", Path("link"));
  for (const auto& [first, second] : std::vector<std::pair<std::string, std::string>>{
           {"a", "a"}, {"a", "hard"}, {"not-yet", "link"}, {"new", "./new"}}) {
    FileSet files;
    files.AddOutput("--json", Path(first));
    const std::string told = Refusal([&] { files.AddOutput("--outputs", Path(second)); });
    EXPECT_NE(told.find("is the same file as --json"), std::string::npos) << first << second;
  }
  FileSet files;
  files.AddOutput("--json", Path("a"));
  files.AddOutput("--outputs", Path("b"));
  files.AddOutput("--one", "/dev/null");
  files.AddOutput("--two", "/dev/null");
  EXPECT_EQ(Files(), 3u);  // asking wrote nothing
}

TEST_F(OutputFileTest, OutputsThatCannotBeWrittenAreToldBeforehand) {
  FileSet files;
  EXPECT_NE(Refusal([&] { files.AddOutput("--json", Path("no/y")); }).find("does not exist"),
            std::string::npos);
  EXPECT_NE(Refusal([&] { files.AddOutput("--json", folder_); }).find("is a folder"),
            std::string::npos);
  EXPECT_NE(Refusal([&] { files.AddOutputFolder("-o", Put("y", "") + "/z"); }).find("no folder"),
            std::string::npos);
  files.AddOutputFolder("-o", Path("a/b/c"));
  EXPECT_EQ(Files(), 1u);
  if (!fs::is_directory("/proc/self")) GTEST_SKIP() << "no /proc here";
  EXPECT_NE(Refusal([&] { files.AddOutputFolder("-o", "/proc/foo"); }), "");
  EXPECT_NE(Refusal([&] { files.AddOutput("--json", "/proc/foo"); }), "");
}

}  // namespace
}  // namespace systole
