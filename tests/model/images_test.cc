#include "sw/model/images.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "sw/base/error.h"
#include "sw/model/npy.h"

namespace systole {
namespace {

class ImagesTest : public testing::Test {
 protected:
  ImagesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "systole_images_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Tensor input;
    input.name = "x";
    input.h = 1;
    input.w = 2;
    model_.tensors = {input};
  }
  ~ImagesTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& bytes) const {
    const std::string path = folder_ + "/images";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  // 2 images of 1 x 2.
  std::string Idx(const std::string& four) const {
    return Write(std::string("\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\2", 16) + four);
  }
  std::string Npy(NpyType type, const std::vector<int64_t>& shape, const void* data) const {
    NpyArray array;
    array.type = type;
    array.shape = shape;
    array.bytes.resize(array.Elements() * ElementBytes(type));
    std::memcpy(array.bytes.data(), data, array.bytes.size());
    const std::string path = folder_ + "/images.npy";
    WriteNpy(path, array);
    return path;
  }
  std::string Refusal(const std::string& path) const {
    try {
      LoadImages(path, model_);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
  std::string folder_;
  Model model_;
};

TEST_F(ImagesTest, BytesOfAUint8InputAreTakenAsTheyAre) {
  model_.tensors[0].boundary = DType::kUint8;
  model_.tensors[0].scale = 0.3f;
  const Images images = LoadImages(Idx(std::string("\0\x80\xFF\1", 4)), model_);
  EXPECT_EQ(images.count, 2);
  EXPECT_EQ(images.data, (std::vector<int8_t>{-128, 0, 127, -127}));
  EXPECT_EQ(images.Image(1)[0], 127);
}

TEST_F(ImagesTest, BytesOfARealInputStandForAFractionOf255) {
  model_.quantizes_images = true;
  model_.tensors[0].scale = 1.0f / 128;
  model_.tensors[0].zero_point = -3;
  const Images images = LoadImages(Idx(std::string("\0\xFF\x33\1", 4)), model_);
  // 0; 128 - 3 = 125; 51/255 = 0.2 -> 25.6 -> 26 - 3; 1/255 -> 0.502 -> 1 - 3.
  EXPECT_EQ(images.data, (std::vector<int8_t>{-3, 125, 23, -2}));
}

// Every byte becomes the same float as b / 255 in single precision, which is what frameworks
// compute.
TEST_F(ImagesTest, FractionsOf255EqualTheSinglePrecisionQuotient) {
  const ImageEncoding encoding;
  for (int b = 0; b < 256; ++b) {
    EXPECT_EQ(static_cast<float>(b * encoding.scale - encoding.mean),
              static_cast<float>(b) / 255.0f)
        << b;
  }
}

TEST_F(ImagesTest, MetadataChangesWhatABytesStandsFor) {
  model_.quantizes_images = true;
  model_.image = {0.5, 10};
  const Images images = LoadImages(Idx(std::string("\0\x14\x15\x17", 4)), model_);
  EXPECT_EQ(images.data, (std::vector<int8_t>{-10, 0, 0, 2}));  // 0.5 and 1.5: ties to even
}

TEST_F(ImagesTest, BytesOfAnInt8InputNeedAMeaning) {
  EXPECT_NE(Refusal(Idx("abcd")).find("its bytes have no meaning for the int8 input 'x'"),
            std::string::npos);
}

TEST_F(ImagesTest, ReadsQuantizedAndRealNpy) {
  const int8_t bytes[] = {-128, 127};
  EXPECT_EQ(LoadImages(Npy(NpyType::kInt8, {1, 1, 1, 2}, bytes), model_).data,
            (std::vector<int8_t>{-128, 127}));
  EXPECT_EQ(LoadImages(Npy(NpyType::kInt8, {1, 1, 2}, bytes), model_).data,
            (std::vector<int8_t>{-128, 127}));
  model_.tensors[0].scale = 0.5f;
  model_.tensors[0].zero_point = 10;
  const float reals[] = {0.75f, -1000.0f};
  EXPECT_EQ(LoadImages(Npy(NpyType::kFloat32, {1, 1, 1, 2}, reals), model_).data,
            (std::vector<int8_t>{12, -128}));
  model_.tensors[0].boundary = DType::kUint8;
  EXPECT_EQ(LoadImages(Npy(NpyType::kUint8, {1, 1, 1, 2}, bytes), model_).data,
            (std::vector<int8_t>{0, -1}));
}

TEST_F(ImagesTest, FirstLimitsTheCount) {
  model_.tensors[0].boundary = DType::kUint8;
  EXPECT_EQ(LoadImages(Idx("abcd"), model_, 1).data.size(), 2u);
  EXPECT_EQ(LoadImages(Idx("abcd"), model_, 5).count, 2);
  EXPECT_THROW(LoadImages(Idx("abcd"), model_, 0), InputError);
}

TEST_F(ImagesTest, RefusesOtherSizesTypesAndValues) {
  const int32_t words[] = {1, 2, 3, 4};
  EXPECT_NE(Refusal(Npy(NpyType::kInt8, {1, 2, 1}, words))
                .find("holds 1 x 2 x 1, but the model's input is N x 1 x 1 x 2"),
            std::string::npos);
  EXPECT_NE(Refusal(Npy(NpyType::kInt8, {2}, words)).find("holds 2"), std::string::npos);
  EXPECT_NE(Refusal(Npy(NpyType::kInt8, {}, words)).find("holds a scalar"), std::string::npos);
  EXPECT_NE(Refusal(Npy(NpyType::kUint8, {1, 1, 2}, words))
                .find("holds uint8, but the model's input 'x' takes int8 or float32"),
            std::string::npos);
  EXPECT_NE(Refusal(Npy(NpyType::kInt32, {1, 1, 2}, words)).find("holds int32"), std::string::npos);
  const float reals[] = {1.0f, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_NE(Refusal(Npy(NpyType::kFloat32, {1, 1, 2}, reals)).find("element 1 is not a number"),
            std::string::npos);
  EXPECT_NE(Refusal(Write("neither")).find("is not an IDX file"), std::string::npos);
  EXPECT_NE(Refusal(Write("")).find("is not an IDX file"), std::string::npos);
}

TEST_F(ImagesTest, QuantizesTiesToEvenAndSaturates) {
  Tensor tensor;
  tensor.scale = 2.0f;
  tensor.zero_point = 1;
  const struct {
    float real;
    int q;
  } cases[] = {{1, 1},
               {3, 3},
               {5, 3},
               {-1, 1},
               {-3, -1},
               {252, 127},
               {254, 127},
               {1e30f, 127},
               {-1e30f, -128},
               {std::numeric_limits<float>::infinity(), 127},
               {-std::numeric_limits<float>::infinity(), -128}};
  for (const auto& c : cases) EXPECT_EQ(QuantizeReal(c.real, tensor), c.q) << c.real;
}

// The file declares N x 4 and reshapes it to the 1 x 2 x 2 that the first layer reads.
TEST_F(ImagesTest, ReadsTheShapeThatTheFileDeclares) {
  model_.tensors[0].h = model_.tensors[0].w = 2;
  const int8_t bytes[] = {1, 2, 3, 4};
  const std::string flat = Npy(NpyType::kInt8, {1, 4}, bytes);
  EXPECT_NE(Refusal(flat).find("holds 1 x 4, but the model's input is N x 1 x 2 x 2"),
            std::string::npos);
  model_.file_input = {4, 1, 1};
  const Images images = LoadImages(flat, model_);
  EXPECT_EQ(images.data, (std::vector<int8_t>{1, 2, 3, 4}));
  EXPECT_EQ(images.h, 2);
  EXPECT_EQ(LoadImages(Npy(NpyType::kInt8, {1, 2, 2}, bytes), model_).data, images.data);
  EXPECT_NE(Refusal(Npy(NpyType::kInt8, {1, 1, 4}, bytes)).find("reshaped from N x 4 x 1 x 1"),
            std::string::npos);
}

TEST_F(ImagesTest, LabelsHaveOneDimension) {
  EXPECT_EQ(LoadLabels(Write(std::string("\0\0\x08\1\0\0\0\3\7\2\1", 11))),
            (std::vector<uint8_t>{7, 2, 1}));
  EXPECT_THROW(LoadLabels(Idx("abcd")), InputError);
  EXPECT_EQ(LoadLabels(Npy(NpyType::kUint8, {3}, "\7\2\1")), (std::vector<uint8_t>{7, 2, 1}));
  EXPECT_THROW(LoadLabels(Npy(NpyType::kInt8, {3}, "\7\2\1")), InputError);
  EXPECT_THROW(LoadLabels(Npy(NpyType::kUint8, {3, 1}, "\7\2\1")), InputError);
}

// TensorFlow Lite's files.
TEST_F(ImagesTest, FilesWithChannelsLastAreTurned) {
  model_.channels_last = true;
  model_.tensors[0].c = 3;
  const int8_t bytes[] = {1, 2, 3, 4, 5, 6};  // two pixels of three channels
  EXPECT_EQ(LoadImages(Npy(NpyType::kInt8, {1, 1, 2, 3}, bytes), model_).data,
            (std::vector<int8_t>{1, 4, 2, 5, 3, 6}));
  EXPECT_NE(Refusal(Npy(NpyType::kInt8, {1, 3, 1, 2}, bytes)).find("input is N x 1 x 2 x 3"),
            std::string::npos);
}

TEST_F(ImagesTest, BytesOfATfliteInt8InputAreLess128) {
  EXPECT_THROW(ByteValues("x", model_), InputError);
  model_.channels_last = true;
  EXPECT_EQ(ByteValues("x", model_)[0], -128);
  EXPECT_EQ(ByteValues("x", model_)[255], 127);
}

TEST_F(ImagesTest, TfliteQuantizesHalvesAwayFromZero) {
  Tensor& input = model_.tensors[0];
  input.scale = 2;
  EXPECT_EQ(QuantizeReal(5, input), 2);  // 2.5
  EXPECT_EQ(QuantizeReal(5, input, true), 3);
  EXPECT_EQ(QuantizeReal(-5, input, true), -3);
  model_.image.ties_away = true;
  const float reals[] = {5, -1};
  EXPECT_EQ(LoadImages(Npy(NpyType::kFloat32, {1, 1, 1, 2}, reals), model_).data,
            (std::vector<int8_t>{3, -1}));
}

TEST(DataSetTest, ReadsMnist) {
  const char* data = std::getenv("SYSTOLE_DATA");
  if (data == nullptr) GTEST_SKIP() << "set SYSTOLE_DATA to the folder that holds mnist/";
  Model model;
  Tensor input;
  input.h = input.w = 28;
  input.boundary = DType::kUint8;
  model.tensors = {input};
  const std::string folder = std::string(data) + "/mnist/";
  const Images images = LoadImages(folder + "t10k-images-idx3-ubyte.gz", model);
  const std::vector<uint8_t> labels = LoadLabels(folder + "t10k-labels-idx1-ubyte.gz");
  EXPECT_EQ(images.count, 10000);
  ASSERT_EQ(labels.size(), 10000u);
  // The published test set begins 7, 2, 1, 0, 4, and its mean pixel is 33.79 of 255.
  EXPECT_EQ(std::vector<uint8_t>(labels.begin(), labels.begin() + 5),
            (std::vector<uint8_t>{7, 2, 1, 0, 4}));
  double sum = 0;
  for (int8_t x : images.data) sum += x + 128;
  EXPECT_NEAR(sum / static_cast<double>(images.data.size()), 33.79, 0.005);
}

}  // namespace
}  // namespace systole
