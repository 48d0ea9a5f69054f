// `systole compile` and `systole run FOLDER`, as a user calls them: what compile writes runs on TLM
// and RTL to the bytes and cycles that it wrote.
#include <nlohmann/json.hpp>

#include "sw/model/npy.h"
#include "tests/cli/command_fixture.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

const std::string kModel = kRoot + "/models/lenet5-mnist/model.onnx";
const std::string kDigits = " --images " + kRoot + "/models/digits/images.idx3-ubyte.gz";

class FolderTest : public CommandTest {
 protected:
  void Compile(const std::string& options) const {
    const Result r = Systole("compile " + kModel + " -o " + Path("f") + " " + options);
    ASSERT_EQ(r.status, 0) << r.err;
  }
  // Changes program.json.
  template <typename Change>
  void Edit(Change change) const {
    ordered_json j = ordered_json::parse(ReadText(Path("f/program.json")));
    change(j);
    std::ofstream(Path("f/program.json")) << j.dump();
  }
  // One bit of a file.
  void Flip(const std::string& file, uint64_t at) const {
    std::fstream f(Path("f/" + file), std::ios::in | std::ios::out | std::ios::binary);
    f.seekg(static_cast<std::streamoff>(at));
    const int byte = f.get();
    f.seekp(static_cast<std::streamoff>(at));
    f.put(static_cast<char>(byte ^ 1));
  }
};

TEST_F(FolderTest, RunsOnTlmAndRtlToWhatCompileWrote) {
  Compile("--count 2 --batch 2" + kDigits);
  Result r = Systole("run " + Path("f") + " --backend tlm,rtl");
  if (r.err.find("is not built") != std::string::npos) GTEST_SKIP() << r.err;
  EXPECT_EQ(r.status, 0) << r.out << r.err;
  EXPECT_NE(r.out.find("all equal"), std::string::npos) << r.out;
  // 2 images: 1,790 bytes in the observed tensors, and the 10 stored.
  EXPECT_NE(r.out.find(" 3600 "), std::string::npos) << r.out;
}

TEST_F(FolderTest, BatchOneTakesTheCyclesOfTheReport) {
  Compile(kDigits);
  const ordered_json j = ordered_json::parse(ReadText(Path("f/program.json")));
  EXPECT_EQ(j["code"]["cycles"], 5675);
  const Result r = Systole("run " + Path("f"));
  EXPECT_EQ(r.status, 0) << r.out << r.err;
  EXPECT_NE(r.out.find(" 5675 "), std::string::npos) << r.out;
}

TEST_F(FolderTest, OtherImagesGiveTheBytesOfTheModel) {
  Compile("--count 2 --batch 2");
  ExpectRefused("run " + Path("f"), "has no images of its own");
  ASSERT_EQ(Systole("run " + Path("f") + kDigits + " --first 5 --outputs " + Path("a.npy")).status,
            0);
  ASSERT_EQ(
      Systole("run " + kModel + kDigits + " --first 5 --backend golden --outputs " + Path("b.npy"))
          .status,
      0);
  const NpyArray a = ReadNpy(Path("a.npy")), b = ReadNpy(Path("b.npy"));
  EXPECT_EQ(a.shape, b.shape);
  EXPECT_EQ(a.bytes, b.bytes);
}

TEST_F(FolderTest, AnyBaseAddressWillDo) {
  Compile("--base 0x80000000" + kDigits);
  const ordered_json j = ordered_json::parse(ReadText(Path("f/program.json")));
  EXPECT_EQ(j["memory"]["base"], 0x80000000u);
  EXPECT_EQ(j["input"]["address"], 0x80000000u);
  EXPECT_EQ(Systole("run " + Path("f")).status, 0);
  const std::string compile = "compile " + kModel + " -o " + Path("g") + " --base ";
  ExpectRefused(compile + "100", "--base 100");
  ExpectRefused(compile + "0x", "--base 0x");
  ExpectRefused(compile + "0x100000000000000000", "--base 0x100000000000000000");
  ExpectRefused(compile + "0xFFFFFF00", "AXI_ADDR_WIDTH=32");
  EXPECT_FALSE(fs::exists(Path("g")));
}

TEST_F(FolderTest, DifferencesFromTheFolderAreTold) {
  Compile(kDigits);
  Flip("outputs.bin", 3);
  Result r = Systole("run " + Path("f"));
  EXPECT_EQ(r.status, 1);
  EXPECT_NE(r.out.find("tlm: image 0, stored output"), std::string::npos) << r.out;
  Flip("outputs.bin", 3);

  Flip("tensors.bin", 100);
  r = Systole("run " + Path("f"));
  EXPECT_EQ(r.status, 1);
  EXPECT_NE(r.out.find("tlm: image 0, layer C1+S2"), std::string::npos) << r.out;
  Flip("tensors.bin", 100);

  Edit([](ordered_json& j) { j["code"]["cycles"] = 5676; });
  r = Systole("run " + Path("f"));
  EXPECT_EQ(r.status, 1);
  EXPECT_NE(r.out.find("the folder says 5676 cycles, the cycle model 5675"), std::string::npos)
      << r.out;
}

TEST_F(FolderTest, AProgramThatCannotRunIsRefused) {
  Compile(kDigits);
  const ordered_json j = ordered_json::parse(ReadText(Path("f/program.json")));
  // The opcode of the first instruction of the setup.
  const uint64_t at = j["setup"]["address"].get<uint64_t>() - j["memory"]["base"].get<uint64_t>();
  std::fstream f(Path("f/memory.bin"), std::ios::in | std::ios::out | std::ios::binary);
  f.seekp(static_cast<std::streamoff>(at));
  f.put('\x7E');
  f.close();
  ExpectRefused("run " + Path("f"), "f/memory.bin: the setup cannot run: ");
}

TEST_F(FolderTest, WhatCannotBeIsRefusedByName) {
  Compile(kDigits);
  const std::string run = "run " + Path("f");
  ExpectRefused(run + " --backend golden", "golden runs models");
  ExpectRefused(run + " --batch 2", "--batch: not for a compiled folder");
  ExpectRefused(run + " --rows 8", "--rows: not for a compiled folder");
  ExpectRefused(run + " --first 1", "--first");
  ExpectRefused("compile " + kModel + " -o " + Path("g") + " --images 4", "--count");
  ExpectRefused("compile " + kModel + " -o " + Path("g") + kDigits + " --count 641",
                "holds 640 images");
  Edit([](ordered_json& j) { j["observations"][0]["tensor"] = 99; });
  ExpectRefused(run, "f/program.json: observations[0]: tensor");
  fs::resize_file(Path("f/memory.bin"), 100);
  ExpectRefused(run, "f/memory.bin: holds 100 bytes");
  fs::remove(Path("f/memory.bin"));
  ExpectRefused(run, "f/memory.bin");
}

}  // namespace
}  // namespace systole
