// What the verilated POST engine refuses, with which code, when, and that nothing of it is written.
#include <gtest/gtest.h>

#include <functional>

#include "post_bench.h"
#include "post_models.h"
#include "sw/arith/rounding.h"

namespace systole {
namespace {

constexpr uint64_t kSeed = 1618;

// Four pixels of four channels, one tap each, entries 0..3.
Instruction Legal() {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kPost));
  i.Set(field::kPoNx, 2);
  i.Set(field::kPoNy, 2);
  i.Set(field::kPoNtx, 1);
  i.Set(field::kPoNty, 1);
  i.Set(field::kPoEsX, 1);
  i.Set(field::kPoEsY, 2);
  i.Set(field::kPoNchan, 2);
  i.Set(field::kPoSx, 2);
  i.Set(field::kPoSy, 4);
  i.Set(field::kPoRounding, static_cast<uint64_t>(Rounding::kHalfAway));
  i.Set(field::kPoLo, 0x80);
  i.Set(field::kPoHi, 0x7F);
  return i;
}

Instruction With(Field f, uint64_t value) {
  Instruction i = Legal();
  i.Set(f, value);
  return i;
}

Instruction Sync() {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncPost));
  return i;
}

// The legal instruction, then `bad` whose tokens come late, then another legal one. The error comes
// in the cycle in which `bad` would have been issued; only the first instruction does anything.
template <typename Model>
void ExpectRefused(const char* name, const Instruction& bad, ErrorCode code) {
  SCOPED_TRACE(name);
  PostBench<Model> bench(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  for (const int64_t tokens : {int64_t{0}, int64_t{30}}) {
    bench.Forget();
    const int64_t start = bench.cycle;
    bench.items = {{Legal(), 5, 0, 0}, {bad, 6, 0, start + tokens}, {Legal(), 7, 0, 0}};
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(60));
    ASSERT_EQ(bench.errors.size(), 1u);
    EXPECT_EQ(bench.errors[0].code, static_cast<int>(code));
    EXPECT_EQ(bench.errors[0].pc, 6u);
    EXPECT_EQ(bench.errors[0].cycle, start + (tokens > 4 ? tokens : 4));
    ASSERT_EQ(bench.issues.size(), 1u);
    EXPECT_EQ(bench.reads.size(), 4u);
    EXPECT_EQ(bench.retires.size(), 1u);
    const auto expected = PostWrites(Legal(), bench.config, bench.state);
    ASSERT_EQ(bench.writes.size(), expected.size());
    for (size_t k = 0; k < expected.size(); ++k) {
      EXPECT_EQ(bench.writes[k].address, expected[k].address);
      EXPECT_EQ(bench.writes[k].bytes, expected[k].bytes);
    }
    bench.Clear(false);
  }
}

TEST(PostErrorTest, IllegalFieldsAreRefused) {
  const ErrorCode bad = ErrorCode::kBadField;
  ExpectRefused<C16L8>("Nx", With(field::kPoNx, 0), bad);
  ExpectRefused<C16L8>("Ny", With(field::kPoNy, 0), bad);
  ExpectRefused<C16L8>("Ntx", With(field::kPoNtx, 0), bad);
  ExpectRefused<C16L8>("Nty", With(field::kPoNty, 0), bad);
  ExpectRefused<C16L8>("Nchan", With(field::kPoNchan, 0), bad);
  ExpectRefused<C16L8>("Nchan 17", With(field::kPoNchan, 17), bad);
  ExpectRefused<C7L7>("Nchan 8", With(field::kPoNchan, 8), bad);
  ExpectRefused<C2L2>("Nchan 3", With(field::kPoNchan, 3), bad);
  ExpectRefused<C16L8>("rounding 6", With(field::kPoRounding, 6), bad);
  ExpectRefused<C16L8>("rounding 7", With(field::kPoRounding, 7), bad);
  ExpectRefused<C16L8>("own push", With(field::kPush, 4), bad);
  for (int own = 1; own < 8; ++own)
    ExpectRefused<C16L8>("own pop", With(field::kPopPost, own), bad);
  for (int mode : {1, 3, 5, 6, 7})
    ExpectRefused<C2L2>("rounding not built", With(field::kPoRounding, mode), bad);
  for (int zw : {1, 127, 128, 255})
    ExpectRefused<C2L2>("Zw without row sum", With(field::kPoZw, zw), bad);
  for (int push : {1, 2, 4, 8}) {
    Instruction sync = Sync();
    sync.Set(field::kPush, push);
    ExpectRefused<C16L8>("sync push", sync, bad);
  }
  Instruction sync = Sync();
  sync.Set(field::kPopPost, 1);
  ExpectRefused<C16L8>("sync own pop", sync, bad);
  // BadField comes before BufferRange.
  Instruction both = With(field::kPoPar, 2047);
  both.Set(field::kPoNx, 0);
  ExpectRefused<C16L8>("both", both, bad);
}

