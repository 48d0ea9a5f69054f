// Any bytes as a TensorFlow Lite file: refused with InputError, or a model that obeys CheckModel
// and passes TryModel.
#include "sw/model/tflite_import.h"
#include "tests/fuzz/try_model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    systole::Model model = systole::ImportTflite(data, size, "fuzz");
    systole::TryModel(model, data, size);
  } catch (const systole::InputError&) {
  }
  return 0;
}
