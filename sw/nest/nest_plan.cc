#include "sw/nest/nest_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace systole::nest {
namespace {

constexpr int64_t kMostX = 1023, kMostB = 63, kMostSlices = 255;  // of the fields
constexpr int64_t kMostStride = 0xFFFF;

int64_t LargestDivisor(int64_t n, int64_t most) {
  for (int64_t d = std::min(n, most); d > 1; --d) {
    if (n % d == 0) return d;
  }
  return 1;
}

int64_t CeilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

class Planner {
 public:
  Planner(const ConvNest& nest, const HwConfig& config) : c_(config) {
    p_.nest = nest;
    p_.config = config;
  }

  NestPlan Run() {
    CheckArray();
    LayInputs();
    p_.set_rows = p_.nest.map.WeightRows();
    if (p_.set_rows > c_.WgtRows()) {
      Refuse("weight buffer", fmt::format("a set of weights takes {} rows, WGT_KIB={} has {}",
                                          p_.set_rows, c_.wgt_kib, c_.WgtRows()));
    }
    around_ = p_.nest.loops;
    TakePositions();
    TakeSlices();
    p_.around = around_;
    if (p_.Instructions() > kMostInstructions) {
      Refuse("program", fmt::format("{} RowConvs; at most {} are made: put loops over P, Q or N "
                                    "innermost",
                                    p_.Instructions(), kMostInstructions));
    }
    PlaceSums();
    PlaceBuffers();
    PlaceWeights();
    return p_;
  }

 private:
  const RowMapping& map() const { return p_.nest.map; }

  void CheckArray() {
    const RowMapping& m = map();
    const auto rule = [](const char* name, int64_t has, int64_t most, const char* what,
                         const char* parameter) {
      if (has > most) Refuse(name, fmt::format("{} {}, {}={}", what, has, parameter, most));
    };
    rule("elements", m.RowsUsed(), c_.rs_rows, "S x C x M along Y are", "RS_ROWS");
    rule("elements", m.ColumnsUsed(), c_.rs_cols, "Q x M along X are", "RS_COLS");
    rule("ifmap_spad", m.Words() + m.m2, c_.ifmap_spad,
         "R x C in an element plus M along Y (groups that run late) are", "IFMAP_SPAD");
    rule("weights_spad", 2 * m.Cycles(), c_.wgt_spad,
         "twice (one half is filled while the other is used) M x R x C in an element are",
         "WGT_SPAD");
    rule("psum_spad", m.m0, c_.psum_spad, "M in an element is", "PSUM_SPAD");
    rule("columns", m.Channels(), c_.cols,
         "M in an element x M along Y, the channels of a column, are", "COLS");
    rule("vectors", m.Vectors(c_.rows), kRowVectors, "vectors that bring an input word are",
         "most");
    const int64_t products = p_.nest.shape.c * p_.nest.shape.r * p_.nest.shape.s;
    rule("sums", products, (int64_t{1} << 31) / (128 * 128) - 1, "products of an output are",
         "most");
  }

  // Lines lie 1 (modulo the banks) apart, so that the bytes of a vector lie in different banks.
  void LayInputs() {
    const ConvNest& n = p_.nest;
    const int64_t channels = n.InTile(map().depthwise ? kM : kC),
                  step = n.InStep(map().depthwise ? kM : kC), beat = c_.AxiBytes();
    p_.lines = (n.InTile(kQ) - 1) * map().hs + n.InTile(kS);
    p_.columns = (n.InTile(kP) - 1) * map().ws + n.InTile(kR);
    p_.images = n.InTile(kN);
    for (const int64_t block : {channels, step}) {
      p_.block = block;
      p_.planes = channels / block;
      const int64_t line = p_.columns * block + beat - 1;
      p_.pitch = CeilDivide(line - 1, c_.Banks()) * c_.Banks() + 1;
      p_.plane_bytes = p_.pitch * p_.lines + beat;
      const bool reach = (map().InputRows() - 1) * p_.pitch <= kMostStride;
      if (block <= 4095 && reach) break;
      if (block != step) continue;
      Refuse("vectors", fmt::format("{} lines of {} bytes are further apart than an offset of 16 "
                                    "bits; give DRAM more of P or C",
                                    map().InputRows(), p_.pitch));
    }
    p_.image_bytes = p_.plane_bytes * p_.planes;
    p_.tile_bytes = p_.image_bytes * p_.images;
  }

  void TakePositions() {
    const int64_t most = c_.acc_depth / c_.cols;
    int64_t taken = 1;
    const auto next = [&](int64_t limit, int64_t stride_bits, StepLoop* to) {
      if (around_.empty() || around_[0].memory) return false;
      const StepLoop loop = around_[0];
      if (MovesWeights(loop.dim)) return false;
      if (stride_bits < 24 && p_.Bytes(loop.dim, loop.unit) > kMostStride) return false;
      const int64_t bound = LargestDivisor(loop.bound, std::min(limit, most / taken));
      if (bound == 1) return false;
      *to = loop;
      to->bound = bound;
      taken *= bound;
      if (bound == loop.bound) {
        around_.erase(around_.begin());
        return true;
      }
      around_[0].bound /= bound;
      around_[0].unit *= bound;
      cut_ = true;
      return false;
    };
    if (!around_.empty() && around_[0].dim == kP) next(kMostX, 24, &p_.x);
    if (cut_ || (p_.x.bound == 1 && !around_.empty() && around_[0].dim == kP)) return;
    if (next(kMostX, 16, &p_.y) || (!cut_ && p_.y.bound == 1)) next(kMostB, 24, &p_.b);
  }

