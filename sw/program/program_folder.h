// The folder that `systole compile` writes and `systole run FOLDER`, the RTL-only test bench and
// other people's test benches read (docs/program.md): a program, and what there is to know about it
// without the model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/program/program.h"

namespace systole {

inline constexpr int kProgramFormatVersion = 1;

// A tensor of the model: real = scale * (q - zero_point), zero_point in the tensor's own type.
struct TensorInfo {
  std::string name;
  int c = 1, h = 1, w = 1;
  bool is_uint8 = false;  // else int8; in memory both are int8, a uint8 value less 128
  float scale = 1;
  int zero_point = 0;
};

struct ProgramFolder {
  Program program;  // without layer_of, which is the compiler's own
  std::string model, rounding;
  std::vector<TensorInfo> tensors;  // of the model: the first is the input, the last the output
  // How image files of bytes become the input (sw/model/images.h).
  bool quantizes_images = false;
  double image_scale = 1, image_mean = 0;
  std::vector<int> file_input;
  bool channels_last = false, ties_away = false;

  // Of the cycle model, with this many cycles from address to data.
  int memory_latency = 20;
  uint64_t setup_cycles = 0, code_cycles = 0;

  // Images to run, and what must come of them, by golden; int8 domain, C x H x W.
  bool has_images = false;
  std::vector<int8_t> images, outputs;        // program.options.images of each
  std::vector<std::vector<int8_t>> expected;  // per observation of the program
};

// The bytes of the memory from program.options.base on: setup, code, constants, images.
std::vector<uint8_t> MemoryImage(const ProgramFolder& folder);

// The files of a folder, by name: program.json, memory.bin, memory.hex, plusargs.txt, listing.txt
// (given), and with images outputs.bin, outputs.hex, tensors.bin.
inline constexpr const char* kProgramFiles[] = {"memory.bin",  "memory.hex",  "plusargs.txt",
                                                "listing.txt", "outputs.bin", "outputs.hex",
                                                "tensors.bin", "program.json"};
struct FolderFile {
  std::string name, bytes;
};
std::vector<FolderFile> FolderFiles(const ProgramFolder& folder, const std::string& listing);

// What ParseProgramFolder() needs of them. `outputs` and `tensors` are empty without images.
struct FolderText {
  std::string json, memory, outputs, tensors;
};

// Throws InputError, one line that starts with `where` and the file's name, for anything that is
// not a whole and consistent program of this version.
ProgramFolder ParseProgramFolder(const FolderText& text, const std::string& where);

// Is it a folder with a program.json in it?
bool IsProgramFolder(const std::string& path);
ProgramFolder ReadProgramFolder(const std::string& path);

// Writes all files beside `path`, reads them back, and then moves them to their place: an error,
// such as a full disk, leaves what was there. Files of an older program in the folder are replaced
// or removed, other files are not touched. Throws InputError where it cannot be written, and
// InternalError where what was read back is not what was to be written.
void WriteProgramFolder(const std::string& path, const ProgramFolder& folder,
                        const std::string& listing);

}  // namespace systole
