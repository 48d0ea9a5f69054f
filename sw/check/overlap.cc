#include "sw/check/overlap.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sw/check/activation_draw.h"
#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/row_tile.h"
#include "sw/check/tile.h"

namespace systole::check {
namespace {

using testing::kToLoad;
using testing::kToMatmul;
using testing::kToPost;
using testing::kToStore;
using testing::Make;
using testing::MakeTransfer;

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

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

// Parameter rows behind a tile's own: those of an addition, then one for pools. -1: what is not
// built, or has no room.
struct ActivationRows {
  int sum = -1, pool = -1;

  ActivationRows(const HwConfig& c, const Slots& slots) {
    const int own = ParameterRows(c);
    if (c.post_act == 0) return;
    if (own < slots.par) pool = own;
    if (c.add_unit != 0 && own + SumRows(c) < slots.par) sum = own + 1;
  }
};

// Instructions of POST on what the tile's Posts wrote: a pool, an addition before it in every other
// tile. Bytes go from one half of [out, out + room) to the other.
class Activations {
 public:
  Activations(ProgramBuilder* b, const Slots& slots, int par)
      : b_(b), draw_(b, 1), has_(b->config(), slots), par_(par) {}
  bool any() const { return has_.pool >= 0; }

  void LoadChannels() {
    mode_ = AnyMode(b_);
    b_->LoadPar(par_ + has_.pool, std::vector<Channel>(U(b_->config().lanes), PoolChannel(b_)));
    if (has_.sum < 0) return;
    b_->LoadPar(par_ + has_.sum, SumChannels(b_, static_cast<Rounding>(mode_), &zy_));
  }

  std::vector<Instruction> Draw(int k, int out, int room) {
    const int half = room / 2, first = b_->Below(2) == 0 ? out : out + half,
              second = 2 * out + half - first;
    std::vector<Instruction> all;
    if (has_.sum >= 0 && k % 2 == 1)
      all.push_back(draw_.Add(first, second, half, mode_, zy_, par_ + has_.sum));
    all.push_back(draw_.Pool(second, first, half, AnyMode(b_)));
    all.back().Set(field::kPoPar, U(par_ + has_.pool));
    for (Instruction& i : all) i.Set(field::kPaAfter, 1);
    return all;
  }

 private:
  ProgramBuilder* b_;
  ActivationDraw draw_;
  const ActivationRows has_;
  int par_, mode_ = 0, zy_ = 0;
};

// Tokens of STORE, one a tile, that POST has taken.
struct Stored {
  int tiles = 0;
};

void AddTile(ProgramBuilder* b, const Slots& slots, int k, Stored* stored) {
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
  Activations activations(b, slots, rows.par);
  if (activations.any()) activations.LoadChannels();
  Give(&code.back(), kToMatmul | kToPost);
  // A Matmul's weights are read before its tokens are there: a Sync ahead of it waits for them.
  b->Add(Make(Opcode::kSyncMatmul, {{field::kPopLoad, 1}}));
  if (k >= 2 || again) Take(&matmul, Engine::kPost);
  Give(&matmul, kToLoad | kToPost);
  if (c.taps != 0 && k % 2 == 1 && shape.columns <= c.rows)
    matmul = InColumnMode(matmul, shape.columns, b->Between(1, c.TapRows()));
  b->Add(matmul);

  const int out = b->area().out() + slot * slots.out;
  std::vector<Instruction> posts;
  for (int p = b->Between(1, 3); p > 0; --p)
    posts.push_back(RandomPost(b, shape, rows, out, slots.out));
  if (activations.any()) {
    for (const Instruction& i : activations.Draw(k, out, slots.out)) posts.push_back(i);
  }
  Take(&posts.front(), Engine::kMatmul), Take(&posts.front(), Engine::kLoad);
  // The slot is free; and where POST reads, STORE reads nothing any more.
  const int free = activations.any() ? k : std::max(0, k - slots.depth + 1);
  for (; stored->tiles < free; ++stored->tiles) Take(&posts.front(), Engine::kStore);
  Give(&posts.back(), kToLoad | kToMatmul | kToStore);
  for (const Instruction& i : posts) b->Add(i);

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
  if (config.engine != 0) return RowTiles(config, name, tiles, seed);
  ProgramBuilder b(config, name, "the engine's files, systole_tokens, systole_act_buffer", seed);
  b.set_chained(false);
  const Slots slots(config, b.area());
  Stored stored;
  for (int k = 0; k < tiles; ++k) AddTile(&b, slots, k, &stored);
  return b.result();
}

void CheckOverlap(AreaRun* run) {
  if (run->config().engine != 0)
    return run->Skip("all engines at once: with ENGINE=row the tests' random programs do it");
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
