#include "sw/nest/nest_counts.h"

#include <algorithm>
#include <functional>

namespace systole::nest {
namespace {

using timeloop::Counts;
using timeloop::Evaluation;

int64_t Whole(double words) { return static_cast<int64_t>(words); }

// Adds a change unless it is none; of one rule there is one.
void Add(const char* rule, int64_t amount, std::vector<Change>* changes) {
  if (amount == 0) return;
  for (Change& change : *changes) {
    if (change.rule != rule) continue;
    change.amount += amount;
    return;
  }
  changes->push_back({rule, amount});
}

// A loop of the machine's order: the positions, the slices, the loops around instructions. How
// often it moves on (all in all), and what Timeloop's walk says comes then, words of one tile.
struct Move {
  StepLoop loop;
  bool inside;  // an instruction
  int64_t times;
  int64_t words;
};

// A tensor's tile in time, by Timeloop's rule: the innermost loop's step keeps what overlaps; where
// an outer loop moves on, the inner ones go back by one step each, and the tile is thrown away
// unless what results is the innermost loop's step again.
class Walk {
 public:
  // `lengths`, and by dimension the axis and the distance of an index.
  struct Axis {
    int axis = -1;
    int64_t step = 0;
  };
  Walk(std::vector<int64_t> lengths, std::vector<Axis> by_dim)
      : lengths_(std::move(lengths)), by_dim_(std::move(by_dim)) {
    for (const int64_t length : lengths_) volume_ *= length;
  }
  int64_t volume() const { return volume_; }

  // Words when loop `j` of Timeloop's (innermost first) moves on.
  int64_t Words(const std::vector<StepLoop>& loops, size_t j) const {
    const std::vector<int64_t> inner = Step(loops[0]);
    if (j == 0) return New(inner);
    std::vector<int64_t> move = Step(loops[j]);
    for (size_t i = 0; i < j; ++i) {
      const std::vector<int64_t> back = Step(loops[i]);
      for (size_t a = 0; a < move.size(); ++a) move[a] -= back[a];
    }
    return move == inner ? New(inner) : volume_;
  }

 private:
  std::vector<int64_t> Step(const StepLoop& loop) const {
    std::vector<int64_t> step(lengths_.size(), 0);
    const Axis& axis = by_dim_[loop.dim];
    if (axis.axis >= 0) step[static_cast<size_t>(axis.axis)] = axis.step * loop.unit;
    return step;
  }
  int64_t New(const std::vector<int64_t>& move) const {
    int64_t kept = 1;
    bool moved = false;
    for (size_t a = 0; a < move.size(); ++a) {
      moved |= move[a] != 0;
      kept *= std::max<int64_t>(0, lengths_[a] - std::abs(move[a]));
    }
    return moved ? volume_ - kept : 0;
  }

  std::vector<int64_t> lengths_;
  std::vector<Axis> by_dim_;
  int64_t volume_ = 1;
};

class Account {
 public:
  Account(const NestPlan& plan, const timeloop::Problem& problem, const Evaluation& evaluation)
      : p_(plan), m_(plan.nest.map), e_(evaluation) {
    weights_ = problem.FindTensor("Weights");
    inputs_ = problem.FindTensor("Inputs");
    outputs_ = problem.FindTensor("Outputs");
    for (const StepLoop& loop : p_.nest.loops) steps_ *= loop.bound;
    elements_ = m_.Elements();
  }

  std::vector<Quantity> Run() {
    Sums();
    Weights();
    Inputs();
    Outside();
    return std::move(list_);
  }

 private:
  enum Level { kPsum, kWeights, kIfmap, kGlb = 5, kDram = 6 };

  const Counts& Of(int level, int tensor) const {
    return e_.levels[static_cast<size_t>(level)].tensors[tensor];
  }
  int64_t Instances(int level) const { return e_.levels[static_cast<size_t>(level)].instances; }

  Quantity& Begin(const char* level, const char* what, double timeloop, int64_t instances,
                  const char* action) {
    Quantity& q = list_.emplace_back();
    q.level = level;
    q.what = what;
    q.timeloop = Whole(timeloop) * instances;
    q.action = action;
    return q;
  }

  // Iterations of all loops outside the innermost ones that do not move the tensor, from loop
  // `first` of the nest on.
  int64_t Visits(size_t first, const std::function<bool(Dim)>& moves) const {
    size_t i = first;
    while (i < p_.nest.loops.size() && !moves(p_.nest.loops[i].dim)) ++i;
    int64_t visits = 1;
    for (; i < p_.nest.loops.size(); ++i) visits *= p_.nest.loops[i].bound;
    return visits;
  }
  size_t FirstOfMemory() const {
    size_t i = 0;
    while (i < p_.nest.loops.size() && !p_.nest.loops[i].memory) ++i;
    return i;
  }

