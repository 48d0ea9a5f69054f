// The folder of a program (docs/program.md): what is written is read back, whatever is damaged is
// refused in one line that names the file, and nothing is half-written.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sw/base/error.h"
#include "sw/cli/compile_folder.h"
#include "sw/golden/golden.h"
#include "sw/model/load.h"
#include "sw/program/layout.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string kRoot = SYSTOLE_SOURCE_DIR;

class ProgramFolderTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    model_ = new Model(LoadModel(kRoot + "/models/lenet5-mnist/model.onnx"));
    ChooseMultipliers(*model_, Rounding::kFloat32);
    images_ = new Images(LoadImages(kRoot + "/models/digits/images.idx3-ubyte.gz", *model_, 2));
    ProgramOptions options;
    options.images = options.batch = 2;
    options.base = 0x40000000;
    good_ = new ProgramFolder(
        MakeProgramFolder(*model_, Rounding::kFloat32, HwConfig{}, options, 20, *images_));
    text_ = new FolderText;
    for (const FolderFile& file : FolderFiles(*good_, "listing")) {
      if (file.name == "program.json") text_->json = file.bytes;
      if (file.name == "memory.bin") text_->memory = file.bytes;
      if (file.name == "outputs.bin") text_->outputs = file.bytes;
      if (file.name == "tensors.bin") text_->tensors = file.bytes;
    }
  }
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // The message; empty: taken.
  static std::string Refusal(const FolderText& text) {
    try {
      ParseProgramFolder(text, "F");
      return "";
    } catch (const InputError& e) {
      EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
      EXPECT_EQ(std::string(e.what()).rfind("F/", 0), 0u) << e.what();
      return e.what();
    }
  }
  template <typename Change>
  static std::string RefusalOf(Change change) {
    json j = json::parse(text_->json);
    change(j);
    FolderText text = *text_;
    text.json = j.dump();
    return Refusal(text);
  }

  static Model* model_;
  static Images* images_;
  static ProgramFolder* good_;
  static FolderText* text_;
  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("systole_program_" + std::to_string(::getpid()));
};
Model* ProgramFolderTest::model_;
Images* ProgramFolderTest::images_;
ProgramFolder* ProgramFolderTest::good_;
FolderText* ProgramFolderTest::text_;

TEST_F(ProgramFolderTest, WhatIsWrittenIsReadBack) {
  WriteProgramFolder(Path("lenet"), *good_, "listing");
  ASSERT_TRUE(IsProgramFolder(Path("lenet")));
  const ProgramFolder f = ReadProgramFolder(Path("lenet"));
  const Program &a = good_->program, &b = f.program;
  EXPECT_EQ(b.config.Key(), HwConfig{}.Key());
  EXPECT_EQ(b.options.base, 0x40000000u);
  EXPECT_EQ(b.input.address, 0x40000000u);
  EXPECT_TRUE(a.setup == b.setup);
  EXPECT_TRUE(a.code == b.code);
  EXPECT_EQ(a.constants, b.constants);
  EXPECT_EQ(a.report_of, b.report_of);
  EXPECT_EQ(a.observations.size(), b.observations.size());
  EXPECT_EQ(f.code_cycles, good_->code_cycles);
  ASSERT_EQ(f.tensors.size(), model_->tensors.size());
  for (size_t i = 0; i < f.tensors.size(); ++i) {
    const Tensor& t = model_->tensors[i];
    EXPECT_EQ(f.tensors[i].name, t.name);
    EXPECT_EQ(f.tensors[i].scale, t.scale);
    EXPECT_EQ(f.tensors[i].is_uint8, t.boundary == DType::kUint8);
    EXPECT_EQ(f.tensors[i].zero_point - (f.tensors[i].is_uint8 ? 128 : 0), t.zero_point);
  }
  // Images and expectations are those of the definition, not of what wrote them.
  EXPECT_EQ(f.images, images_->data);
  ASSERT_EQ(f.expected.size(), b.observations.size());
  for (int i = 0; i < 2; ++i) {
    const auto golden = RunReference(*model_, images_->Image(i));
    EXPECT_TRUE(std::equal(golden.back().begin(), golden.back().end(), &f.outputs[i * 10]));
    for (size_t o = 0; o < b.observations.size(); ++o) {
      if (b.observations[o].image == i)
        EXPECT_EQ(f.expected[o], golden[b.observations[o].tensor - 1]);
    }
  }
}

TEST_F(ProgramFolderTest, TheMemoryHoldsEverythingAtItsAddress) {
  const json j = json::parse(text_->json);
  const auto at = [&](const char* part) {
    return text_->memory.data() + j[part]["address"].get<uint64_t>() -
           j["memory"]["base"].get<uint64_t>();
  };
  const Program& p = good_->program;
  EXPECT_EQ(std::memcmp(at("setup"), p.setup.data(), p.setup.size() * 32), 0);
  EXPECT_EQ(std::memcmp(at("code"), p.code.data(), p.code.size() * 32), 0);
  EXPECT_EQ(std::memcmp(at("constants"), p.constants.data(), p.constants.size()), 0);
  // Image 1, line 3, pixel 5: int8, so the file's byte less 128 where the input is uint8.
  EXPECT_EQ(at("input")[j["input"]["image_stride"].get<int>() +
                        3 * j["input"]["line_stride"].get<int>() + 5],
            images_->Image(1)[3 * 28 + 5]);
}

