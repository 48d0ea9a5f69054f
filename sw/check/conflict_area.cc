// Two users of one memory port in one cycle, lanes in one bank, and running off a buffer's end.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/activation_draw.h"
#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/tile.h"
#include "sw/driver/disassemble.h"

namespace systole::check {
namespace {

using testing::kToMatmul;
using testing::kToPost;
using testing::kToStore;
using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::With;

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

class Conflicts {
 public:
  explicit Conflicts(AreaRun* run) : run_(run), c_(run->config()), area_(c_) {
    while (!(c_.roundings >> mode_ & 1)) ++mode_;
  }

  // MATMUL and STORE read, from one group and from two.
  void Readers() {
    for (const bool column : Modes()) {
      for (const bool same : Places()) {
        ProgramBuilder b = Begin(fmt::format("MATMUL{} and STORE {}", InMode(column), Where(same)),
                                 "systole_act_buffer, systole_act_span");
        b.Add(With(LongMatmul(column), {{field::kPopLoad, 1}, {field::kMmFirst, 1}}));
        b.Add(With(Again(Opcode::kStore, kOut, same ? area_.in() : area_.out()),
                   {{field::kPopLoad, 1}}));
        End(&b, same, 1, 2);
      }
    }
  }

  // POST reads activations, and MATMUL or STORE does.
  void PostReaders() {
    for (const Opcode opcode : OfActivations()) {
      for (const bool same : Places()) {
        // Written where nothing is read: writers are another case.
        const Instruction post =
            With(LongPostAct(opcode, same ? area_.in() : area_.out()), {{field::kPopLoad, 1}});
        const auto begin = [&](const std::string& other) {
          return Begin(fmt::format("{} and {} read, {}", OpcodeName(opcode), other, Where(same)),
                       "systole_act_buffer, systole_post");
        };
        for (const bool column : Modes()) {
          ProgramBuilder b = begin("MATMUL" + InMode(column));
          b.Add(With(LongMatmul(column), {{field::kPopLoad, 1}, {field::kMmFirst, 1}}));
          b.Add(post);
          End(&b, same, 1, 2);
        }
        ProgramBuilder b = begin("STORE");
        b.Add(With(Again(Opcode::kStore, kOut, area_.in()), {{field::kPopLoad, 1}}));
        b.Add(post);
        End(&b, same, 2, 3);
      }
    }
  }

  // LOAD and POST write.
  void Writers() {
    std::vector<Opcode> writers = OfActivations();
    writers.push_back(Opcode::kPost);
    for (const Opcode opcode : writers) {
      for (const bool same : Places()) {
        ProgramBuilder b =
            Begin(fmt::format("LOAD and {} write, {}", OpcodeName(opcode), Where(same)),
                  "systole_act_buffer, systole_act_span, systole_post");
        b.Add(With(opcode == Opcode::kPost ? LongPost() : LongPostAct(opcode, area_.out()),
                   {{field::kPopLoad, 1}}));
        b.Add(Again(Opcode::kLoadAct, kData, same ? area_.out() : area_.in()));
        End(&b, same, 2, 2);
      }
    }
  }

  // MATMUL and POST read sums of one half, and of two.
  void Halves() {
    for (bool same : {true, false}) {
      ProgramBuilder b = Begin(same ? "MATMUL and POST on one half" : "MATMUL and POST apart",
                               "systole_accumulator, systole_accumulators");
      b.Add(With(LongMatmul(false), {{field::kPopLoad, 1}}));
      b.Add(With(LongPost(), {{field::kPopLoad, 1}, {field::kPoHalf, same ? 0u : 1u}}));
      End(&b, same, 1, 2);
    }
  }

  // A sum that is still on its way into its entry; and three slots later, when it is there.
  void Entries() {
    for (const bool column : Modes()) {
      const Instruction first =
          With(LongMatmul(column), {{field::kMmFirst, 1}, {field::kPopLoad, 1}});
      const int m = static_cast<int>(first.Get(field::kMmNx));
      for (int distance = 1; distance <= 3; ++distance) {
        const bool bad = distance < 3;
        ProgramBuilder b =
            Begin(fmt::format("an entry {} slots after its sum{}", distance, InMode(column)),
                  "systole_slot_guard, systole_accumulator");
        b.Add(first);
        b.Add(InModeOf(column, With(MakeMatmul(1, 1, 1), {{field::kMmBase, U(area_.in())},
                                                          {field::kMmAccBase, U(m - distance)}})));
        End(&b, bad, 1, 3);
      }
    }
  }

  void Lanes() {
    for (bool bad : {true, false}) {
      ProgramBuilder b(c_, bad ? "conflicts, two lanes in one bank" : "conflicts, lanes apart",
                       "systole_gather", 1);
      std::vector<uint16_t> offsets(U(c_.rows));
      for (int j = 0; j < c_.rows; ++j) offsets[U(j)] = static_cast<uint16_t>(j);
      // The last lane: one bank off, in the bank of another lane or of none.
      if (bad) offsets.back() = static_cast<uint16_t>(c_.rows - 2);
      b.LoadKtab(0, {offsets});
      b.Then(With(
          MakeMatmul(1, 1, 1),
          {{field::kMmFirst, 1}, {field::kMmBase, U(area_.in())}, {field::kMmKlast, U(c_.rows)}}));
      if (bad) b.result().expect = {ErrorCode::kConflict, 1, 2};
      run_->Try(b.result());
    }
  }

