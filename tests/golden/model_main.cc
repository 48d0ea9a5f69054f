// Every tensor that the golden reference and FastGolden make of a model's images, for comparing
// them with other frameworks (tests/python/tflite_test.py):
//     golden_model MODEL IMAGES FOLDER [fast]
// The files FOLDER/<t>.npy, N x H x W x C of the file's type, and FOLDER/index.txt: a line
// "t<TAB>name<TAB>operator" for each tensor. The two must be equal, or exit status 1; `fast`: only
// FastGolden runs.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/golden/fast.h"
#include "sw/golden/golden.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/model/npy.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

int Run(const std::string& path, const std::string& images_path, const std::string& folder,
        bool fast) {
  Model model = LoadModel(path);
  ChooseMultipliers(model, model.own_rounding);
  ProveRanges(model);
  const Images images = LoadImages(images_path, model);
  FastGolden golden(model);
  std::vector<NpyArray> files(model.tensors.size());
  for (size_t t = 1; t < files.size(); ++t) {
    const Tensor& tensor = model.tensors[t];
    files[t].type = tensor.boundary == DType::kUint8 ? NpyType::kUint8 : NpyType::kInt8;
    files[t].shape = {images.count, tensor.h, tensor.w, tensor.c};
  }
  bool equal = true;
  for (int64_t i = 0; i < images.count; ++i) {
    const auto tensors = golden.Run(images.Image(i));
    equal = equal && (fast || tensors == RunReference(model, images.Image(i)));
    for (size_t t = 1; t < files.size(); ++t) {
      const Tensor& tensor = model.tensors[t];
      const uint8_t flip = tensor.boundary == DType::kUint8 ? 0x80 : 0;
      const int64_t plane = int64_t{tensor.h} * tensor.w;
      for (int64_t p = 0; p < plane; ++p) {
        for (int64_t c = 0; c < tensor.c; ++c) {
          const auto value = static_cast<uint8_t>(tensors[t - 1][c * plane + p]);
          files[t].bytes.push_back(value ^ flip);
        }
      }
    }
  }
  std::string index;
  for (size_t t = 1; t < files.size(); ++t) {
    WriteNpy(fmt::format("{}/{}.npy", folder, t), files[t]);
    index += fmt::format("{}\t{}\t{}\n", t, model.tensors[t].name, model.layers[t - 1].op);
  }
  WriteFile(folder + "/index.txt", index);
  if (!equal) fmt::print(stderr, "{}: FastGolden and the golden reference differ\n", path);
  return equal ? 0 : 1;
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  try {
    if (argc != 4 && argc != 5)
      throw systole::InputError("golden_model MODEL IMAGES FOLDER [fast]");
    return systole::Run(argv[1], argv[2], argv[3], argc == 5);
  } catch (const systole::InputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