TEST(PostErrorTest, OtherOpcodesAreRefused) {
  for (int opcode : {0x00, 0x20, 0x31, 0x3E, 0x40, 0xFF}) {
    ExpectRefused<C16L8>("opcode", With(field::kOpcode, opcode), ErrorCode::kBadOpcode);
  }
}

TEST(PostErrorTest, RangesAreRefusedOneBytePastTheEnd) {
  const ErrorCode range = ErrorCode::kBufferRange;
  const uint64_t act = 32 * 1024;
  ExpectRefused<C16L8>("Out", With(field::kPoOut, act - 7), range);  // 4 pixels of 2 bytes: 8 bytes
  ExpectRefused<C16L8>("Out max", With(field::kPoOut, 0xFFFFFF), range);
  ExpectRefused<C7L7>("Out of 4 KiB", With(field::kPoOut, 4096 - 7), range);
  ExpectRefused<C2L2>("Out of 1 KiB", With(field::kPoOut, 1024 - 7), range);
  ExpectRefused<C16L8>("Sx", With(field::kPoSx, act - 4 - 2 + 1), range);
  ExpectRefused<C16L8>("Sy", With(field::kPoSy, act - 2 - 2 + 1), range);
  // Sums do not wrap at 2^24.
  Instruction wrap = With(field::kPoSy, 0x8000);
  wrap.Set(field::kPoNy, 513);  // 512 * 2^15 = 2^24
  ExpectRefused<C16L8>("2^24", wrap, range);
  Instruction large = With(field::kPoSy, 0xFFFF);
  large.Set(field::kPoSx, 0xFFFF);
  large.Set(field::kPoNx, 1023);
  large.Set(field::kPoNy, 1023);
  large.Set(field::kPoOut, 0xFFFFFF);
  ExpectRefused<C16L8>("largest", large, range);
  // Rows: 64 of 8 lanes; 73 of 7; 102 of 5; 32 of 2.
  ExpectRefused<C16L8>("Par 64", With(field::kPoPar, 64), range);
  ExpectRefused<C16L8>("Par 2047", With(field::kPoPar, 2047), range);
  Instruction chunks = With(field::kPoPar, 63);
  chunks.Set(field::kPoNchan, 9);
  ExpectRefused<C16L8>("Par 63 + 2 chunks", chunks, range);
  ExpectRefused<C7L7>("Par 73", With(field::kPoPar, 73), range);
  ExpectRefused<C2L2>("Par 32", With(field::kPoPar, 32), range);
  chunks.Set(field::kPoPar, 100);
  chunks.Set(field::kPoNchan, 11);
  ExpectRefused<C14L5>("Par 100 + 3 chunks", chunks, range);
}