  void Sums() {
    const int64_t products = steps_ * m_.Cycles() * elements_, last = steps_ * m_.m0 * elements_;
    const Counts& spad = Of(kPsum, outputs_);
    Quantity& reads = Begin("psum_spad", "sums read", spad.reads, Instances(kPsum), "psum_read");
    reads.machine = products - last;
    Add("first round", spad.partition * Instances(kPsum) - last, &reads.changes);
    Quantity& updates =
        Begin("psum_spad", "sums written", spad.updates, Instances(kPsum), "psum_write");
    updates.machine = products - last;
    Add("chain", -last, &updates.changes);
    Quantity& fills = Begin("psum_spad", "sums filled", spad.fills, Instances(kPsum), "");
    Add("sums join below", -fills.timeloop, &fills.changes);

    const int64_t width = m_.Channels() * m_.ColumnsUsed(), outputs = p_.nest.Outputs();
    const auto moves = [](Dim d) { return !Reduces(d); };
    const int64_t later = (steps_ - Visits(0, moves)) * width;
    const Counts& glb = Of(kGlb, outputs_);
    Quantity& arrive = Begin("accumulators", "sums written", glb.updates, 1, "sum_write");
    arrive.machine = steps_ * width;
    Add("every step drains", later, &arrive.changes);
    Quantity& old = Begin("accumulators", "sums read", glb.reads, 1, "sum_read");
    old.machine = steps_ * width - outputs;
    Add("every step drains", later, &old.changes);
    Quantity& back = Begin("accumulators", "sums filled", glb.fills, 1, "");
    Add("sums stay on chip", -back.timeloop, &back.changes);
  }

  void Weights() {
    const int64_t cycles = m_.Cycles();
    Quantity& reads =
        Begin("weights_spad", "words read", Of(kWeights, weights_).reads, elements_, "filter_read");
    reads.machine = steps_ * cycles * elements_;
    const int64_t tiles = Visits(0, MovesWeights), sets = p_.Instructions() * p_.slices.bound;
    Quantity& fills = Begin("weights_spad", "words filled", Of(kWeights, weights_).fills, elements_,
                            "filter_fill");
    fills.machine = sets * cycles * elements_;
    Add("instruction", (sets - tiles) * cycles * elements_, &fills.changes);

    const int64_t bytes = cycles * m_.m3 * m_.RowsUsed(), row = p_.config.rows;
    Quantity& buffer =
        Begin("weight buffer", "bytes read", Of(kDram, weights_).reads, 1, "weight_read");
    buffer.machine = sets * cycles * m_.m3 * row;
    Add("instruction", (sets - tiles) * bytes, &buffer.changes);
    Add("whole rows", sets * cycles * m_.m3 * (row - m_.RowsUsed()), &buffer.changes);

    // Blocks of resident weights: loaded when another one is needed.
    const int64_t loaded = p_.WeightLoads() * p_.block_rows;
    Quantity& load =
        Begin("DRAM", "bytes of weights read", Of(kDram, weights_).reads, 1, "weight_write");
    load.machine = loaded * row;
    Add("weights stay on chip", loaded * m_.RowsUsed() - tiles * bytes, &load.changes);
    Add("whole rows", loaded * (row - m_.RowsUsed()), &load.changes);
  }

  // Loops of the machine's order with Timeloop's words.
  std::vector<Move> Moves(const Walk& walk) const {
    std::vector<Move> moves;
    const auto add = [&](const StepLoop& loop, bool inside) {
      if (loop.bound == 1) return;
      size_t j = 0;  // the nest's loop that it is, or a part of
      while (p_.nest.loops[j].dim != loop.dim || p_.nest.loops[j].memory != loop.memory) ++j;
      moves.push_back({loop, inside, 0, walk.Words(p_.nest.loops, j)});
    };
    for (const StepLoop* loop : {&p_.x, &p_.y, &p_.b, &p_.slices}) add(*loop, true);
    for (const StepLoop& loop : p_.around) add(loop, false);
    int64_t outside = 1;
    for (size_t i = moves.size(); i-- > 0;) {
      moves[i].times = (moves[i].loop.bound - 1) * outside;
      outside *= moves[i].loop.bound;
    }
    return moves;
  }

