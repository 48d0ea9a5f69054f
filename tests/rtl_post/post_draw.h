// Random instructions of POST, and what a bench saw of them against the law.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "post_bench.h"

namespace systole {

// 0 .. n-1.
int Below(std::mt19937_64& random, int n);

// A legal instruction in range. Small counts are frequent; strides go both ways, modulo their
// width.
Instruction DrawPost(std::mt19937_64& random, const PostConfig& config);

// The same of PostAct and PostActAdd, which the configuration must have.
Instruction DrawPostAct(std::mt19937_64& random, const PostConfig& config);
Instruction DrawPostActAdd(std::mt19937_64& random, const PostConfig& config);

// Any of those that the configuration has.
Instruction DrawAny(std::mt19937_64& random, const PostConfig& config);

inline Instruction Sync() {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncPost));
  return i;
}

// Everything the bench saw, against the law applied to `items` (head of the first: its arrival).
template <typename Model>
void CompareWithLaw(const PostBench<Model>& bench, const std::vector<PostItem>& items) {
  std::vector<PostSeenWrite> writes;
  std::vector<PostRetire> retires;
  std::vector<bool> busy(bench.busy.size()), inflight(bench.busy.size());
  auto mark = [&](std::vector<bool>& v, int64_t from, int64_t to) {
    for (int64_t c = from; c < to; ++c) v.at(c - bench.first_cycle) = true;
  };
  ASSERT_TRUE(bench.errors.empty())
      << "error " << bench.errors[0].code << " pc " << bench.errors[0].pc;
  ASSERT_EQ(bench.issues.size(), items.size());
  int64_t free = 0, previous = -1, retired = -1;
  for (size_t j = 0; j < items.size(); ++j) {
    const Instruction& instr = items[j].instr;
    const int64_t head = std::max(items[j].arrival, previous + 1);
    const bool act = instr.opcode() == Opcode::kPostAct || instr.opcode() == Opcode::kPostActAdd;
    const int64_t after = act && instr.Get(field::kPaAfter) != 0 ? retired + 1 : 0;
    const int64_t issue = std::max({head, free, items[j].tokens, after});
    ASSERT_EQ(bench.issues[j].cycle, issue) << "instruction " << j;
    ASSERT_EQ(bench.issues[j].pc, items[j].pc);
    previous = issue;
    const bool sync = instr.opcode() == Opcode::kSyncPost;
    const int64_t taps = sync ? 1 : PostTaps(instr, bench.config);
    free = issue + taps + (sync ? 0 : PostExtra(instr));
    mark(busy, issue, free);
    if (sync) continue;
    for (const PostWrite& w : PostWrites(instr, bench.config, bench.state)) {
      writes.push_back({issue + w.slot, w.address, w.bytes});
    }
    retired = free + 10;
    retires.push_back({retired, static_cast<int>(instr.Get(field::kPush))});
    mark(inflight, issue + 1, retired + 1);
  }
  ASSERT_EQ(bench.writes.size(), writes.size());
  for (size_t k = 0; k < writes.size(); ++k) {
    ASSERT_EQ(bench.writes[k].cycle, writes[k].cycle) << "write " << k;
    ASSERT_EQ(bench.writes[k].address, writes[k].address) << "write " << k;
    ASSERT_EQ(bench.writes[k].bytes, writes[k].bytes)
        << "write " << k << " cycle " << writes[k].cycle;
  }
  ASSERT_EQ(bench.retires.size(), retires.size());
  for (size_t k = 0; k < retires.size(); ++k) {
    ASSERT_EQ(bench.retires[k].cycle, retires[k].cycle) << "retire " << k;
    ASSERT_EQ(bench.retires[k].push, retires[k].push) << "retire " << k;
  }
  ASSERT_EQ(bench.busy, busy);
  ASSERT_EQ(bench.inflight, inflight);
}

}  // namespace systole
