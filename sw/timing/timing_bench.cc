// Measures the cycle model: instructions a second on one core, over programs that look like a
// compiled LeNet-5 (about forty instructions an image, tokens in both directions, image loads of 28
// lines).
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "sw/timing/timeline.h"

namespace {

using systole::Instruction;
using systole::Opcode;
namespace field = systole::field;

Instruction Make(Opcode opcode, std::initializer_list<std::pair<systole::Field, uint64_t>> fields) {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(opcode));
  for (const auto& [f, v] : fields) i.Set(f, v);
  return i;
}

// One image: a load, 18 Matmul/Post pairs, a store.
void AppendImage(std::vector<Instruction>* code) {
  code->push_back(Make(Opcode::kLoadAct, {{field::kLsAddr, 0x1000},
                                          {field::kLsBytes, 28},
                                          {field::kLsLines, 28},
                                          {field::kLsMemStride, 32},
                                          {field::kPush, 2}}));
  for (int k = 0; k < 18; ++k) {
    const unsigned half = static_cast<unsigned>(k % 2);
    code->push_back(Make(Opcode::kMatmul, {{field::kPopLoad, k == 0},
                                           {field::kPopPost, k >= 2},
                                           {field::kPush, 4},
                                           {field::kMmHalf, half},
                                           {field::kMmWcols, 16},
                                           {field::kMmKlast, 16},
                                           {field::kMmNx, 14},
                                           {field::kMmNy, 4},
                                           {field::kMmNb, 1},
                                           {field::kMmKslices, 2}}));
    code->push_back(Make(Opcode::kPost, {{field::kPopMatmul, 1},
                                         {field::kPush, k < 16    ? 2
                                                        : k == 17 ? 8
                                                                  : 0},
                                         {field::kPoHalf, half},
                                         {field::kPoNx, 7},
                                         {field::kPoNy, 2},
                                         {field::kPoNtx, 2},
                                         {field::kPoNty, 2},
                                         {field::kPoNchan, 16}}));
  }
  code->push_back(Make(Opcode::kStore, {{field::kPopPost, 1},
                                        {field::kLsAddr, 0x9000},
                                        {field::kLsBytes, 10},
                                        {field::kLsLines, 1}}));
}

}  // namespace

int main(int argc, char** argv) {
  const int images = argc > 1 ? std::atoi(argv[1]) : 20000;
  std::vector<Instruction> code;
  for (int i = 0; i < images; ++i) AppendImage(&code);
  double best = 0;
  systole::Cycle total = 0;
  for (int round = 0; round < 5; ++round) {
    const std::clock_t start =
        std::clock();  // of this process: other work on the machine does not count
    const systole::Timeline t =
        systole::Simulate(code, systole::HwConfig{}, systole::MemoryTiming{20});
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    if (!t.ok()) {
      fmt::print("{}\n", systole::Describe(t));
      return 1;
    }
    total = t.total;
    best = std::max(best, static_cast<double>(code.size()) / seconds);
  }
  fmt::print("{} instructions, {} cycles, {:.1f} million instructions/s, {:.0f} images/s\n",
             code.size(), total, best / 1e6, best / static_cast<double>(code.size()) * images);
}