  void Inputs() {
    const bool dw = m_.depthwise;
    std::vector<Walk::Axis> axes(kDims);  // of an element's tile: channels, columns, rows, images
    axes[dw ? kM : kC] = {0, 1};
    axes[kR] = {1, 1}, axes[kP] = {1, m_.ws};
    axes[kS] = {2, 1}, axes[kQ] = {2, m_.hs};
    axes[kN] = {3, 1};
    const Walk walk({m_.c1, m_.r1, 1, 1}, axes);
    int64_t timeloop = walk.volume(), machine = m_.Words();
    std::vector<Change> words;  // of one element
    for (const Move& move : Moves(walk)) {
      const bool slides = move.inside && IsX(move.loop);
      const int64_t comes = slides ? m_.Slide() : m_.Words();
      timeloop += move.times * move.words;
      machine += move.times * comes;
      Add(move.inside ? "whole window" : "instruction", move.times * (comes - move.words), &words);
    }
    const Counts& spad = Of(kIfmap, inputs_);
    const bool links = spad.link_words != 0;

    Quantity& reads = Begin("ifmap_spad", "words read", spad.reads, elements_, "ifmap_read");
    reads.machine = steps_ * m_.Words() * elements_;
    Add("a word for M0 filters", (steps_ * m_.Words() - steps_ * m_.Cycles()) * elements_,
        &reads.changes);
    if (links)
      Add("neighbours", -(Whole(spad.reads) * elements_ - steps_ * m_.Cycles() * elements_),
          &reads.changes);

    Quantity& fills = Begin("ifmap_spad", "words filled", spad.fills, elements_, "ifmap_fill");
    fills.machine = machine * elements_;
    if (links) Add("neighbours", timeloop * elements_ - fills.timeloop, &fills.changes);
    for (const Change& change : words)
      Add(change.rule.c_str(), change.amount * elements_, &fills.changes);

    // Rows of input that a word's vectors bring: Timeloop's, one for each tap and output row;
    // shared along diagonals; with the rows between, where S1 < Hs.
    const int64_t taps = m_.s1 * m_.q1, all = m_.InputRows(), used = m_.s1 >= m_.hs ? all : taps;
    Quantity& buffer =
        Begin("shared_glb", "bytes of inputs read", Of(kGlb, inputs_).reads, 1, "gather_read");
    buffer.machine = machine * m_.Tags() * all;
    if (links) Add("neighbours", timeloop * m_.Tags() * taps - buffer.timeloop, &buffer.changes);
    Add("diagonals", timeloop * m_.Tags() * (used - taps), &buffer.changes);
    Add("rows between", timeloop * m_.Tags() * (all - used), &buffer.changes);
    for (const Change& change : words)
      Add(change.rule.c_str(), change.amount * m_.Tags() * all, &buffer.changes);
  }
  bool IsX(const StepLoop& loop) const {
    return p_.x.bound > 1 && loop.dim == p_.x.dim && loop.unit == p_.x.unit && !loop.memory;
  }

  // Tiles between memory and the activation buffer.
  void Outside() {
    const ConvNest& n = p_.nest;
    const bool dw = m_.depthwise;
    std::vector<Walk::Axis> axes(kDims);
    axes[dw ? kM : kC] = {0, 1};
    axes[kR] = {1, 1}, axes[kP] = {1, m_.ws};
    axes[kS] = {2, 1}, axes[kQ] = {2, m_.hs};
    axes[kN] = {3, 1};
    const int64_t channels = n.InTile(dw ? kM : kC);
    const Walk walk({channels, p_.columns, p_.lines, p_.images}, axes);
    const size_t first = FirstOfMemory();
    const std::vector<StepLoop> loops(n.loops.begin() + static_cast<long>(first), n.loops.end());
    int64_t timeloop = walk.volume(), outside = 1;
    for (size_t j = loops.size(); j-- > 0;) {
      timeloop += (loops[j].bound - 1) * outside * walk.Words(loops, j);
      outside *= loops[j].bound;
    }
    const int64_t loads = Visits(first, [&](Dim d) { return MovesInputs(d, dw); });
    Quantity& in = Begin("DRAM", "bytes of inputs read", Of(kDram, inputs_).reads, 1, "load_write");
    in.machine = loads * walk.volume() + LeadBytes(loads);
    Add("whole tiles", loads * walk.volume() - timeloop, &in.changes);
    Add("lines begin on beats", LeadBytes(loads), &in.changes);

    const int64_t outputs = n.Outputs();
    int64_t tile = n.InTile(kN) * n.InTile(kM) * n.InTile(kP) * n.InTile(kQ);
    const int64_t spilled = tile * Visits(first, [](Dim d) { return !Reduces(d); });
    const Counts& dram = Of(kDram, outputs_);
    Quantity& written = Begin("DRAM", "bytes of outputs written", dram.updates, 1, "store_read");
    written.machine = outputs;
    Add("sums stay on chip", outputs - spilled, &written.changes);
    Quantity& read = Begin("DRAM", "bytes of outputs read", dram.reads, 1, "");
    Add("sums stay on chip", -(spilled - outputs), &read.changes);
  }

