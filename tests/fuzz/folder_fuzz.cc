// Any bytes as a folder of a program: refused with InputError, or a program whose parts agree, so
// that it can be written again. The first two bytes are the size of memory.bin in units of 16, the
// next the bytes of outputs.bin and tensors.bin; the rest is program.json.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sw/base/error.h"
#include "sw/program/program_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  systole::FolderText text;
  text.memory.assign((size_t{data[0]} | size_t{data[1]} << 8) * 16, '\x11');
  text.outputs.assign(data[2], '\x22');
  text.tensors.assign(data[3], '\x33');
  text.json.assign(reinterpret_cast<const char*>(data + 4), size - 4);
  try {
    const systole::ProgramFolder folder = systole::ParseProgramFolder(text, "fuzz");
    if (folder.program.report_of.size() != folder.program.code.size()) std::abort();
    const auto files = systole::FolderFiles(folder, "");
    if (files.front().bytes.size() != text.memory.size()) std::abort();
  } catch (const systole::InputError&) {
  }
  return 0;
}