  void TakeSlices() {
    if (cut_ || around_.empty() || around_[0].memory || !Reduces(around_[0].dim)) return;
    const StepLoop loop = around_[0];
    if (p_.Bytes(loop.dim, loop.unit) > kMostStride) return;
    const int64_t bound =
        LargestDivisor(loop.bound, std::min(kMostSlices, c_.WgtRows() / p_.set_rows));
    p_.slices = loop;
    p_.slices.bound = bound;
    p_.set_rows *= bound;
    if (bound == loop.bound) {
      around_.erase(around_.begin());
    } else {
      around_[0].bound /= bound;
      around_[0].unit *= bound;
    }
  }

  void PlaceSums() {
    for (size_t i = 0; i < p_.around.size(); ++i) {
      if (Reduces(p_.around[i].dim)) p_.job_loops = i + 1;
    }
    for (size_t i = 0; i < p_.job_loops; ++i) {
      if (!Reduces(p_.around[i].dim)) p_.places *= p_.around[i].bound;
    }
    const int64_t entries = p_.Positions() * c_.cols;
    p_.places_a_column = c_.acc_depth / entries;
    p_.places_an_entry = c_.cols / map().Channels();
    const int64_t half = p_.places_a_column * p_.places_an_entry;
    if (p_.places > 2 * half) {
      Refuse("partial sums",
             fmt::format("sums of {} times {} positions wait for an outer loop over C, R or S, the "
                         "accumulators have {} such places; put that loop further inside, or raise "
                         "ACC_DEPTH={}",
                         p_.places, p_.Positions(), 2 * half, c_.acc_depth));
    }
    p_.both_halves = p_.places > half;
  }

  void PlaceBuffers() {
    p_.out_bytes = p_.places * p_.Positions() * map().ColumnsUsed() * map().Channels();
    const int64_t group = c_.GroupBytes(), out = CeilDivide(2 * p_.out_bytes, group);
    bool moves = false;
    for (const StepLoop& loop : p_.around) {
      moves |= loop.memory && MovesInputs(loop.dim, map().depthwise);
    }
    p_.tiles = moves ? 2 : 1;
    for (; p_.tiles > 0; --p_.tiles) {
      p_.input_groups = CeilDivide(p_.tiles * p_.tile_bytes, group);
      if (p_.input_groups + out <= c_.act_groups) return;
    }
    Refuse(
        "activation buffer",
        fmt::format("a tile of {} input bytes (lines of {}) and twice {} output bytes do not fit "
                    "ACT_KIB={} in ACT_GROUPS={}; move loops from shared_glb to DRAM",
                    p_.tile_bytes, p_.pitch, p_.out_bytes, c_.act_kib, c_.act_groups));
  }

  // All weights, if the buffer has room; else those of the most loops whose weights fit it twice;
  // of a single instruction that do not, once.
  void PlaceWeights() {
    const int64_t rows = c_.WgtRows();
    std::vector<int64_t> inside = {p_.set_rows};  // rows for the first k loops
    for (const StepLoop& loop : p_.around)
      inside.push_back(inside.back() * (MovesWeights(loop.dim) ? loop.bound : 1));
    p_.weight_blocks = inside.back() <= rows || 2 * inside[0] > rows ? 1 : 2;
    p_.resident = p_.around.size();
    while (inside[p_.resident] * p_.weight_blocks > rows) --p_.resident;
    p_.block_rows = inside[p_.resident];
  }

  const HwConfig c_;
  NestPlan p_;
  std::vector<StepLoop> around_;
  bool cut_ = false;  // a loop was taken in part: nothing behind it can be taken
};

}  // namespace

RowArray NestPlan::array() const {
  RowArray a;
  a.rows = config.rs_rows, a.cols = config.rs_cols, a.vector = config.rows;
  a.ifmap_spad = config.ifmap_spad, a.wgt_spad = config.wgt_spad, a.psum_spad = config.psum_spad;
  return a;
}

int64_t NestPlan::Instructions() const {
  int64_t n = 1;
  for (const StepLoop& loop : around) n *= loop.bound;
  return n;
}

int64_t NestPlan::Jobs() const {
  int64_t n = 1;
  for (size_t i = job_loops; i < around.size(); ++i) n *= around[i].bound;
  return n;
}

int64_t NestPlan::WeightLoads() const {
  size_t i = resident;
  while (i < around.size() && !MovesWeights(around[i].dim)) ++i;
  int64_t loads = 1;
  for (; i < around.size(); ++i) loads *= around[i].bound;
  return loads;
}

int64_t NestPlan::Bytes(Dim d, int64_t values) const {
  switch (d) {
    case kC:
    case kM:
      if (d != (nest.map.depthwise ? kM : kC)) return 0;
      return values < block ? values : values / block * plane_bytes;
    case kR:
      return values * block;
    case kP:
      return values * nest.map.ws * block;
    case kS:
      return values * pitch;
    case kQ:
      return values * nest.map.hs * pitch;
    default:
      return values * image_bytes;
  }
}

NestPlan PlanNest(const ConvNest& nest, const HwConfig& config) {
  return Planner(nest, config).Run();
}

}  // namespace systole::nest