  // The last used lane in the buffer's last byte, and one past it. Lanes that are not used may be
  // anywhere.
  void Ends() {
    for (int lanes : {c_.rows, 1}) {
      for (int past = 0; past < 2; ++past) {
        ProgramBuilder b(c_,
                         fmt::format("conflicts, lane {} {} of the activation buffer", lanes - 1,
                                     past ? "past the end" : "in the last byte"),
                         "systole_gather, systole_matmul_control", 1);
        std::vector<uint16_t> offsets;
        for (int j = 0; j < c_.rows; ++j) offsets.push_back(static_cast<uint16_t>(j));
        b.LoadKtab(0, {offsets});
        b.Then(With(MakeMatmul(1, 1, 1), {{field::kMmFirst, 1},
                                          {field::kMmBase, U(c_.ActBytes() - lanes + past)},
                                          {field::kMmKlast, U(lanes)}}));
        if (past) b.result().expect = {ErrorCode::kBufferRange, 1, 2};
        run_->Try(b.result());
      }
    }
    if (c_.acc_depth == 1024) {
      run_->Skip("a Post past the accumulators: ACC_DEPTH=1024 has every entry");
      return;
    }
    for (int past = 0; past < 2; ++past) {
      ProgramBuilder b = Begin(past ? "a tap past the accumulators" : "a tap in the last entry",
                               "systole_post, systole_post_walker");
      b.Add(With(MakePost(2), {{field::kPopLoad, 1},
                               {field::kPoOut, U(area_.out())},
                               {field::kPoRounding, U(mode_)},
                               {field::kPoSx, 1},
                               {field::kPoEsX, 1},
                               {field::kPoAccBase, U(c_.acc_depth - 2 + past)}}));
      if (past) b.result().expect = {ErrorCode::kBufferRange, 2, 2};
      run_->Try(b.result());
    }
  }

 private:
  // Lines of a byte each, all at one place of the buffer: one group, however small.
  Instruction Again(Opcode opcode, uint64_t address, int buffer) const {
    return With(MakeTransfer(opcode, address, 1, 60, U(c_.AxiBytes())),
                {{field::kLsBuf, U(buffer)}, {field::kLsBufStride, 0}});
  }

  // Dense, and in column mode where it is built.
  std::vector<bool> Modes() const {
    return c_.taps == 0 ? std::vector<bool>{false} : std::vector<bool>{false, true};
  }
  static std::string InMode(bool column) { return column ? " in column mode" : ""; }
  static Instruction InModeOf(bool column, const Instruction& matmul) {
    return column ? InColumnMode(matmul, 1, 1) : matmul;
  }
  // On one group; and on two where there are two.
  std::vector<bool> Places() const {
    return c_.act_groups == 1 ? std::vector<bool>{true} : std::vector<bool>{true, false};
  }
  static const char* Where(bool same) { return same ? "on one group" : "apart"; }

  std::vector<Opcode> OfActivations() const {
    std::vector<Opcode> all;
    if (c_.post_act != 0) all.push_back(Opcode::kPostAct);
    if (c_.add_unit != 0 && c_.ParRows() >= SumRows(c_)) all.push_back(Opcode::kPostActAdd);
    return all;
  }

  // Reads the activation buffer for at least 30 cycles, where the buffers allow.
  Instruction LongMatmul(bool column) const {
    const int m = std::min(c_.acc_depth, 40);
    return InModeOf(column, With(MakeMatmul(U(m), U(std::min(c_.WgtRows(), 8)), 1),
                                 {{field::kMmBase, U(area_.in())}}));
  }

  // A byte at `from` again and again, to one byte of the other half.
  Instruction LongPostAct(Opcode opcode, int from) const {
    Instruction i = testing::Make(opcode, {{field::kPoRounding, U(mode_)},
                                           {field::kPoNx, 200},
                                           {field::kPoNy, 1},
                                           {field::kPaNchan, 1},
                                           {field::kPaSrc, U(from)},
                                           {field::kPoOut, U(area_.out())},
                                           {field::kPoHi, 127}});
    if (opcode == Opcode::kPostActAdd) return With(i, {{field::kPbSrc, U(from)}});
    return With(i, {{field::kPaNtx, 1}, {field::kPaNty, 1}});
  }

  // Entry 0 again and again; parameters multiply by 0.
  Instruction LongPost() const {
    return With(
        MakePost(200),
        {{field::kPoOut, U(area_.out())}, {field::kPoRounding, U(mode_)}, {field::kPoSx, 1}});
  }

  ProgramBuilder Begin(const std::string& name, const char* look) {
    ProgramBuilder b(c_, "conflicts, " + name, look, 1);
    std::vector<uint16_t> offsets;
    for (int j = 0; j < c_.rows; ++j) offsets.push_back(static_cast<uint16_t>(j));
    b.LoadKtab(0, {offsets});
    const bool adds = c_.ParRows() >= SumRows(c_);
    b.LoadPar(0, std::vector<Channel>(adds ? 3 : 1, Channel{0, 0, 31}));
    b.result().code.back().Set(field::kPush, kToMatmul | kToPost | kToStore);
    return b;
  }

  void End(ProgramBuilder* b, bool bad, int engine, uint32_t index) {
    if (bad) b->result().expect = {ErrorCode::kConflict, engine, index};
    run_->Try(b->result());
  }

  AreaRun* run_;
  HwConfig c_;
  WorkArea area_;
  int mode_ = 0;
};

}  // namespace

void CheckConflicts(AreaRun* run) {
  Conflicts c(run);
  c.Readers();
  c.PostReaders();
  c.Writers();
  c.Halves();
  c.Entries();
  c.Lanes();
  c.Ends();
}

}  // namespace systole::check
