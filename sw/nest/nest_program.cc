#include "sw/nest/nest_program.h"

#include <cmath>

#include "sw/base/check.h"
#include "sw/compiler/emitter.h"
#include "sw/compiler/instructions.h"
#include "sw/compiler/pack.h"
#include "sw/nest/nest_walk.h"

namespace systole::nest {
namespace {

constexpr int64_t kAlignment = 256;  // of everything in memory

int64_t AlignUp(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

// Sums of random bytes fill int8 without leaving it often.
int ShiftFor(int64_t products) {
  const double spread = 74.0 * 74.0 * std::sqrt(static_cast<double>(products));
  return std::max(0, static_cast<int>(std::ceil(std::log2(spread / 40))));
}

class Writer {
 public:
  Writer(const NestPlan& plan, const std::vector<uint8_t>& weights)
      : p_(plan), c_(plan.config), weights_(weights) {}

  NestProgram Run() {
    out_.input = LayoutOf(p_);
    out_.shift = ShiftFor(p_.nest.shape.c * p_.nest.shape.r * p_.nest.shape.s);
    out_.job_bytes = AlignUp(p_.out_bytes, c_.AxiBytes());
    Program& program = out_.program;
    program.config = c_;
    PlaceMemory();
    emitter_.Start(&program.code);
    NestWalk walk(p_);
    do {
      if (walk.Tile() != tile_) LoadTile(walk);
      if (walk.WeightBlock() != weight_block_) LoadWeights(walk);
      if (walk.JobBegins()) job_half_ ^= 1;
      Convolve(walk);
      if (walk.JobEnds()) FinishJob(walk);
    } while (walk.Next());
    program.layer_of.assign(program.code.size(), 0);
    program.report_of.assign(program.code.size(), 0);
    EmitSetup();
    return std::move(out_);
  }

 private:
  void PlaceMemory() {
    Program& program = out_.program;
    const auto flat = [](uint64_t address, int64_t bytes) {
      TensorLayout t;
      t.address = address;
      t.h = t.w = 1;
      t.c = static_cast<int>(bytes);
      t.line_stride = static_cast<uint64_t>(bytes);
      return t;
    };
    int64_t at = static_cast<int64_t>(program.options.base);
    program.input = flat(static_cast<uint64_t>(at), out_.input.bytes);
    program.input_stride = static_cast<uint64_t>(AlignUp(out_.input.bytes, kAlignment));
    at += static_cast<int64_t>(program.input_stride);
    program.output = flat(static_cast<uint64_t>(at), out_.job_bytes * p_.Jobs());
    program.output_stride = static_cast<uint64_t>(AlignUp(out_.job_bytes * p_.Jobs(), kAlignment));
    at += static_cast<int64_t>(program.output_stride);
    program.constants_address = static_cast<uint64_t>(at);
    program.constants = weights_;
  }

  int64_t Emit(const After& after) { return emitter_.Order(after); }
  // Fields that are not named are 0.
  struct Value {
    Field field;
    int64_t value;
  };
  void Append(Opcode opcode, std::initializer_list<Value> values) {
    Instruction* i = emitter_.Append();
    i->Set(field::kOpcode, static_cast<uint64_t>(opcode));
    for (const Value& v : values) {
      Check(v.value >= 0 && (v.field.width > 62 || v.value >> v.field.width == 0),
            "a plan that its fields do not hold");
      i->Set(v.field, static_cast<uint64_t>(v.value));
    }
  }

  void LoadTile(const NestWalk& walk) {
    tile_ = walk.Tile();
    slot_ = p_.tiles == 1 ? 0 : 1 - slot_;
    const InputLayout& in = out_.input;
    const RowMapping& m = p_.nest.map;
    const int64_t row = walk.TileOrigin(kQ) * m.hs + walk.TileOrigin(kS),
                  column = walk.TileOrigin(kP) * m.ws + walk.TileOrigin(kR),
                  channel = walk.TileOrigin(m.depthwise ? kM : kC);
    lead_ = column * p_.block % c_.AxiBytes();
    After after;
    after.Add(Engine::kMatmul, tile_reader_[slot_]);
    for (int64_t n = 0; n < p_.images; ++n) {
      for (int64_t plane = 0; plane < p_.planes; ++plane) {
        const int64_t bytes = lead_ + p_.columns * p_.block,
                      from = in.At(p_, walk.TileOrigin(kN) + n, channel + plane * p_.block, row,
                                   column) -
                             lead_;
        Append(Opcode::kLoadAct,
               {{field::kLsAddr, static_cast<int64_t>(out_.program.input.address) + from},
                {field::kLsBytes, bytes},
                {field::kLsLines, p_.lines},
                {field::kLsMemStride, in.line},
                {field::kLsBuf, Slot() + n * p_.image_bytes + plane * p_.plane_bytes},
                {field::kLsBufStride, p_.pitch}});
        tile_load_ = Emit(after);
        out_.input_bytes += bytes * p_.lines;
        after = {};
      }
    }
  }
  int64_t Slot() const { return slot_ * p_.tile_bytes; }

  void LoadWeights(const NestWalk& walk) {
    weight_block_ = walk.WeightBlock();
    weight_slot_ = p_.weight_blocks == 1 ? 0 : 1 - weight_slot_;
    const int64_t bytes = p_.block_rows * WeightRowBytes(c_);
    After after;
    after.Add(Engine::kMatmul, weight_reader_[weight_slot_]);
    Append(Opcode::kLoadWgt,
           {{field::kLsAddr,
             static_cast<int64_t>(out_.program.constants_address) + weight_block_ * bytes},
            {field::kLsBytes, bytes},
            {field::kLsLines, 1},
            {field::kLsBuf, weight_slot_ * p_.block_rows}});
    const int64_t load = Emit(after);
    out_.weight_rows += p_.block_rows;
    // Weights are read ahead of a RowConv's own tokens.
    Append(Opcode::kSyncMatmul, {});
    After loaded;
    loaded.Add(Engine::kLoad, load);
    Emit(loaded);
  }

  int64_t Half(int64_t place) const {
    return p_.both_halves ? place / (p_.places_a_column * p_.places_an_entry) : job_half_;
  }
  int64_t Entry(int64_t place) const {
    return place % p_.places_a_column * p_.Positions() * c_.cols;
  }
  int64_t Column(int64_t place) const {
    return place / p_.places_a_column % p_.places_an_entry * p_.nest.map.Channels();
  }

  void Convolve(const NestWalk& walk) {
    const RowMapping& m = p_.nest.map;
    int64_t base = Slot() + lead_;
    for (int d = 0; d < kDims; ++d)
      base += p_.Bytes(static_cast<Dim>(d), walk.InTile(static_cast<Dim>(d)));
    const int64_t place = walk.Place(), half = Half(place);
    const auto stride = [&](const StepLoop& loop) {
      return loop.bound > 1 ? p_.Bytes(loop.dim, loop.unit) : 0;
    };
    Append(Opcode::kRowConv, {{field::kRcFirst, walk.First()},
                              {field::kRcDepthwise, m.depthwise},
                              {field::kRcHalf, half},
                              {field::kRcM0, m.m0},
                              {field::kRcM2, m.m2},
                              {field::kRcM3, m.m3},
                              {field::kRcC1, m.c1},
                              {field::kRcC2, m.c2},
                              {field::kRcR1, m.r1},
                              {field::kRcS1, m.s1},
                              {field::kRcQ1, m.q1},
                              {field::kRcHs, m.hs},
                              {field::kRcWs, m.ws},
                              {field::kRcPitch, p_.block},
                              {field::kRcBase, base},
                              {field::kRcStrideY, stride(p_.y)},
                              {field::kRcStrideB, stride(p_.b)},
                              {field::kRcNx, p_.x.bound},
                              {field::kRcNy, p_.y.bound},
                              {field::kRcNb, p_.b.bound},
                              {field::kRcKslices, p_.slices.bound},
                              {field::kRcBaseInc, stride(p_.slices)},
                              {field::kRcAccBase, Entry(place)},
                              {field::kRcJBase, Column(place)},
                              {field::kRcWgtRow, weight_slot_ * p_.block_rows +
                                                     walk.WeightsOfBlock() * p_.set_rows}});
    After after;
    after.Add(Engine::kLoad, tile_load_);
    after.Add(Engine::kPost, post_of_half_[half]);
    conv_ = Emit(after);
    tile_reader_[slot_] = weight_reader_[weight_slot_] = conv_;
  }

  void FinishJob(const NestWalk& walk) {
    const int64_t slot = out_slot_ ^= 1,
                  to = p_.input_groups * c_.GroupBytes() + slot * p_.out_bytes;
    const int64_t channels = p_.nest.map.Channels(), pixels = p_.nest.map.ColumnsUsed();
    int64_t post = -1;
    for (int64_t place = 0; place < p_.places; ++place) {
      Append(Opcode::kPost, {{field::kPoHalf, Half(place)},
                             {field::kPoRounding, static_cast<int64_t>(Rounding::kFloor)},
                             {field::kPoAccBase, Entry(place)},
                             {field::kPoNx, pixels},
                             {field::kPoNy, p_.Positions()},
                             {field::kPoEsX, 1},
                             {field::kPoEsY, c_.cols & 0x3FF},
                             {field::kPoNtx, 1},
                             {field::kPoNty, 1},
                             {field::kPoCol, Column(place)},
                             {field::kPoNchan, channels},
                             {field::kPoOut, to + place * p_.Positions() * pixels * channels},
                             {field::kPoSx, channels},
                             {field::kPoSy, channels * pixels},
                             {field::kPoLo, 0x80},
                             {field::kPoHi, 0x7F}});
      After after;
      after.Add(Engine::kMatmul, conv_);
      after.Add(Engine::kStore, store_of_slot_[slot]);
      post = Emit(after);
      post_of_half_[Half(place)] = post;
    }
    Append(Opcode::kStore, {{field::kLsAddr, static_cast<int64_t>(out_.program.output.address) +
                                                 walk.Job() * out_.job_bytes},
                            {field::kLsBytes, p_.out_bytes},
                            {field::kLsLines, 1},
                            {field::kLsBuf, to}});
    After after;
    after.Add(Engine::kPost, post);
    store_of_slot_[slot] = Emit(after);
  }

  // Offsets of the input rows, a multiplier for all channels, and sums that shift right.
  void EmitSetup() {
    Program& program = out_.program;
    std::vector<uint8_t>* bytes = &program.constants;
    const auto begin = [&] {
      bytes->resize(static_cast<size_t>(AlignUp(static_cast<int64_t>(bytes->size()), kAlignment)));
      return bytes->size();
    };
    const auto load = [&](Opcode opcode, size_t from) {
      SetLoadRows(opcode, program.constants_address + from, bytes->size() - from,
                  &program.setup.emplace_back());
    };
    size_t from = begin();
    const int64_t rows = p_.nest.map.Phases(c_.rows);
    for (int64_t r = 0; r < rows * c_.rows; ++r) {
      const auto offset = static_cast<uint16_t>(r * p_.pitch);
      bytes->push_back(static_cast<uint8_t>(offset));
      bytes->push_back(static_cast<uint8_t>(offset >> 8));
      if ((r + 1) % c_.rows == 0)
        bytes->resize(bytes->size() + static_cast<size_t>(OffsetRowBytes(c_) - 2 * c_.rows));
    }
    load(Opcode::kLoadKtab, from);
    from = begin();
    const int64_t chunks = (p_.nest.map.Channels() + c_.lanes - 1) / c_.lanes;
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      for (int lane = 0; lane < c_.lanes; ++lane) {
        uint8_t row[16] = {};
        row[7] = 0x40;  // bias 0, multiplier 2^30
        row[8] = static_cast<uint8_t>(30 + out_.shift);
        bytes->insert(bytes->end(), row, row + 16);
      }
      bytes->resize(bytes->size() + static_cast<size_t>(ParameterRowBytes(c_) - 16 * c_.lanes));
    }
    load(Opcode::kLoadPar, from);
    const auto aligned = [](uint64_t at) {
      return static_cast<uint64_t>(AlignUp(static_cast<int64_t>(at), kAlignment));
    };
    program.setup_address = aligned(program.constants_address + bytes->size());
    program.code_address =
        aligned(program.setup_address + program.setup.size() * kInstructionBytes);
    program.memory_end = program.code_address + program.code.size() * kInstructionBytes;
  }

  const NestPlan& p_;
  const HwConfig& c_;
  const std::vector<uint8_t>& weights_;
  NestProgram out_;
  Emitter emitter_;
  int64_t tile_ = -1, weight_block_ = -1, slot_ = 1, weight_slot_ = 1, job_half_ = 1, out_slot_ = 1;
  int64_t lead_ = 0, tile_load_ = -1, conv_ = -1;
  int64_t tile_reader_[2] = {-1, -1}, weight_reader_[2] = {-1, -1}, post_of_half_[2] = {-1, -1},
          store_of_slot_[2] = {-1, -1};
};

}  // namespace

InputLayout LayoutOf(const NestPlan& p) {
  const timeloop::ConvShape& s = p.nest.shape;
  InputLayout in;
  in.height = (s.q - 1) * s.hstride + s.s;
  in.width = (s.p - 1) * s.wstride + s.r;
  in.planes = (p.nest.map.depthwise ? s.m : s.c) / p.block;
  in.line = AlignUp(in.width * p.block, p.config.AxiBytes());
  in.plane = in.line * in.height;
  in.image = in.plane * in.planes;
  in.bytes = in.image * s.n;
  return in;
}

NestProgram MakeProgram(const NestPlan& plan, const std::vector<uint8_t>& weights) {
  return Writer(plan, weights).Run();
}

}  // namespace systole::nest
