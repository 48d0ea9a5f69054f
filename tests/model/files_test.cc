// IDX, NPY and model files: what is read, what is refused.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

#include "sw/base/error.h"
#include "sw/model/idx.h"
#include "sw/model/load.h"
#include "sw/model/npy.h"

namespace systole {
namespace {

std::string Refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "systole_files_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FilesTest() override { std::filesystem::remove_all(folder_); }
  std::string Write(const std::string& name, const std::string& bytes) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string WriteGzip(const std::string& name, const std::string& bytes) const {
    const std::string path = folder_ + "/" + name;
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return path;
  }
  std::string folder_;
};

// --- IDX.

const std::string kIdx("\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\3abcdef", 22);  // 2 x 1 x 3

std::string IdxRefusal(const std::string& bytes) {
  return Refusal(
      [&] { ParseIdx(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), "f"); });
}

TEST_F(FilesTest, ReadsIdxPlainAndCompressed) {
  for (const std::string& path : {Write("a", kIdx), WriteGzip("a.gz", kIdx)}) {
    const IdxArray array = ReadIdx(path);
    EXPECT_EQ(array.shape, (std::vector<int>{2, 1, 3}));
    EXPECT_EQ(array.bytes, (std::vector<uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'}));
  }
}

TEST_F(FilesTest, RefusesDamagedIdx) {
  EXPECT_TRUE(Contains(IdxRefusal(""), "f: byte 0: is not an IDX file"));
  EXPECT_TRUE(Contains(IdxRefusal("\x89PNG"), "not an IDX file"));
  EXPECT_TRUE(Contains(IdxRefusal(std::string("\0\0\x0D\x03", 4)), "element type 0x0d"));
  EXPECT_TRUE(Contains(IdxRefusal(std::string("\0\0\x08\x00", 4)), "0 dimensions"));
  EXPECT_TRUE(Contains(IdxRefusal(std::string("\0\0\x08\x05", 4)), "5 dimensions"));
  EXPECT_TRUE(Contains(IdxRefusal(kIdx.substr(0, 15)), "ends inside the header"));
  EXPECT_TRUE(Contains(IdxRefusal(kIdx.substr(0, 21)), "promises 6 elements, but 5 follow"));
  EXPECT_TRUE(Contains(IdxRefusal(kIdx + "x"), "promises 6 elements, but 7 follow"));
  EXPECT_TRUE(Contains(IdxRefusal(std::string("\0\0\x08\x01\0\0\0\0", 8)), "dimension 0 is 0"));
  EXPECT_TRUE(
      Contains(IdxRefusal(std::string("\0\0\x08\x01\xFF\0\0\0", 8)), "dimension 0 is 4278190080"));
  EXPECT_TRUE(Contains(IdxRefusal(std::string("\0\0\x08\x02\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF", 12)),
                       "promises more than"));
}

TEST_F(FilesTest, RefusesDamagedGzip) {
  const std::string path = WriteGzip("a.gz", kIdx);
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::string cut = Write("cut.gz", bytes.substr(0, bytes.size() - 6));
  EXPECT_TRUE(Contains(Refusal([&] { ReadIdx(cut); }), "gzip data is damaged or truncated"));
  std::string flipped = bytes;
  flipped[bytes.size() - 5] ^= 1;  // the checksum
  const std::string bad = Write("bad.gz", flipped);
  EXPECT_TRUE(Contains(Refusal([&] { ReadIdx(bad); }), "gzip data is damaged or truncated"));
}

TEST_F(FilesTest, RefusesMissingFilesAndFolders) {
  const std::string missing = folder_ + "/missing";
  EXPECT_TRUE(
      Contains(Refusal([&] { ReadIdx(missing); }), missing + ": cannot be opened: No such file"));
  EXPECT_TRUE(
      Contains(Refusal([&] { ReadNpy(missing); }), missing + ": cannot be opened: No such file"));
  EXPECT_TRUE(
      Contains(Refusal([&] { LoadModel(missing); }), missing + ": cannot be opened: No such file"));
  EXPECT_TRUE(Contains(Refusal([&] { ReadIdx(folder_); }), "is a folder"));
  EXPECT_TRUE(Contains(Refusal([&] { ReadNpy(folder_); }), "is a folder"));
  EXPECT_TRUE(Contains(Refusal([&] { LoadModel(folder_); }), "network.txt: no such file"));
}

// --- NPY.

std::string Npy(const std::string& dictionary, const std::string& body, char version = 1) {
  std::string file = std::string("\x93NUMPY") + version + '\0';
  file += static_cast<char>(dictionary.size() & 0xFF);
  file += static_cast<char>(dictionary.size() >> 8);
  if (version > 1) file += std::string(2, '\0');
  return file + dictionary + body;
}

NpyArray Parse(const std::string& bytes) {
  return ParseNpy(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), "f");
}

std::string NpyRefusal(const std::string& bytes) {
  return Refusal([&] { Parse(bytes); });
}

TEST_F(FilesTest, ReadsNpyOfEveryVersionAndType) {
  const NpyArray bytes =
      Parse(Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n", "abcdef"));
  EXPECT_EQ(bytes.type, NpyType::kUint8);
  EXPECT_EQ(bytes.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(bytes.bytes, (std::vector<uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'}));
  // Other order of keys, no spaces, double quotes, other byte order of a byte.
  const NpyArray other =
      Parse(Npy("{\"shape\":(3,),\"fortran_order\":False,\"descr\":\"<i1\"}", "abc", 2));
  EXPECT_EQ(other.type, NpyType::kInt8);
  EXPECT_EQ(other.shape, (std::vector<int64_t>{3}));
  const NpyArray scalar =
      Parse(Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "abcd", 3));
  EXPECT_EQ(scalar.type, NpyType::kFloat32);
  EXPECT_TRUE(scalar.shape.empty());
  EXPECT_EQ(Parse(Npy("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1), }", "abcd")).type,
            NpyType::kInt32);
}

TEST_F(FilesTest, RefusesDamagedNpy) {
  const std::string good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
  ASSERT_EQ(NpyRefusal(Npy(good, "ab")), "");
  EXPECT_TRUE(Contains(NpyRefusal(""), "f: byte 0: is not an .npy file"));
  EXPECT_TRUE(Contains(NpyRefusal("\x93NUMPX\1\0\0\0\0"), "is not an .npy file"));
  EXPECT_TRUE(Contains(NpyRefusal(Npy(good, "ab", 4)), "version 4"));
  EXPECT_TRUE(Contains(NpyRefusal(Npy(good, "ab").substr(0, 40)), "ends inside the header"));
  EXPECT_TRUE(Contains(NpyRefusal(Npy(good, "a")), "needs 2 bytes, but 1 follow"));
  EXPECT_TRUE(Contains(NpyRefusal(Npy(good, "abc")), "needs 2 bytes, but 3 follow"));
  EXPECT_TRUE(Contains(
      NpyRefusal(Npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "12345678")),
      "element type '<f8'"));
  EXPECT_TRUE(
      Contains(NpyRefusal(Npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "1234")),
               "element type '>f4'"));
  EXPECT_TRUE(
      Contains(NpyRefusal(Npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2,), }", "ab")),
               "Fortran order"));
  EXPECT_TRUE(
      Contains(NpyRefusal(Npy("{'descr': '|u1', 'shape': (2,), }", "ab")), "a key is missing"));
  EXPECT_TRUE(Contains(NpyRefusal(Npy("{'descr': '|u1', 'descr': '|u1', }", "ab")),
                       "'descr' is unexpected"));
  EXPECT_TRUE(
      Contains(NpyRefusal(Npy("{'descr': [('a', '|u1')], }", "ab")), "a quoted word is missing"));
  EXPECT_TRUE(
      Contains(NpyRefusal(Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-2,), }", "ab")),
               "not a number"));
  EXPECT_TRUE(Contains(
      NpyRefusal(Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999,), }", "ab")),
      "too large"));
  EXPECT_TRUE(Contains(
      NpyRefusal(Npy(
          "{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000, 2000000000), }", "ab")),
      "exceeds"));
  EXPECT_TRUE(Contains(NpyRefusal(Npy(good + " x", "ab")), "text follows"));
  EXPECT_TRUE(Contains(NpyRefusal(Npy("{'descr: ", "ab")), "does not end"));
}

