// Builds a case's program with the data it reads: buffers loaded from blocks of the image, and a
// chain of tokens that orders what follows each other.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sw/check/case.h"
#include "sw/check/work_area.h"
#include "sw/isa/config.h"

namespace systole::check {

struct Channel {
  int32_t bias = 0;
  uint32_t m = 1u << 30;
  uint8_t s = 30;  // m, s: 1 in every rounding mode
};

class ProgramBuilder {
 public:
  ProgramBuilder(const HwConfig& config, std::string name, std::string look, uint64_t seed);

  // Appends `i`. Where its engine is not that of the instruction before, it waits for that one's
  // token: everything before it has retired.
  void Then(Instruction i);
  // False: Then() is Add().
  void set_chained(bool chained) { chained_ = chained; }
  // Appends `i` as it is.
  void Add(const Instruction& i) { case_.code.push_back(i); }

  // Loads into buffers; the data go into the image at beat-aligned addresses, junk around them.
  void LoadAct(int address, const std::vector<uint8_t>& bytes);
  void LoadKtab(int row, const std::vector<std::vector<uint16_t>>& rows);
  // rows over all banks, each ROWS bytes.
  void LoadWgt(int row, const std::vector<std::vector<int8_t>>& rows);
  // weights[slice][column][lane] for the Matmul of `columns` columns at weight row `row` (of a
  // bank).
  void LoadWeights(int row, int columns,
                   const std::vector<std::vector<std::vector<int8_t>>>& weights);
  // channels from parameter row `row` on, LANES a row.
  void LoadPar(int row, const std::vector<Channel>& channels);

  // Places bytes in the image; their address.
  uint64_t Place(const std::vector<uint8_t>& bytes);

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  int Between(int lo, int hi) { return lo + Below(hi - lo + 1); }
  std::vector<uint8_t> RandomBytes(int n);

  const HwConfig& config() const { return config_; }
  const WorkArea& area() const { return area_; }
  Case& result() { return case_; }

 private:
  void LoadRows(Opcode opcode, int row, const std::vector<std::vector<uint8_t>>& rows);

  HwConfig config_;
  WorkArea area_;
  Case case_;
  std::mt19937_64 random_;
  uint64_t next_ = kData;
  bool chained_ = true;
};

}  // namespace systole::check
