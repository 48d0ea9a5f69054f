// Every check of docs/isa.md (Checks): the value that is just illegal gives its code, engine and
// instruction; the one that is just legal runs.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/program_builder.h"
#include "sw/check/row_tile.h"
#include "sw/driver/disassemble.h"
#include "sw/functional/check.h"
#include "sw/timing/matmul_law.h"

namespace systole::check {
namespace {

using testing::Make;
using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::With;

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

using Fields = std::vector<std::pair<Field, uint64_t>>;

class FieldCases {
 public:
  explicit FieldCases(AreaRun* run) : run_(run), c_(run->config()), area_(c_) {}

  void Matmul() {
    const Instruction m = With(MakeMatmul(1, 1, 1), {{field::kMmFirst, 1}});
    const int group = c_.cols / c_.wport;
    Field3(m, field::kMmNx, field::kMmNy, field::kMmNb);
    Bad(m, {{field::kMmKslices, 0}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmWcols, 0}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmKlast, 0}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmWcols, U(c_.cols + 1)}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmKlast, U(c_.rows + 1)}}, ErrorCode::kBadField);
    Filters(With(m, {{field::kMmDataflow, U(pipeline::kInputStationary)}}));
    Tiles(With(m, {{field::kMmDataflow, U(pipeline::kOutputStationary)}}));
    Columns(With(m, {{field::kMmDataflow, U(pipeline::kColumnMode)}}));
    Own(m);
    Good(m, {{field::kMmAccBase, U(c_.acc_depth - 1)}});
    Bad(m, {{field::kMmAccBase, U(c_.acc_depth - 2)}, {field::kMmNx, 3}}, ErrorCode::kBufferRange);
    Bad(m, {{field::kMmNx, 4}, {field::kMmNy, 2}, {field::kMmNb, U(c_.acc_depth / 8 + 1)}},
        ErrorCode::kBufferRange);
    Bad(m, {{field::kMmNx, 1023}, {field::kMmNy, 1023}, {field::kMmNb, 1023}},
        ErrorCode::kBufferRange);
    if (c_.KtabRows() <= 0xFFFF)
      Bad(m, {{field::kMmKtab, U(c_.KtabRows())}}, ErrorCode::kBufferRange);
    if (c_.KtabRows() <= 0xFFFF) {
      Good(m, {{field::kMmKtab, U(c_.KtabRows() - 1)}});
      Bad(m,
          {{field::kMmKtab, U(c_.KtabRows() - 1)}, {field::kMmKtabInc, 1}, {field::kMmKslices, 2}},
          ErrorCode::kBufferRange);
    }
    Good(m, {{field::kMmWgtRow, U(c_.WgtRows() - 1)}});
    Bad(m, {{field::kMmWgtRow, U(c_.WgtRows())}}, ErrorCode::kBufferRange);
    if (c_.WgtRows() >= group)
      Good(m, {{field::kMmWgtRow, U(c_.WgtRows() - group)}, {field::kMmWcols, U(c_.cols)}});
    Bad(m,
        {{field::kMmWgtRow, U(std::max(0, c_.WgtRows() - 2 * group + 1))},
         {field::kMmWcols, U(c_.cols)},
         {field::kMmKslices, U(c_.WgtRows() < 2 * group ? c_.WgtRows() / group + 1 : 2)}},
        ErrorCode::kBufferRange);
  }

  void RowConv() {
    const Instruction m = With(testing::MakeRowConv(), {{field::kRcFirst, 1}});
    const RowArray a = ArrayOf(c_);
    for (Field f : {field::kRcM0, field::kRcM2, field::kRcM3, field::kRcC1, field::kRcC2,
                    field::kRcR1, field::kRcS1, field::kRcQ1, field::kRcHs, field::kRcWs,
                    field::kRcNx, field::kRcNy, field::kRcNb, field::kRcKslices})
      Bad(m, {{f, 0}}, ErrorCode::kBadField);
    // Rows, columns, sums, words, weights, channels: all that there are, and one more.
    Most(m, field::kRcS1, a.rows);
    Most(m, field::kRcC2, a.rows);
    if (a.rows + 1 <= a.ifmap_spad && a.rows <= c_.cols) Most(m, field::kRcM2, a.rows);
    if (KtabRowsOfColumns() <= c_.KtabRows()) Most(m, field::kRcQ1, a.cols);
    Most(m, field::kRcM3, a.cols);
    Bad(m, {{field::kRcS1, U(a.rows)}, {field::kRcC2, 2}}, ErrorCode::kBadField);
    Bad(m, {{field::kRcQ1, U(a.cols)}, {field::kRcM3, 2}}, ErrorCode::kBadField);
    if (2 * a.psum_spad <= a.wgt_spad && a.psum_spad <= c_.cols) Most(m, field::kRcM0, a.psum_spad);
    const int64_t words = std::min<int64_t>({a.ifmap_spad - 1, a.wgt_spad / 2, 31});
    Good(m, {{field::kRcC1, U(words)}});
    if (words < 31) Bad(m, {{field::kRcC1, U(words + 1)}}, ErrorCode::kBadField);
    if (words == a.ifmap_spad - 1)
      Bad(m, {{field::kRcC1, U(words)}, {field::kRcM2, 2}}, ErrorCode::kBadField);
    const int64_t deep = a.wgt_spad / 4 + 1;  // words that two sums each make too many weights
    if (a.psum_spad > 1 && c_.cols > 1 && deep < std::min<int64_t>(a.ifmap_spad, 32))
      Bad(m, {{field::kRcC1, U(deep)}, {field::kRcM0, 2}}, ErrorCode::kBadField);
    Most(m, field::kRcJBase, c_.cols - 1);
    // Vectors of one word: 256 at most.
    const int64_t phases = (a.cols - 1) * 7 / a.vector + 1;
    if (a.rows * phases > kRowVectors && c_.KtabRows() >= phases) {
      Bad(m, {{field::kRcC2, U(a.rows)}, {field::kRcQ1, U(a.cols)}, {field::kRcHs, 7}},
          ErrorCode::kBadField);
    }
    Good(m, {{field::kRcDepthwise, 1}});
    for (Field f : {field::kRcC1, field::kRcC2, field::kRcM0, field::kRcM3})
      Bad(m, {{field::kRcDepthwise, 1}, {f, 2}}, ErrorCode::kBadField);
    Own(m);
    const int blocks = c_.acc_depth / c_.cols;
    const uint64_t last_block = U((blocks - 1) * c_.cols);
    Good(m, {{field::kRcAccBase, last_block}});
    Bad(m, {{field::kRcAccBase, 1}}, ErrorCode::kBadField);
    Bad(m, {{field::kRcAccBase, last_block}, {field::kRcNx, 2}}, ErrorCode::kBufferRange);
    Good(m, {{field::kRcNx, U(blocks)}});
    Bad(m, {{field::kRcNy, U(blocks + 1)}}, ErrorCode::kBufferRange);
    Bad(m, {{field::kRcNx, U(blocks)}, {field::kRcNb, 2}}, ErrorCode::kBufferRange);
    Bad(m, {{field::kRcNx, 1023}, {field::kRcNy, 1023}, {field::kRcNb, 63}},
        ErrorCode::kBufferRange);
    if (c_.KtabRows() <= 0xFF)
      Bad(m, {{field::kRcKtab, U(c_.KtabRows())}}, ErrorCode::kBufferRange);
    const uint64_t last_row = U(c_.WgtRows() - 1);
    Good(m, {{field::kRcWgtRow, last_row}});
    Bad(m, {{field::kRcWgtRow, last_row + 1}}, ErrorCode::kBufferRange);
    Bad(m, {{field::kRcWgtRow, last_row}, {field::kRcKslices, 2}}, ErrorCode::kBufferRange);
    if (a.cols > 1)
      Bad(m, {{field::kRcWgtRow, last_row}, {field::kRcM3, 2}}, ErrorCode::kBufferRange);
    if (a.wgt_spad < 4) return;
    if (a.ifmap_spad > 2)
      Bad(m, {{field::kRcWgtRow, last_row}, {field::kRcR1, 2}}, ErrorCode::kBufferRange);
    if (a.psum_spad > 1 && c_.cols > 1)
      Bad(m, {{field::kRcWgtRow, last_row}, {field::kRcM0, 2}}, ErrorCode::kBufferRange);
  }

  // m: in column mode, one column, one tap.
  void Columns(const Instruction& m) {
    if (c_.taps == 0) return Bad(m, {}, ErrorCode::kBadField);
    Good(m, {{field::kMmKlast, U(c_.TapRows())}});
    Bad(m, {{field::kMmKlast, U(c_.TapRows() + 1)}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmKlast, 0}}, ErrorCode::kBadField);
    if (c_.cols > c_.rows) Bad(m, {{field::kMmWcols, U(c_.rows + 1)}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmWcols, U(c_.cols + 1)}}, ErrorCode::kBadField);
  }

  // m: output stationary, one vector, one lane, one column.
  void Tiles(const Instruction& m) {
    if (!HasOutputStationary(c_)) return Bad(m, {}, ErrorCode::kBadField);
    Good(m, {{field::kMmWcols, U(c_.OsCols())}});
    if (c_.OsCols() < c_.cols)
      Bad(m, {{field::kMmWcols, U(c_.OsCols() + 1)}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmKlast, U(c_.rows + 1)}}, ErrorCode::kBadField);
    Good(m, {{field::kMmAccBase, U(c_.acc_depth - 1)}});
    Bad(m, {{field::kMmAccBase, U(c_.acc_depth - 1)}, {field::kMmKlast, 2}},
        ErrorCode::kBufferRange);
    Bad(m, {{field::kMmKslices, U((c_.acc_depth - 1) / c_.rows + 2)}}, ErrorCode::kBufferRange);
    Good(m, {{field::kMmWgtRow, U(c_.WgtRows() - 1)}});
    Bad(m, {{field::kMmWgtRow, U(c_.WgtRows() - 1)}, {field::kMmNx, 2}}, ErrorCode::kBufferRange);
    Bad(m, {{field::kMmNx, 1023}, {field::kMmNy, 1023}, {field::kMmNb, 1023}},
        ErrorCode::kBufferRange);
  }

  // m: input stationary, one pixel, one filter.
  void Filters(const Instruction& m) {
    if (!HasInputStationary(c_)) return Bad(m, {}, ErrorCode::kBadField);
    const int depth = c_.acc_depth, wgt = c_.WgtRows();
    if (depth >= c_.cols) Good(m, {{field::kMmNx, U(c_.cols)}});
    Bad(m, {{field::kMmNx, U(c_.cols + 1)}}, ErrorCode::kBadField);
    Bad(m, {{field::kMmNx, 1023}, {field::kMmNy, 1023}}, ErrorCode::kBadField);
    if (wgt > c_.cols) {
      const uint64_t two = U(c_.cols + 1);
      Good(m, {{field::kMmWcols, two}, {field::kMmAccInc, 1}});
      Bad(m, {{field::kMmWcols, two}}, ErrorCode::kBadField);
      Bad(m, {{field::kMmWcols, two}, {field::kMmAccInc, 1}, {field::kMmNb, 2}},
          ErrorCode::kBadField);
      Good(m, {{field::kMmWcols, two}, {field::kMmAccInc, 2}, {field::kMmAccBase, U(depth - 3)}});
      Bad(m, {{field::kMmWcols, two}, {field::kMmAccInc, 2}, {field::kMmAccBase, U(depth - 2)}},
          ErrorCode::kBufferRange);
      Bad(m, {{field::kMmWcols, two}, {field::kMmAccInc, 1}, {field::kMmWgtRow, U(wgt - c_.cols)}},
          ErrorCode::kBufferRange);
    }
    Good(m, {{field::kMmAccBase, U(depth - 1)}});
    Bad(m, {{field::kMmAccBase, U(depth - 1)}, {field::kMmNx, 2}}, ErrorCode::kBufferRange);
    Good(m, {{field::kMmWgtRow, U(wgt - 2)}, {field::kMmWcols, 2}});
    Bad(m, {{field::kMmWgtRow, U(wgt - 1)}, {field::kMmWcols, 2}}, ErrorCode::kBufferRange);
    Bad(m, {{field::kMmWgtRow, U(wgt - 3)}, {field::kMmWcols, 2}, {field::kMmKslices, 2}},
        ErrorCode::kBufferRange);
  }

  void Post() {
    const Instruction p =
        With(MakePost(1), {{field::kPoOut, U(area_.out())}, {field::kPoRounding, U(Mode())}});
    for (Field f : {field::kPoNx, field::kPoNy, field::kPoNtx, field::kPoNty, field::kPoNchan})
      Bad(p, {{f, 0}}, ErrorCode::kBadField);
    Bad(p, {{field::kPoNchan, U(c_.cols + 1)}}, ErrorCode::kBadField);
    for (int mode = 0; mode < 8; ++mode) {
      if (mode < 6 && (c_.roundings >> mode & 1)) continue;
      Bad(p, {{field::kPoRounding, U(mode)}}, ErrorCode::kBadField);
    }
    if (c_.row_sum == 0) Bad(p, {{field::kPoZw, 1}}, ErrorCode::kBadField);
    Own(p);
    if (c_.ParRows() <= 0x7FF) Bad(p, {{field::kPoPar, U(c_.ParRows())}}, ErrorCode::kBufferRange);
    if (c_.ParRows() <= 0x7FF && c_.cols > c_.lanes) {
      Bad(p, {{field::kPoPar, U(c_.ParRows() - 1)}, {field::kPoNchan, U(c_.lanes + 1)}},
          ErrorCode::kBufferRange);
    }
    Good(p, {{field::kPoOut, U(c_.ActBytes() - 1)}});
    Bad(p, {{field::kPoOut, U(c_.ActBytes())}}, ErrorCode::kBufferRange);
    Bad(p, {{field::kPoOut, U(c_.ActBytes() - 4)}, {field::kPoNx, 3}, {field::kPoSx, 2}},
        ErrorCode::kBufferRange);
    Bad(p, {{field::kPoOut, U(c_.ActBytes() - 4)}, {field::kPoNy, 3}, {field::kPoSy, 2}},
        ErrorCode::kBufferRange);
    Bad(p, {{field::kPoNy, 1023}, {field::kPoSy, 0xFFFF}}, ErrorCode::kBufferRange);
  }

  void PostAct() {
    for (Opcode opcode : {Opcode::kPostAct, Opcode::kPostActAdd}) {
      const bool add = opcode == Opcode::kPostActAdd;
      const Instruction p = Make(opcode, {{field::kPoRounding, U(Mode())},
                                          {field::kPoNx, 1},
                                          {field::kPoNy, 1},
                                          {field::kPaNchan, 1},
                                          {field::kPaNtx, 1},
                                          {field::kPaNty, 1},
                                          {field::kPaSrc, U(area_.in())},
                                          {field::kPoOut, U(area_.out())}});
      if (add ? c_.add_unit == 0 : c_.post_act == 0) {
        Bad(p, {}, ErrorCode::kBadField);
        continue;
      }
      Field3(p, field::kPoNx, field::kPoNy, field::kPaNchan);
      for (int mode = 0; mode < 8; ++mode) {
        if (mode >= 6 || !(c_.roundings >> mode & 1))
          Bad(p, {{field::kPoRounding, U(mode)}}, ErrorCode::kBadField);
      }
      Own(p);
      const uint64_t end = U(c_.ActBytes());
      Bad(p, {{field::kPaSrc, end}}, ErrorCode::kBufferRange);
      Bad(p, {{field::kPaSrc, end - 1}, {field::kPaNchan, 2}}, ErrorCode::kBufferRange);
      Bad(p, {{field::kPaSrc, end - 4}, {field::kPoNy, 3}, {field::kPaRsY, 2}},
          ErrorCode::kBufferRange);
      Bad(p, {{field::kPoOut, end}}, ErrorCode::kBufferRange);
      if (c_.ParRows() <= 0x7FF)
        Bad(p, {{field::kPoPar, U(c_.ParRows())}}, ErrorCode::kBufferRange);
      if (add) {
        Bad(p, {{field::kPbSrc, end}}, ErrorCode::kBufferRange);
        Bad(p, {{field::kPbSrc, end - 4}, {field::kPoNy, 3}, {field::kPbRsY, 2}},
            ErrorCode::kBufferRange);
        Bad(p, {{field::kPaSrc, end - 4}, {field::kPoNx, 3}, {field::kPoSx, 2}},
            ErrorCode::kBufferRange);
        Good(p, {{field::kPaSrc, end - 1}, {field::kPbSrc, end - 1}});
        continue;
      }
      Good(p, {{field::kPaSrc, end - 1}});
      for (Field f : {field::kPaNtx, field::kPaNty}) Bad(p, {{f, 0}}, ErrorCode::kBadField);
      Bad(p, {{field::kPaSrc, end - 4}, {field::kPoNx, 3}, {field::kPaRsX, 2}},
          ErrorCode::kBufferRange);
      Bad(p, {{field::kPaSrc, end - 4}, {field::kPaNtx, 3}, {field::kPaRsTx, 2}},
          ErrorCode::kBufferRange);
      Bad(p, {{field::kPaSrc, end - 4}, {field::kPaNty, 3}, {field::kPaRsTy, 2}},
          ErrorCode::kBufferRange);
      if (c_.ParRows() <= 0x7FF) {
        const Fields last = {{field::kPoPar, U(c_.ParRows() - 1)},
                             {field::kPaNchan, U(c_.lanes + 1)}};
        Bad(p, last, ErrorCode::kBufferRange);
        Good(With(p, {{field::kPaRow, 1}}), last);
        Bad(p, {{field::kPaRow, 1}, {field::kPoPar, U(c_.ParRows())}}, ErrorCode::kBufferRange);
      }
    }
  }

  void Transfers() {
    const int beat = c_.AxiBytes();
    for (Opcode opcode : {Opcode::kLoadAct, Opcode::kFill, Opcode::kStore}) {
      const Instruction t =
          With(MakeTransfer(opcode, opcode == Opcode::kStore ? kOut : kData, 8, 1, U(beat)),
               {{field::kLsBuf, U(area_.base)}});
      Bad(t, {{field::kLsBytes, 0}}, ErrorCode::kBadField);
      Bad(t, {{field::kLsLines, 0}}, ErrorCode::kBadField);
      Own(t);
      if (opcode != Opcode::kFill) {
        Bad(t, {{field::kLsAddr, t.Get(field::kLsAddr) + U(beat / 2)}}, ErrorCode::kBadField);
        Bad(t, {{field::kLsAddr, t.Get(field::kLsAddr) + 1}}, ErrorCode::kBadField);
        Bad(t, {{field::kLsMemStride, U(beat + beat / 2)}}, ErrorCode::kBadField);
      }
      const uint64_t end = U(c_.ActBytes());
      Bad(t, {{field::kLsBuf, end - 7}}, ErrorCode::kBufferRange);
      Bad(t, {{field::kLsBuf, end - 16}, {field::kLsLines, 2}, {field::kLsBufStride, 9}},
          ErrorCode::kBufferRange);
      Bad(t, {{field::kLsLines, 0xFFFF}, {field::kLsBufStride, 0xFFFFFF}}, ErrorCode::kBufferRange);
    }
    const std::pair<Opcode, int> rows[] = {{Opcode::kLoadWgt, c_.WgtRows() * c_.wport},
                                           {Opcode::kLoadKtab, c_.KtabRows()},
                                           {Opcode::kLoadPar, c_.ParRows()}};
    for (const auto& [opcode, count] : rows) {
      const int padded = PaddedRowBytes(opcode, c_);
      const Instruction t = MakeTransfer(opcode, kData, U(padded));
      Bad(t, {{field::kLsBytes, U(padded + beat)}},
          padded == beat ? ErrorCode::kNone : ErrorCode::kBadField);
      Bad(t, {{field::kLsBytes, U(padded - 1)}}, ErrorCode::kBadField);
      Bad(t, {{field::kLsLines, 2}}, ErrorCode::kBadField);
      Own(t);
      Good(t, {{field::kLsBuf, U(count - 1)}});
      Bad(t, {{field::kLsBuf, U(count)}}, ErrorCode::kBufferRange);
      Bad(t, {{field::kLsBuf, U(count - 1)}, {field::kLsBytes, U(2 * padded)}},
          ErrorCode::kBufferRange);
    }
  }

  void Syncs() {
    for (Opcode opcode :
         {Opcode::kSyncLoad, Opcode::kSyncMatmul, Opcode::kSyncPost, Opcode::kSyncStore}) {
      const Instruction s = Make(opcode);
      for (uint64_t push : {1, 2, 4, 8}) Bad(s, {{field::kPush, push}}, ErrorCode::kBadField);
      for (uint64_t pop : {1, 2, 4})
        Bad(s, {{kPopField[static_cast<int>(s.engine())], pop}}, ErrorCode::kBadField);
    }
  }

  // Each of the 256 opcodes is known, or the dispatcher's error.
  void Opcodes() {
    for (int opcode = 0; opcode < 256 && run_->goes_on(); ++opcode) {
      if (OpcodeName(static_cast<Opcode>(opcode)) != nullptr) continue;
      Case k;
      k.name = fmt::format("fields, opcode 0x{:02x}", opcode);
      k.look = "systole_fetch";
      Instruction bad;
      bad.Set(field::kOpcode, U(opcode));
      k.code = {Make(Opcode::kSyncLoad), bad, Make(Opcode::kSyncPost)};
      k.expect = {ErrorCode::kBadOpcode, 4, 1};
      if (opcode % 32 == 0) {
        run_->Try(k);
      } else {
        run_->TryAlone(k);
      }
    }
  }

 private:
  int Mode() const {
    int mode = 0;
    while (!(c_.roundings >> mode & 1)) ++mode;
    return mode;
  }

  // Offset rows for an input row a column.
  int KtabRowsOfColumns() const { return (c_.rs_cols + c_.rows - 1) / c_.rows; }

  // Before each: rows that the instruction may read.
  Case Prepared(const Instruction& base, const Fields& fields) {
    ProgramBuilder b(c_, "", "", 1);
    // Lanes apart, for as many input rows as a RowConv can have.
    std::vector<std::vector<uint16_t>> offsets(1);
    if (c_.engine != 0) offsets.resize(U(std::min(KtabRowsOfColumns(), c_.KtabRows())));
    for (size_t row = 0; row < offsets.size(); ++row) {
      for (int lane = 0; lane < c_.rows; ++lane)
        offsets[row].push_back(c_.engine == 0 ? 0
                                              : static_cast<uint16_t>(U(lane) + row * U(c_.rows)));
    }
    b.LoadKtab(0, offsets);
    b.LoadPar(0, {Channel{0, 0, 31}});
    if (c_.ParRows() > 1) b.LoadPar(c_.ParRows() - 1, {Channel{0, 0, 31}});
    b.LoadAct(area_.in(), std::vector<uint8_t>(U(2 * c_.Banks())));
    Instruction i = base;
    for (const auto& [f, value] : fields) i.Set(f, value);
    if (base.opcode() == Opcode::kMatmul) i.Set(field::kMmBase, U(area_.in()));
    if (base.opcode() == Opcode::kRowConv) i.Set(field::kRcBase, U(area_.in()));
    b.Then(i);
    Case k = b.result();
    k.name = "fields, " + Disassemble(i);
    k.look = base.opcode() == Opcode::kRowConv  ? "systole_rs_check"
             : base.engine() == Engine::kMatmul ? "systole_matmul_check"
             : base.engine() == Engine::kPost   ? "systole_post_check"
                                                : "systole_ls_check";
    return k;
  }

  // `most` is the most that the field may say.
  void Most(const Instruction& base, Field f, int64_t most) {
    Good(base, {{f, U(most)}});
    Bad(base, {{f, U(most + 1)}}, ErrorCode::kBadField);
  }

  void Good(const Instruction& base, const Fields& fields) {
    Case k = Prepared(base, fields);
    run_->Try(k);
  }

  void Bad(const Instruction& base, const Fields& fields, ErrorCode code) {
    Case k = Prepared(base, fields);
    const uint32_t at = static_cast<uint32_t>(k.code.size() - 1);
    k.expect = {code, static_cast<int>(base.engine()), at};
    // A full recovery after each tenth, a short one otherwise.
    if (code == ErrorCode::kNone || ++bad_ % 10 == 0) {
      run_->Try(k);
    } else {
      run_->TryAlone(k);
    }
  }

  // Counts of zero, one at a time.
  void Field3(const Instruction& base, Field a, Field b, Field c) {
    for (Field f : {a, b, c}) Bad(base, {{f, 0}}, ErrorCode::kBadField);
  }

  // The engine's own Push bit and each bit of its own Pop.
  void Own(const Instruction& base) {
    const int e = static_cast<int>(base.engine());
    Bad(base, {{field::kPush, uint64_t{1} << e}}, ErrorCode::kBadField);
    for (uint64_t pop : {1, 2, 4}) Bad(base, {{kPopField[e], pop}}, ErrorCode::kBadField);
  }

  AreaRun* run_;
  HwConfig c_;
  WorkArea area_;
  int bad_ = 0;
};

}  // namespace

void CheckFields(AreaRun* run) {
  FieldCases cases(run);
  if (run->config().engine == 0) {
    cases.Matmul();
  } else {
    cases.RowConv();
  }
  cases.Post();
  cases.PostAct();
  cases.Transfers();
  cases.Syncs();
  cases.Opcodes();
}

}  // namespace systole::check
