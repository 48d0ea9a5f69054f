#include "sw/cli/classes.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sw/base/error.h"

namespace systole {
namespace {

class ClassesTest : public testing::Test {
 protected:
  ClassesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "systole_classes_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    output_.name = "scores";
    output_.c = 6;
    output_.scale = 0.5f;
    output_.zero_point = -1;
  }
  ~ClassesTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& text) const {
    const std::string path = folder_ + "/names.txt";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string Refusal(const std::string& text) const {
    try {
      ReadClasses(Write(text), output_);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

  std::string folder_;
  Tensor output_;
};

TEST_F(ClassesTest, ANameALineWithAnyLineEnds) {
  const std::vector<std::string> names = {"a", "b c", "d", "", "e", "f"};
  EXPECT_EQ(ReadClasses(Write("a\nb c\nd\n\ne\nf\n"), output_), names);
  EXPECT_EQ(ReadClasses(Write("a\r\nb c\r\nd\r\n\r\ne\r\nf"), output_), names);
}

TEST_F(ClassesTest, AsManyAsTheOutputHas) {
  EXPECT_NE(Refusal("a\nb\n").find("names.txt: has 2 names, but the model's output 'scores' has 6"),
            std::string::npos);
  output_.h = 2;
  EXPECT_NE(Refusal("a\n").find("the model's output is 6x2x1, no list"), std::string::npos);
}

TEST_F(ClassesTest, TheBestFiveOfEveryImageTheFirstOfEqualOnes) {
  Images images;
  images.count = 2;
  const int8_t scores[] = {0, 3, -1, 3, 7, -128, 1, 0, 0, 0, 0, 0};
  const std::vector<std::string> classes = {"a", "b", "c", "d", "e", "f"};
  EXPECT_EQ(BestClasses(classes, images, output_, scores),
            "image 0\n"
            "    4.0000     4  e\n"
            "    2.0000     1  b\n"
            "    2.0000     3  d\n"
            "    0.5000     0  a\n"
            "    0.0000     2  c\n"
            "image 1\n"
            "    1.0000     0  a\n"
            "    0.5000     1  b\n"
            "    0.5000     2  c\n"
            "    0.5000     3  d\n"
            "    0.5000     4  e\n");
  images.names = {"cat.bmp", "dog.png"};
  EXPECT_EQ(BestClasses(classes, images, output_, scores).substr(0, 8), "cat.bmp\n");
}

}  // namespace
}  // namespace systole