TEST_F(ProgramFolderTest, EveryCutIsRefused) {
  for (size_t n : {size_t{0}, size_t{1}, text_->json.size() / 2, text_->json.size() - 4}) {
    FolderText text = *text_;
    text.json.resize(n);
    EXPECT_NE(Refusal(text), "") << n;
  }
  for (std::string FolderText::*part :
       {&FolderText::memory, &FolderText::outputs, &FolderText::tensors}) {
    FolderText text = *text_;
    (text.*part).pop_back();
    EXPECT_NE(Refusal(text), "");
    text = *text_;
    (text.*part) += '\0';
    EXPECT_NE(Refusal(text), "");
  }
}

TEST_F(ProgramFolderTest, ARefusalNamesFileAndPlace) {
  EXPECT_EQ(RefusalOf([](json&) {}), "");
  EXPECT_EQ(RefusalOf([](json& j) { j["version"] = 2; }),
            "F/program.json: format version 2, this program reads 1; compile the model again");
  EXPECT_EQ(RefusalOf([](json& j) { j.erase("format"); }), "F/program.json: \"format\" is missing");
  EXPECT_EQ(RefusalOf([](json& j) { j["observations"][1]["image"] = 2; }),
            "F/program.json: observations[1]: image: is no integer from 0 to 1");
  EXPECT_EQ(RefusalOf([](json& j) { j["code"]["address"] = 0; }),
            "F/program.json: code: lies outside memory.bin");
  const std::string rows = RefusalOf([](json& j) { j["parameters"]["ROWS"] = 1; });
  EXPECT_EQ(rows.rfind("F/program.json: parameters: ", 0), 0u) << rows;
  EXPECT_NE(rows.find("ROWS"), std::string::npos) << rows;
}

// Every value of the description, one at a time, is replaced by others: those of a kind that it
// never has are refused, the rest are refused or make a program that can be written again.
TEST_F(ProgramFolderTest, AnyValueReplacedIsRefusedOrAProgram) {
  const json good = json::parse(text_->json);
  const std::vector<json> values = {nullptr,
                                    -1,
                                    0,
                                    "x",
                                    json::array(),
                                    json::object(),
                                    1e300,
                                    true,
                                    uint64_t{0xFFFFFFFFFFFFFFFF},
                                    int64_t{1} << 40};
  int refused = 0;
  const json flat = good.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    for (const json& other : values) {
      json j = good;
      j[json::json_pointer(pointer)] = other;
      FolderText text = *text_;
      text.json = j.dump();
      if (!Refusal(text).empty()) {
        ++refused;
        continue;
      }
      EXPECT_FALSE(other.is_null() || other.is_object()) << pointer;
      EXPECT_NO_THROW(FolderFiles(ParseProgramFolder(text, "F"), "")) << pointer << " " << other;
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST_F(ProgramFolderTest, ANewProgramReplacesTheOldOneAndNothingElse) {
  WriteProgramFolder(Path("lenet"), *good_, "listing");
  std::ofstream(Path("lenet/notes.txt")) << "mine";
  ProgramFolder other = *good_;
  other.has_images = false;
  other.images.clear(), other.outputs.clear(), other.expected.clear();
  WriteProgramFolder(Path("lenet"), other, "listing");
  EXPECT_FALSE(ReadProgramFolder(Path("lenet")).has_images);
  EXPECT_FALSE(fs::exists(Path("lenet/outputs.bin")));
  EXPECT_TRUE(fs::exists(Path("lenet/notes.txt")));
  int files = 0;
  for (const auto& entry : fs::directory_iterator(Path("lenet"))) files += entry.exists();
  EXPECT_EQ(files, 6);  // notes, and the five of a program without images
}

// A limit on the size of files stands for a full disk.
TEST_F(ProgramFolderTest, AFullDiskLeavesTheOldProgram) {
  WriteProgramFolder(Path("lenet"), *good_, "old");
  const auto write_both = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{20000, 20000};
    setrlimit(RLIMIT_FSIZE, &limit);
    int refused = 0;
    for (const char* where : {"lenet", "new"}) {
      try {
        WriteProgramFolder(Path(where), *good_, "new");
      } catch (const InputError&) {
        ++refused;
      }
    }
    std::_Exit(refused);
  };
  EXPECT_EXIT(write_both(), testing::ExitedWithCode(2), "");
  EXPECT_FALSE(fs::exists(Path("new")));
  EXPECT_EQ(ReadProgramFolder(Path("lenet")).outputs, good_->outputs);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(Path("lenet"))) files += entry.exists();
  EXPECT_EQ(files, 8);
}

}  // namespace
}  // namespace systole