// The last byte and the last row are used.
template <typename Model>
void ExpectAccepted(const char* name, const Instruction& i) {
  SCOPED_TRACE(name);
  PostBench<Model> bench(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  bench.Forget();
  bench.items = {{i, 5, 0, 0}};
  ASSERT_NO_FATAL_FAILURE(bench.RunFor(60));
  EXPECT_TRUE(bench.errors.empty());
  const auto expected = PostWrites(i, bench.config, bench.state);
  ASSERT_EQ(bench.writes.size(), expected.size());
  for (size_t k = 0; k < expected.size(); ++k) {
    EXPECT_EQ(bench.writes[k].address, expected[k].address);
    EXPECT_EQ(bench.writes[k].bytes, expected[k].bytes);
  }
}

TEST(PostErrorTest, RangesAreAcceptedUpToTheEnd) {
  const uint64_t act = 32 * 1024;
  ExpectAccepted<C16L8>("Out", With(field::kPoOut, act - 8));
  ExpectAccepted<C7L7>("Out", With(field::kPoOut, 4096 - 8));
  ExpectAccepted<C2L2>("Out", With(field::kPoOut, 1024 - 8));
  ExpectAccepted<C16L8>("Sx", With(field::kPoSx, act - 4 - 2));
  ExpectAccepted<C16L8>("Sy", With(field::kPoSy, act - 2 - 2));
  ExpectAccepted<C16L8>("Par", With(field::kPoPar, 63));
  ExpectAccepted<C7L7>("Par", With(field::kPoPar, 72));
  ExpectAccepted<C2L2>("Par", With(field::kPoPar, 31));
  Instruction chunks = With(field::kPoPar, 100);
  chunks.Set(field::kPoNchan, 10);
  ExpectAccepted<C14L5>("Par", chunks);
  Instruction last_entry = Legal();
  last_entry.Set(field::kPoAccBase, 128 - 4);
  ExpectAccepted<C16L8>("entry", last_entry);
}

// Tap `bad_tap` leaves the accumulators: the error comes in its slot, its pixel is not written,
// earlier ones are.
template <typename Model>
void ExpectEntryError(const Instruction& i, int64_t bad_tap, size_t pixels_before) {
  PostBench<Model> bench(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  bench.Forget();
  const int64_t start = bench.cycle;
  bench.items = {{Legal(), 1, 0, 0}, {i, 2, 0, 0}, {Legal(), 3, 0, 0}};
  ASSERT_NO_FATAL_FAILURE(bench.RunFor(80));
  ASSERT_EQ(bench.errors.size(), 1u);
  EXPECT_EQ(bench.errors[0].code, static_cast<int>(ErrorCode::kBufferRange));
  EXPECT_EQ(bench.errors[0].pc, 2u);
  EXPECT_EQ(bench.errors[0].cycle, start + 4 + 1 + bad_tap);
  EXPECT_EQ(bench.issues.size(), 2u);
  EXPECT_EQ(bench.reads.size(), static_cast<size_t>(4 + bad_tap));
  EXPECT_EQ(bench.writes.size(), 4 + pixels_before);
  EXPECT_EQ(bench.retires.size(), 1u);
  EXPECT_TRUE(bench.inflight.back()) << "what failed does not retire";
  EXPECT_FALSE(bench.busy.back());
}

TEST(PostErrorTest, EntryPastTheAccumulatorsEndsTheInstruction) {
  // Entries 126, 127, 128, 129.
  ExpectEntryError<C16L8>(With(field::kPoAccBase, 126), 2, 2);
  // The first tap; the last tap, in whose cycle the next instruction would be issued.
  ExpectEntryError<C16L8>(With(field::kPoAccBase, 128), 0, 0);
  ExpectEntryError<C16L8>(With(field::kPoAccBase, 125), 3, 3);
  ExpectEntryError<C14L5>(With(field::kPoAccBase, 39), 1, 1);
  ExpectEntryError<C2L2>(With(field::kPoAccBase, 3), 1, 1);
  // Modulo 2^10: 1 - 2 = 1023.
  Instruction below = With(field::kPoAccBase, 1);
  below.Set(field::kPoEsX, 1022);
  ExpectEntryError<C16L8>(below, 1, 1);
  // Second tap of the second pixel: entries 124 125 | 126 128.
  Instruction taps = With(field::kPoAccBase, 120);
  taps.Set(field::kPoNtx, 2);
  taps.Set(field::kPoEsX, 4);
  taps.Set(field::kPoEsTx, 4);  // 120 124 | 124 128
  ExpectEntryError<C16L8>(taps, 3, 1);
}

TEST(PostErrorTest, ConflictNamesTheInstructionThatWrites) {
  PostBench<C16L8> bench(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  for (int nth = 1; nth <= 8;
       ++nth) {  // 4 writes of pc 40, 4 of pc 41; the walker is up to ten taps further
    bench.Forget();
    const int64_t start = bench.cycle;
    bench.conflict_at = bench.writes_seen + nth;
    bench.items = {{Legal(), 40, 0, 0},
                   {Legal(), 41, 0, 0},
                   {Legal(), 42, 0, 0},
                   {Legal(), 43, 0, start + 100}};
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(50));
    ASSERT_EQ(bench.errors.size(), 1u);
    EXPECT_EQ(bench.errors[0].code, static_cast<int>(ErrorCode::kConflict));
    EXPECT_EQ(bench.errors[0].pc, nth <= 4 ? 40u : 41u);
    EXPECT_EQ(bench.errors[0].cycle, start + nth + 10);
    EXPECT_EQ(bench.issues.size(), 3u);
    bench.Clear(false);
    bench.conflict_at = -1;
  }
}

// Another engine's error: what is issued goes on, nothing more is issued.
TEST(PostErrorTest, StopLetsTheIssuedInstructionFinish) {
  PostBench<C16L8> bench(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  bench.Forget();
  bench.items = {{Legal(), 1, 0, 0}, {Legal(), 2, 0, 0}};
  ASSERT_NO_FATAL_FAILURE(bench.Cycle());
  ASSERT_EQ(bench.issues.size(), 1u);
  bench.stopped = true;
  ASSERT_NO_FATAL_FAILURE(bench.RunFor(30));
  EXPECT_EQ(bench.issues.size(), 1u);
  EXPECT_EQ(bench.writes.size(), 4u);
  EXPECT_EQ(bench.retires.size(), 1u);
}

}  // namespace
}  // namespace systole
