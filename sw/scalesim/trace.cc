#include "sw/scalesim/trace.h"

#include <optional>

#include "sw/scalesim/calc_reads.h"
#include "sw/scalesim/dram_trace.h"
#include "sw/scalesim/geometry.h"
#include "sw/scalesim/layer_sim.h"
#include "sw/scalesim/stream.h"
#include "sw/scalesim/trace_file.h"

namespace systole::scalesim {
namespace {

// What one line of the demand asks of a read operand, one number per array row or column.
void ReadRow(const Stream& s, int64_t fold, int64_t line, int64_t offset, TraceFile* file) {
  const Geometry& g = s.g;
  const int64_t block = s.Block(fold), lanes = s.Lanes(block), x = block * s.width;
  if (s.stationary) {
    const int64_t q = g.rows - 1 - line;
    const bool loading = q >= 0 && q < g.UsedRows(fold % g.fr);
    for (int64_t j = 0; j < s.width; ++j) {
      const int64_t address =
          loading && j < lanes ? s.Address(x + j, fold % g.fr * g.rows + q) : -1;
      file->Int(address < 0 ? -1 : address + offset);
    }
  } else {
    for (int64_t j = 0; j < s.width; ++j) {
      const int64_t t = line - s.base - j;
      const int64_t address = j < lanes && t >= 0 && t < s.t ? s.Address(x + j, t) : -1;
      file->Int(address < 0 ? -1 : address + offset);
    }
  }
  file->EndRow();
}

void WriteRow(const OfmapStream& s, int64_t fold, int64_t line, int64_t offset, TraceFile* file) {
  const int64_t lanes = s.Lanes(fold), steps = s.Steps(fold), base = s.Base(fold);
  for (int64_t j = 0; j < s.g.cols; ++j) {
    const int64_t i = line - base - j;
    file->Int(j < lanes && i >= 0 && i < steps ? s.Address(fold, i, j) + offset : -1);
  }
  file->EndRow();
}

// Cycle of each boundary, from its line and the stalls that the simulation reports.
class BoundaryClock {
 public:
  explicit BoundaryClock(std::vector<int64_t> lines) : cycles_(std::move(lines)) {}
  void Pass(int64_t line, int64_t cycle) {
    while (next_ < cycles_.size() && cycles_[next_] == line) cycles_[next_++] = cycle;
  }
  const std::vector<int64_t>& cycles() const { return cycles_; }

 private:
  std::vector<int64_t> cycles_;  // lines where not passed yet
  size_t next_ = 0;
};

}  // namespace

void WriteTraces(const Machine& machine, const Layer& layer, const Options& options,
                 const std::string& folder) {
  const Geometry g = MakeGeometry(machine, layer, options);
  const Stream ifmap = MakeStream(g, Operand::kIfmap), filter = MakeStream(g, Operand::kFilter);
  const OfmapStream ofmap{g};
  const int64_t ifmap_words = machine.ifmap_kb * 1024, filter_words = machine.filter_kb * 1024;
  TraceFile ifmap_sram(folder + "/IFMAP_SRAM_TRACE.csv"),
      filter_sram(folder + "/FILTER_SRAM_TRACE.csv"), ofmap_sram(folder + "/OFMAP_SRAM_TRACE.csv");
  OfmapWriteTrace ofmap_dram(ofmap, machine.user_bandwidth ? machine.ofmap_bandwidth : machine.cols,
                             machine.ofmap_offset, folder + "/OFMAP_DRAM_TRACE.csv");
  const std::string ifmap_dram_path = folder + "/IFMAP_DRAM_TRACE.csv";
  const std::string filter_dram_path = folder + "/FILTER_DRAM_TRACE.csv";
  std::optional<UserReadTrace> ifmap_user, filter_user;
  std::vector<int64_t> ifmap_lines, filter_lines;
  int64_t ifmap_misses = 0, filter_misses = 0;
  if (machine.user_bandwidth) {
    const UserReads i(ifmap, ifmap_words, machine.ifmap_bandwidth, options.corrected);
    const UserReads f(filter, filter_words, machine.filter_bandwidth, options.corrected);
    ifmap_user.emplace(ifmap, i, ifmap_words, machine.ifmap_bandwidth, machine.ifmap_offset,
                       ifmap_dram_path);
    filter_user.emplace(filter, f, filter_words, machine.filter_bandwidth, machine.filter_offset,
                        filter_dram_path);
  } else {
    ifmap_misses = CountCalcFetches(ifmap, ifmap_words, &ifmap_lines).misses;
    filter_misses = CountCalcFetches(filter, filter_words, &filter_lines).misses;
  }
  BoundaryClock ifmap_boundaries(std::move(ifmap_lines)),
      filter_boundaries(std::move(filter_lines));

  LayerSim sim(g, machine, options);
  sim.set_drain_sink(&ofmap_dram);
  LineEvent event;
  bool more = sim.Next(&event);
  int64_t stalls = 0, line = 0, ifmap_first = 0, filter_first = 0;
  const int64_t ifmap_first_line = FirstLine(ifmap), filter_first_line = FirstLine(filter);
  for (int64_t fold = 0; fold < g.folds; ++fold) {
    for (int64_t fold_line = 0; fold_line < g.fold_lines; ++fold_line, ++line) {
      const int64_t cycle = line + stalls;
      LineEvent now;
      if (more && event.line == line) {
        now = event;
        if (ifmap_user) ifmap_user->Prefetch(now.ifmap_rotations);
        if (filter_user) filter_user->Prefetch(now.filter_rotations);
        stalls = sim.stalls();
        more = sim.Next(&event);
      }
      if (line == ifmap_first_line) ifmap_first = cycle;
      if (line == filter_first_line) filter_first = cycle;
      ifmap_boundaries.Pass(line, cycle);
      filter_boundaries.Pass(line, cycle);
      ifmap_sram.Int(cycle + 1 + now.ifmap_stall);
      ReadRow(ifmap, fold, fold_line, machine.ifmap_offset, &ifmap_sram);
      filter_sram.Int(cycle + 1 + now.filter_stall);
      ReadRow(filter, fold, fold_line, machine.filter_offset, &filter_sram);
      ofmap_sram.Int(cycle + now.ofmap_stall);
      WriteRow(ofmap, fold, fold_line, machine.ofmap_offset, &ofmap_sram);
    }
  }
  ifmap_sram.Close();
  filter_sram.Close();
  ofmap_sram.Close();
  ofmap_dram.Close();
  if (machine.user_bandwidth) {
    ifmap_user->Close();
    filter_user->Close();
  } else {
    CalcReadTrace(ifmap, ifmap_words, machine.ifmap_offset, ifmap_misses, ifmap_first,
                  ifmap_boundaries.cycles(), ifmap_dram_path)
        .Write();
    CalcReadTrace(filter, filter_words, machine.filter_offset, filter_misses, filter_first,
                  filter_boundaries.cycles(), filter_dram_path)
        .Write();
  }
}

}  // namespace systole::scalesim
