#include "sw/check/overlap.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/tile.h"

namespace systole::check {
namespace {

using testing::kToLoad;
using testing::kToMatmul;
using testing::kToPost;
using testing::kToStore;
using testing::Make;
using testing::MakeTransfer;

// Room of one of `depth` tiles that are under way.
struct Slots {
  int depth, act, out, weight, ktab, par;

  explicit Slots(const HwConfig& c, const WorkArea& area) {
    const int need_par = ParameterRows(c);
    const int least = 4 * c.Banks() + c.rows + 4 * c.AxiBytes();
    depth = c.act_groups > 1 && area.half() / 2 >= least && c.ParRows() >= 2 * need_par &&
                    c.WgtRows() >= 2 * c.cols && c.KtabRows() >= 2
                ? 2
                : 1;
    act = out = area.half() / depth;
    weight = c.WgtRows() / depth;
    ktab = c.KtabRows() / depth;
    par = c.ParRows() / depth;
  }
};

void Take(Instruction* i, Engine from) {
  const Field f = kPopField[static_cast<int>(from)];
  i->Set(f, i->Get(f) + 1);
}
void Give(Instruction* i, uint64_t mask) { i->Set(field::kPush, i->Get(field::kPush) | mask); }

void AddTile(ProgramBuilder* b, const Slots& slots, int k) {
  const HwConfig& c = b->config();
  const int slot = k % slots.depth;
  const bool again = k >= slots.depth;  // the slot was used before
  const TileRows rows{slot * slots.weight, slot * slots.ktab, slot * slots.par,
                      b->area().in() + slot * slots.act};
  TileShape shape = RandomShape(b, false, {slots.act, slots.weight, slots.ktab});
  shape.half = k % 2;
  std::vector<Instruction>& code = b->result().code;

  const size_t first_load = code.size();
  Instruction matmul = LoadTile(b, shape, k % 3 == 0 ? Operands::kFull : Operands::kSmall, rows);
  if (again) Take(&code[first_load], Engine::kMatmul), Take(&code[first_load], Engine::kPost);
  // One address group has one reader and one writer: the tile before is stored first.
  if (again && c.act_groups == 1) Take(&code[first_load], Engine::kStore);
  Give(&code.back(), kToMatmul | kToPost);
  // A Matmul's weights are read before its tokens are there: a Sync ahead of it waits for them.
  b->Add(Make(Opcode::kSyncMatmul, {{field::kPopLoad, 1}}));
  if (k >= 2 || again) Take(&matmul, Engine::kPost);
  Give(&matmul, kToLoad | kToPost);
  b->Add(matmul);

  const int out = b->area().out() + slot * slots.out;
  const int posts = 1 + b->Below(3);
  for (int p = 0; p < posts; ++p) {
    Instruction post = RandomPost(b, shape, rows, out, slots.out);
    if (p == 0) {
      Take(&post, Engine::kMatmul), Take(&post, Engine::kLoad);
      if (again) Take(&post, Engine::kStore);
    }
    if (p == posts - 1) Give(&post, kToLoad | kToMatmul | kToStore);
    b->Add(post);
  }
  const uint64_t beat = static_cast<uint64_t>(c.AxiBytes());
  const int bytes = b->Between(1, slots.out);
  Instruction store =
      MakeTransfer(Opcode::kStore, kOut + static_cast<uint64_t>(b->Below(3000)) * beat,
                   static_cast<uint64_t>(bytes));
  store.Set(field::kLsBuf, static_cast<uint64_t>(out + b->Below(slots.out - bytes + 1)));
  Take(&store, Engine::kPost);
  Give(&store, c.act_groups == 1 ? kToPost | kToLoad : kToPost);
  b->Add(store);
}

}  // namespace

Case OverlapCase(const HwConfig& config, const std::string& name, int tiles, uint64_t seed) {
  ProgramBuilder b(config, name, "the engine's files, systole_tokens, systole_act_buffer", seed);
  b.set_chained(false);
  const Slots slots(config, b.area());
  for (int k = 0; k < tiles; ++k) AddTile(&b, slots, k);
  return b.result();
}

void CheckOverlap(AreaRun* run) {
  if (run->config().act_groups == 1)
    run->Skip("ACT_GROUPS=1: engines take turns, nothing overlaps in the activation buffer");
  for (int k = 0; k < 24 && run->goes_on(); ++k) {
    const int latency = k % 3 == 0 ? 20 : k % 3 == 1 ? 1 : 100;
    Case c = OverlapCase(run->config(),
                         fmt::format("all engines, program {}, memory latency {}", k, latency), 5,
                         static_cast<uint64_t>(100 + k));
    c.latency = latency;
    run->Try(c);
  }
}

void CheckStalls(AreaRun* run) {
  for (uint64_t seed = 1; seed <= 20 && run->goes_on(); ++seed) {
    Case c = OverlapCase(run->config(), fmt::format("all engines, stalls of seed {}", seed), 5,
                         200 + seed);
    c.latency = 1 + static_cast<int>(seed % 5);
    c.stall = true;
    c.stall_seed = seed;
    run->Try(c);
  }
}

}  // namespace systole::check