// The very bytes that numpy.save writes for int8 [[1, -1]] (NumPy 1.x and 2.x).
TEST_F(FilesTest, WritesNpyAsNumpyDoes) {
  NpyArray array;
  array.type = NpyType::kInt8;
  array.shape = {1, 2};
  array.bytes = {1, 255};
  std::string want = std::string("\x93NUMPY\1\0\x76\0", 10) +
                     "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 2), }";
  want += std::string(127 - want.size(), ' ') + "\n\1\xFF";
  const std::vector<uint8_t> got = FormatNpy(array);
  EXPECT_EQ(std::string(got.begin(), got.end()), want);
}

TEST_F(FilesTest, NpyRoundTripsThroughAFile) {
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{}, {7}, {2, 3}, {2, 1, 5, 1}}) {
    NpyArray array;
    array.type = NpyType::kFloat32;
    array.shape = shape;
    for (int64_t i = 0; i < 4 * array.Elements(); ++i)
      array.bytes.push_back(static_cast<uint8_t>(i * 37));
    const std::string path = folder_ + "/a.npy";
    WriteNpy(path, array);
    const NpyArray back = ReadNpy(path);
    EXPECT_EQ(back.type, array.type);
    EXPECT_EQ(back.shape, array.shape);
    EXPECT_EQ(back.bytes, array.bytes);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/a.npy.part"));
}

TEST_F(FilesTest, WritingWhereItCannotLeavesNothing) {
  NpyArray array;
  array.bytes = {1};
  EXPECT_TRUE(
      Contains(Refusal([&] { WriteNpy(folder_ + "/no/a.npy", array); }), "cannot be written"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(FilesTest, ATensorFlowLiteFileIsKnownByItsBytesAndByItsName) {
  const std::string path = Write("m.onnx", std::string("\x1c\0\0\0TFL3\0\0", 10));
  EXPECT_TRUE(Contains(Refusal([&] { LoadModel(path); }), path + ": is damaged or truncated"));
  const std::string named = Write("m.tflite", "no such file");
  EXPECT_TRUE(Contains(Refusal([&] { LoadModel(named); }), named + ": is no TensorFlow Lite file"));
}

}  // namespace
}  // namespace systole