  // Bytes before the tile's columns, up to a whole beat, of all loads.
  int64_t LeadBytes(int64_t loads) const {
    int64_t bytes = 0, places = 1;
    std::vector<int64_t> columns = {0};  // of tiles
    for (const StepLoop& loop : p_.nest.loops) {
      if (!loop.memory || !MovesInputs(loop.dim, m_.depthwise)) continue;
      if (loop.dim != kP && loop.dim != kR) continue;
      const int64_t step = loop.unit * (loop.dim == kP ? m_.ws : 1);
      std::vector<int64_t> more;
      for (int64_t i = 0; i < loop.bound; ++i) {
        for (const int64_t column : columns) more.push_back(column + i * step);
      }
      columns = more;
      places *= loop.bound;
    }
    for (const int64_t column : columns) bytes += column * p_.block % p_.config.AxiBytes();
    return bytes * p_.lines * p_.planes * p_.images * (loads / places);
  }

  const NestPlan& p_;
  const RowMapping& m_;
  const Evaluation& e_;
  int weights_ = 0, inputs_ = 0, outputs_ = 0;
  int64_t steps_ = 1, elements_ = 1;
  std::vector<Quantity> list_;
};

}  // namespace

int64_t Quantity::Left() const {
  int64_t left = machine - timeloop;
  for (const Change& change : changes) left -= change.amount;
  return left;
}

std::vector<Quantity> CountsOf(const NestPlan& plan, const timeloop::Problem& problem,
                               const Evaluation& evaluation) {
  return Account(plan, problem, evaluation).Run();
}

Quantity ArrayCycles(const NestPlan& p, const Evaluation& evaluation) {
  const RowMapping& m = p.nest.map;
  const RowArray a = p.array();
  const int64_t lines = p.y.bound * p.b.bound, instructions = p.Instructions(),
                slices = p.slices.bound;
  const int64_t slide = StepLength(m, m.Slide(), a), whole = StepLength(m, m.Words(), a),
                run = (p.x.bound - 1) * lines * slide + (lines - 1) * whole,
                set = std::max(run + whole, m.WeightRows()), first = FirstStep(m, a),
                settle = Settle(m, a);
  Quantity q;
  q.level = "cycles";
  q.what = "array busy";
  q.timeloop = Whole(evaluation.cycles);
  q.machine = instructions * (first + (slices - 1) * set + run + settle);
  int64_t steps = 1;
  for (const StepLoop& loop : p.nest.loops) steps *= loop.bound;
  Add("bandwidth", steps * m.Cycles() - q.timeloop, &q.changes);
  Add("vectors and drain",
      instructions * (slices * (p.x.bound - 1) * lines * (slide - m.Cycles()) +
                      (slices * lines - 1) * (whole - m.Cycles())),
      &q.changes);
  Add("weights late", instructions * (slices - 1) * (set - run - whole), &q.changes);
  Add("first window", instructions * first, &q.changes);
  Add("last step", instructions * (settle - m.Cycles()), &q.changes);
  return q;
}

const std::vector<Rule>& Rules() {
  static const std::vector<Rule> rules = {
      {"first round", "the first product of a filter in a step reads no sum, at every visit"},
      {"chain", "the last product of a filter in a step goes to the chain, not to the spad"},
      {"sums join below", "earlier sums are added in the accumulators, none comes back up"},
      {"every step drains", "a step's sums leave the array, also where the next adds to the same"},
      {"sums stay on chip", "the accumulators hold them until they are complete"},
      {"instruction", "a RowConv begins with a whole window and a set of weights of its own"},
      {"whole rows", "a weight row has a byte for each of ROWS rows, used or not"},
      {"weights stay on chip", "the weight buffer is between memory and the spads"},
      {"whole window", "only the innermost loop over P keeps what overlaps"},
      {"a word for M0 filters", "an input word is read once and meets M0 weights"},
      {"neighbours", "Timeloop has words come from a neighbour; elements have no such wires"},
      {"diagonals", "elements of a diagonal take their word from one byte"},
      {"rows between", "vectors bring the rows between taps, too, where S in the array < Hstride"},
      {"whole tiles", "LOAD brings a tile whole, also what overlaps the one before"},
      {"lines begin on beats", "LOAD reads from the beat on in which a tile's line begins"},
      {"bandwidth", "Timeloop has one bandwidth for inputs and sums; here each has its port"},
      {"vectors and drain", "a step takes max(W, J, D V, 3) cycles, not W"},
      {"weights late", "a set of weights takes M3 W cycles to load"},
      {"weights announced", "a SyncMatmul that finds the array at rest takes a cycle"},
      {"first window", "1 + RC V cycles before a RowConv's first step"},
      {"last step", "max(W + (M2 - 1) M0, RS_ROWS - 2) cycles after it, not W"},
  };
  return rules;
}

}  // namespace systole::nest
