// Cases worked by hand from docs/timing.md. The arithmetic stands beside each expectation.
//
// With 64-bit beats an instruction has four beats. At latency 1: AR(0) = 1, first beat in 2, r(j) =
// 5 + 4j, D(j) = 6 + 4j where nothing else delays it, so instruction 0 is at its queue's output in
// cycle 7, 1 in 11, 2 in 15.
#include <gtest/gtest.h>

#include "sw/check/instruction_builder.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

using testing::kToLoad;
using testing::kToMatmul;
using testing::kToPost;
using testing::kToStore;
using testing::Make;
using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::With;
using Cycles = std::vector<Cycle>;

Timeline TimesOf(const std::vector<Instruction>& code, int64_t latency = 1,
                 const HwConfig& config = HwConfig{}) {
  return Simulate(code, config, MemoryTiming{latency});
}

TEST(FetchLaw, DeliversAnInstructionEveryFourBeats) {
  const Timeline t = TimesOf(std::vector<Instruction>(9, Make(Opcode::kSyncLoad)), 20);
  // AR(0) = 1, first beat 21, r(0) = 24, D(0) = 25, head 26. AR(1) = 2, its first beat waits for
  // burst 0's last: 21 + 32 = 53, r(8) = 56, D(8) = 57, head 58.
  EXPECT_EQ(t.issue, (Cycles{26, 30, 34, 38, 42, 46, 50, 54, 58}));
  EXPECT_EQ(t.retire, t.issue);
  EXPECT_EQ(t.total, 60);
}

TEST(FetchLaw, WaitsForRoomInItsBufferAtLongLatency) {
  const Timeline t = TimesOf(std::vector<Instruction>(17, Make(Opcode::kSyncLoad)), 100);
  EXPECT_EQ(t.issue[0], 106);  // first beat 101, r 104, D 105
  EXPECT_EQ(t.issue[7], 134);  // D(7) = 133
  EXPECT_EQ(t.issue[8], 138);  // burst 1: 101 + 32 = 133, r 136
  EXPECT_EQ(t.issue[15], 166);
  EXPECT_EQ(t.issue[16], 239);  // AR(2) = D(7) + 1 = 134, first beat 234, r 237, D 238
}

TEST(FetchLaw, FollowsTheBeatWidth) {
  HwConfig narrow, wide;
  narrow.axi_data_width = 32;
  wide.axi_data_width = 128;
  const std::vector<Instruction> code(3, Make(Opcode::kSyncPost));
  EXPECT_EQ(TimesOf(code, 1, narrow).issue, (Cycles{11, 19, 27}));  // r(0) = 2 + 8 - 1 = 9
  EXPECT_EQ(TimesOf(code, 1, wide).issue, (Cycles{5, 7, 9}));       // r(0) = 2 + 2 - 1 = 3
}

TEST(DispatchLaw, AFullQueueBlocksEveryoneBehind) {
  HwConfig config;
  config.queue_depth = 2;
  const Timeline t =
      TimesOf({MakePost(100), MakePost(100), MakePost(100), MakePost(100), Make(Opcode::kSyncLoad)},
              1, config);
  // D: 6, 10, 14 (issue(0) + 1 = 8 is earlier), max(18, issue(1) + 1 = 108) = 108, 109.
  EXPECT_EQ(t.issue, (Cycles{7, 107, 207, 307, 110}));
  EXPECT_EQ(t.retire, (Cycles{117, 217, 317, 417, 110}));
  EXPECT_EQ(t.total, 419);
}

TEST(MatmulLaw, FirstOneShowsItsWeightLoad) {
  const Timeline t = TimesOf({MakeMatmul(20, 2, 16)});
  // pre = 7, wl = 16: issue = 7 + 15. P = 20: retire = 22 + 20 + 20 + 16 + 16 + 5.
  EXPECT_EQ(t.issue, (Cycles{22}));
  EXPECT_EQ(t.retire, (Cycles{99}));
}

TEST(MatmulLaw, HidesTheNextWeightLoadBehindALongLastSlice) {
  const Timeline t = TimesOf({MakeMatmul(20, 2, 16), MakeMatmul(20, 1, 16)});
  // pre(1) = max(head 23, 22 + 1 + 20) = 43; 43 + 15 = 58 < 22 + 40 = 62.
  EXPECT_EQ(t.issue, (Cycles{22, 62}));
}

TEST(MatmulLaw, FewVectorsTakeAsLongAsTheWeights) {
  const Timeline t = TimesOf({MakeMatmul(8, 2, 16), MakeMatmul(8, 2, 16)});
  // P = wl = 16: pre(1) = 22 + 1 + 16 = 39, 39 + 15 = 54 = 22 + 32. retire(0) = 22 + 16 + 8 + 37.
  EXPECT_EQ(t.issue, (Cycles{22, 54}));
  EXPECT_EQ(t.retire[0], 83);
}

TEST(MatmulLaw, ShowsAWeightLoadThatDoesNotFit) {
  // First: wl = 2, P = max(3, 2, 3) = 3, issue = 7 + 1 = 8. Second: pre = max(head 11, 8 + 1) = 11,
  // issue 11 + 15.
  EXPECT_EQ(TimesOf({MakeMatmul(3, 1, 2), MakeMatmul(3, 1, 16)}).issue, (Cycles{8, 26}));
  HwConfig two;
  two.wport = 2;  // wl = min(16, 8)
  EXPECT_EQ(TimesOf({MakeMatmul(3, 1, 2), MakeMatmul(3, 1, 16)}, 1, two).issue, (Cycles{8, 18}));
}

TEST(MatmulLaw, AccumulatorLatencyBoundsTheSlicePeriod) {
  const Timeline t = TimesOf({MakeMatmul(1, 10, 1), MakeMatmul(1, 1, 1)});
  // wl = 1, P = 3: issue(0) = 7; pre(1) = max(11, 7 + 1 + 27 = 35); issue(1) = max(35, 7 + 30)
  // = 37.
  EXPECT_EQ(t.issue, (Cycles{7, 37}));
  EXPECT_EQ(t.retire, (Cycles{7 + 27 + 1 + 37, 37 + 1 + 37}));
}

// docs/timing.md, Output stationary: two tiles of 4 and 3 pixels, 5 vectors, on 4x4.
TEST(MatmulLaw, OutputStationaryByHand) {
  HwConfig c;
  c.rows = c.cols = c.lanes = 4, c.dataflows = 3;
  const LawConfig laws(c, MemoryTiming{});
  const Instruction i = With(MakeMatmul(5, 2, 4), {{field::kMmDataflow, 1}, {field::kMmKlast, 3}});
  const MatmulShape s = ShapeOfMatmul(i, laws);
  EXPECT_EQ(s.period, 8);
  EXPECT_EQ(MatmulSlot(9, 0, 4, s, laws), 14);
  EXPECT_EQ(MatmulSlot(9, 1, 0, s, laws), 18);
  const SumSlots first = SumSlotsOf(i, 9, 0, s, laws), second = SumSlotsOf(i, 9, 1, s, laws);
  EXPECT_EQ(AccumulatorRead(first.first, 0, laws), 21);
  EXPECT_EQ(first.Entry(0), 3);
  EXPECT_EQ(AccumulatorRead(first.Last(), 0, laws), 24);
  EXPECT_EQ(first.Entry(3), 0);
  EXPECT_EQ(AccumulatorRead(second.first, 0, laws), 30);
  EXPECT_EQ(second.Entry(0), 4 + 2);
  EXPECT_EQ(AccumulatorRead(second.Last(), 0, laws), 32);
  EXPECT_EQ(MatmulPreload(0, 9, s, laws), 23);
  EXPECT_EQ(s.Occupancy(), 25 - 9);
  EXPECT_EQ(MatmulRetire(9, s, laws), 38);
  // Fewer vectors than rows - 1 take as long as so many.
  EXPECT_EQ(ShapeOfTiles(1, 1, laws).period, 6);
  EXPECT_EQ(ShapeOfTiles(3, 1, laws).period, 6);
}

// A dataflow that is not built is refused when weights would have been there.
TEST(MatmulLaw, ADataflowThatIsNotBuiltLoadsWeights) {
  for (int dataflows : {1, 3, 5, 7}) {
    HwConfig c;
    c.rows = c.cols = c.lanes = 4, c.dataflows = dataflows;
    const LawConfig laws(c, MemoryTiming{});
    for (uint64_t flow : {1, 2}) {
      const MatmulShape s =
          ShapeOfMatmul(With(MakeMatmul(5, 2, 4), {{field::kMmDataflow, flow}}), laws);
      const int64_t built = flow == 1 ? 1 : 0;
      EXPECT_EQ(s.load, (dataflows >> flow & 1) != 0 ? built : 4) << dataflows << ", " << flow;
    }
  }
}

// docs/timing.md, Input stationary: two tiles of 3 pixels, two slices, 5 filters, on 4x4.
TEST(MatmulLaw, InputStationaryByHand) {
  HwConfig c;
  c.rows = c.cols = c.lanes = 4, c.dataflows = 5;
  const LawConfig laws(c, MemoryTiming{});
  const Instruction i = With(
      MakeMatmul(3, 2, 5),
      {{field::kMmDataflow, 2}, {field::kMmNb, 2}, {field::kMmKlast, 3}, {field::kMmAccInc, 6}});
  const MatmulShape s = ShapeOfMatmul(i, laws);
  EXPECT_EQ(s.period, 5);
  EXPECT_EQ(s.slices, 4);
  EXPECT_EQ(WindowSlot(9, 0, 0, s, laws), 10);
  EXPECT_EQ(WindowSlot(9, 0, 2, s, laws), 12);
  EXPECT_EQ(WindowSlot(9, 1, 0, s, laws), 13);
  EXPECT_EQ(MatmulSlot(9, 0, 0, s, laws), 13);
  EXPECT_EQ(MatmulSlot(9, 3, 4, s, laws), 32);
  EXPECT_EQ(LevelRead(13, laws), 23);
  EXPECT_EQ(9 + s.Occupancy(), 32);
  EXPECT_EQ(Settled(9, s, laws), 37);
  EXPECT_EQ(WeightsFree(9, s, laws), 33);
  EXPECT_EQ(MatmulRetire(9, s, laws), 45);
  EXPECT_EQ(s.macs, 6 * 5 * (4 + 3));
  // Behind it: one of its kind, a dense one of four columns, an output-stationary one.
  c.dataflows = 7;
  const Instruction dense = MakeMatmul(3, 1, 4),
                    tiles = With(MakeMatmul(3, 1, 4), {{field::kMmDataflow, 1}});
  const Cycle first = TimesOf({i, i}, 1, c).issue[0];
  EXPECT_EQ(TimesOf({i, i}, 1, c).issue[1], first + 23);
  EXPECT_EQ(TimesOf({i, dense}, 1, c).issue[1], first + 28);
  EXPECT_EQ(TimesOf({i, tiles}, 1, c).issue[1], first + 28);
}

// A dense Matmul's weights shift in behind an output-stationary one's last vector, in its idle
// slots, and an output-stationary one has none to wait for.
TEST(MatmulLaw, OutputStationaryAndDenseInTurn) {
  HwConfig c;
  c.dataflows = 3;
  const Instruction tiles = With(MakeMatmul(20, 1, 16), {{field::kMmDataflow, 1}}),
                    dense = MakeMatmul(20, 1, 16);
  const Timeline t = TimesOf({tiles, dense, tiles, tiles}, 1, c);
  // P = 20 + 15: issue 7, 42 at the earliest; weights from 7 + 1 + 20 = 28 to 43.
  EXPECT_EQ(t.issue, (Cycles{7, 43, 63, 98}));
  EXPECT_EQ(t.retire[0], 7 + 35 + 37);
}

TEST(MatmulLaw, SyncIssuesWhileTheArrayStreams) {
  const Timeline t =
      TimesOf({MakeMatmul(200, 1, 16), Make(Opcode::kSyncMatmul), MakeMatmul(10, 1, 16)});
  // Sync: head 11, but not before 22 + 1. Third: head max(15, 24) = 24, pre = max(24, 23) = 24, 24
  // + 15 < 22 + 200.
  EXPECT_EQ(t.issue, (Cycles{22, 23, 222}));
  // BUSY from 22 to 222 + 16.
  EXPECT_EQ(t.counters.cycles[1][0], 216);
}

TEST(PostLaw, CountsTapsTimesPixelsTimesChunks) {
  Instruction post =
      With(MakePost(3),
           {{field::kPoNy, 2}, {field::kPoNtx, 2}, {field::kPoNty, 2}, {field::kPoNchan, 9}});
  const Timeline t = TimesOf({post, MakePost(1), Make(Opcode::kSyncPost)});
  // T = 2 * 2 * 3 * 2 * 2 = 48.
  EXPECT_EQ(t.issue, (Cycles{7, 55, 56}));
  EXPECT_EQ(t.retire, (Cycles{65, 66, 56}));
}

// 600 bytes from 0x1010: bursts of 240, 256 and 104 bytes, 30, 32 and 13 beats.
TEST(LoadLaw, BurstsFollowEachOtherWithoutGaps) {
  const Timeline t =
      TimesOf({MakeTransfer(Opcode::kLoadAct, 0x1010, 600), Make(Opcode::kSyncLoad)}, 20);
  // a = 27, 28, 29; data 47..76, 77..108, 109..121.
  EXPECT_EQ(t.issue, (Cycles{26, 30}));  // the Sync: free = 30, head = 30
  EXPECT_EQ(t.retire[0], 122);
  EXPECT_EQ(t.counters.read_beats, 75);
}

TEST(LoadLaw, OutstandingLimitsTheAddresses) {
  HwConfig config;
  const std::vector<Instruction> code{MakeTransfer(Opcode::kLoadAct, 0x1010, 600),
                                      Make(Opcode::kSyncLoad)};
  config.outstanding = 2;
  Timeline t = TimesOf(code, 20, config);
  EXPECT_EQ(t.issue[1], 78);  // a(2) = e(0) + 1 = 77; data from max(97, 109): not later
  EXPECT_EQ(t.retire[0], 122);
  config.outstanding = 1;
  t = TimesOf(code, 100, config);
  // issue 106, a(0) = 107, data 207..236; a(1) = 237, data 337..368; a(2) = 369, data 469..481.
  EXPECT_EQ(t.issue, (Cycles{106, 370}));
  EXPECT_EQ(t.retire[0], 482);
  t = TimesOf(code, 1, config);
  // issue 7, a(0) = 8, data 9..38; a(1) = 39, data 40..71; a(2) = 72, data 73..85.
  EXPECT_EQ(t.issue, (Cycles{7, 73}));
  EXPECT_EQ(t.retire[0], 86);
}

TEST(LoadLaw, TheLimitSpansInstructions) {
  HwConfig config;
  config.outstanding = 1;
  const Instruction load = MakeTransfer(Opcode::kLoadAct, 0, 64);  // one burst of 8 beats
  const Timeline t = TimesOf({load, load}, 20, config);
  // issue 26, a = 27, data 47..54. Second: head 30, issue 30, a = e(0) + 1 = 55, data 75..82.
  EXPECT_EQ(t.issue, (Cycles{26, 30}));
  EXPECT_EQ(t.retire, (Cycles{55, 83}));
}

TEST(LoadLaw, LinesAreCutLineByLine) {
  // Three lines of 28 bytes at a pitch of 32: three bursts of 4 beats.
  const Timeline t = TimesOf({MakeTransfer(Opcode::kLoadAct, 0, 28, 3, 32)});
  // issue 7, a = 8, 9, 10; data 9..12, 13..16, 17..20.
  EXPECT_EQ(t.retire, (Cycles{21}));
  EXPECT_EQ(t.counters.read_beats, 12);
}

TEST(FillLaw, WaitsForEarlierLoadsAndTakesABeatACycle) {
  const Timeline t =
      TimesOf({MakeTransfer(Opcode::kLoadAct, 0, 256), Make(Opcode::kSyncLoad),
               MakeTransfer(Opcode::kFill, 0, 10, 3), MakeTransfer(Opcode::kLoadAct, 0, 8)});
  // Load: issue 7, a = 8, data 9..40, retire 41. Sync: head 11 = issue. Fill: not before 42; B = 3
  // * 2 = 6; free 49.
  EXPECT_EQ(t.issue, (Cycles{7, 11, 42, 49}));
  EXPECT_EQ(t.retire, (Cycles{41, 11, 49, 52}));  // last: a = 50, data 51
}

TEST(StoreLaw, WritesABeatACycleAndWaitsForResponses) {
  // 300 bytes: bursts of 32 and 6 beats.
  const std::vector<Instruction> code{MakeTransfer(Opcode::kStore, 0, 300),
                                      Make(Opcode::kSyncStore)};
  Timeline t = TimesOf(code, 1);
  // u = 8 and 40; data 11..42 and 43..48; responses 43 and 49.
  EXPECT_EQ(t.issue, (Cycles{7, 46}));
  EXPECT_EQ(t.retire[0], 49);
  EXPECT_EQ(t.counters.write_beats, 38);
  HwConfig config;
  config.outstanding = 1;
  t = TimesOf(code, 1, config);
  // u(1) = b(0) + 1 = 44: data 47..52, response 53; free 50.
  EXPECT_EQ(t.issue[1], 50);
  EXPECT_EQ(t.retire[0], 53);
  t = TimesOf(code, 100, config);
  // issue 106: u(0) = 107, data 110..141, response 241; u(1) = 242, data 245..250, response 350;
  // free 248.
  EXPECT_EQ(t.issue, (Cycles{106, 248}));
  EXPECT_EQ(t.retire[0], 350);
}

TEST(StoreLaw, TheLimitSpansInstructions) {
  HwConfig config;
  config.outstanding = 1;
  const Instruction store = MakeTransfer(Opcode::kStore, 0, 8);
  const Timeline t = TimesOf({store, store}, 20, config);
  // issue 26: u = 27, data 30, response 50. Second: issue 30, u = 51, data 54, response 74.
  EXPECT_EQ(t.issue, (Cycles{26, 30}));
  EXPECT_EQ(t.retire, (Cycles{50, 74}));
}

TEST(TokenLaw, ATokenGivenInACycleIsTakenInTheNext) {
  const Timeline t = TimesOf({With(MakePost(1), {{field::kPush, kToStore}}),
                              Make(Opcode::kSyncStore, {{field::kPopPost, 1}})});
  EXPECT_EQ(t.retire[0], 18);  // 7 + 1 + 10
  EXPECT_EQ(t.issue[1], 19);
}

TEST(TokenLaw, WaitsForTheLastOfSeveral) {
  const Instruction post = With(MakePost(5), {{field::kPush, kToStore | kToLoad}});
  const Timeline t = TimesOf({post, Make(Opcode::kSyncStore, {{field::kPopPost, 2}}), post});
  // Posts: issue 7 and 15 (D(2) + 1), retire 22 and 30.
  EXPECT_EQ(t.issue, (Cycles{7, 31, 15}));
}

TEST(TokenLaw, MayComeFromALaterInstruction) {
  const Timeline t =
      TimesOf({Make(Opcode::kSyncStore, {{field::kPopLoad, 1}}), Make(Opcode::kSyncStore),
               With(MakeTransfer(Opcode::kLoadAct, 0, 8), {{field::kPush, kToStore}})});
  // Load: head 15 = issue, a = 16, data 17, retire 18.
  EXPECT_EQ(t.issue, (Cycles{19, 20, 15}));
}

TEST(TokenLaw, NamesTheFirstOfThoseThatWaitForEver) {
  Timeline t = TimesOf({MakePost(1), Make(Opcode::kSyncMatmul, {{field::kPopPost, 1}}),
                        Make(Opcode::kSyncLoad, {{field::kPopMatmul, 1}}), MakePost(1)});
  EXPECT_EQ(t.error, ErrorCode::kToken);
  EXPECT_EQ(t.error_engine, 1);
  EXPECT_EQ(t.error_index, 1u);
  EXPECT_EQ(t.issue, (Cycles{7, Scheduler::kNever, Scheduler::kNever, 19}));
  EXPECT_EQ(t.total, 0);
  EXPECT_NE(Describe(t).find("instruction 1 (MATMUL)"), std::string::npos);
}

TEST(TokenLaw, ATokenBeyondAFullQueueNeverComes) {
  HwConfig config;
  config.queue_depth = 2;
  // Two wait in STORE's queue; the third blocks the dispatcher, behind it is the Load that would
  // give the tokens.
  const Instruction wait = Make(Opcode::kSyncStore, {{field::kPopLoad, 1}});
  const Instruction load = With(MakeTransfer(Opcode::kLoadAct, 0, 8), {{field::kPush, kToStore}});
  const Timeline t = TimesOf({wait, wait, wait, load, load, load}, 1, config);
  EXPECT_EQ(t.error, ErrorCode::kToken);
  EXPECT_EQ(t.error_engine, 3);
  EXPECT_EQ(t.error_index, 0u);
  EXPECT_TRUE(TimesOf({wait, wait, load, load}, 1, config).ok());
}

TEST(TokenLaw, CounterOverflowNamesThePusher) {
  std::vector<Instruction> code(255, With(MakePost(1), {{field::kPush, kToStore}}));
  EXPECT_TRUE(TimesOf(code).ok());
  code.push_back(code[0]);
  const Timeline t = TimesOf(code);
  EXPECT_EQ(t.error, ErrorCode::kToken);
  EXPECT_EQ(t.error_engine, 2);
  EXPECT_EQ(t.error_index, 255u);
  // Program order is not what counts: posts 0..255 retire in 18, 22, ..., 1038; the Sync at 256
  // issues in D(256) + 1 = 6 + 4 * 256 + 1 = 1031, in time to make room.
  code.push_back(Make(Opcode::kSyncStore, {{field::kPopPost, 1}}));
  EXPECT_TRUE(TimesOf(code).ok());
}

TEST(Counters, EveryCycleHasOneCause) {
  const Timeline t =
      TimesOf({With(MakeMatmul(20, 1, 16), {{field::kMmKlast, 5}, {field::kPush, kToPost}}),
               With(MakePost(4), {{field::kPopMatmul, 1}, {field::kPush, kToStore}}),
               With(MakeTransfer(Opcode::kStore, 0, 16), {{field::kPopPost, 1}})});
  // Matmul: issue 22, retire 22 + 20 + 37 = 79. Post: head 11, issue 80, retire 94. Store: head 15,
  // issue 95, u = 96, data 99..100, response 101. Total 103.
  EXPECT_EQ(t.issue, (Cycles{22, 80, 95}));
  EXPECT_EQ(t.total, 103);
  using Row = std::array<int64_t, 4>;  // BUSY, WAIT_TOKEN, WAIT_DATA, EMPTY
  EXPECT_EQ(t.counters.cycles[0], (Row{0, 0, 0, 103}));
  EXPECT_EQ(t.counters.cycles[1], (Row{20, 0, 15, 68}));  // EMPTY 0..6 and 42..102, WAIT_DATA 7..21
  EXPECT_EQ(t.counters.cycles[2],
            (Row{4, 69, 0, 30}));  // WAIT_TOKEN 11..79; EMPTY 0..10 and 84..102
  EXPECT_EQ(t.counters.cycles[3],
            (Row{3, 80, 0, 20}));  // WAIT_TOKEN 15..94, BUSY 95..97; EMPTY 0..14, 98..102
  EXPECT_EQ(t.counters.macs, 20 * 5 * 16);
}

TEST(Timeline, OfNothingTakesTwoCycles) {
  const Timeline t = TimesOf({});
  EXPECT_TRUE(t.ok());
  EXPECT_EQ(t.total, 2);
  EXPECT_EQ(t.counters.cycles[0][3], 2);
}

TEST(Timeline, AnUnknownOpcodeStopsTheDispatcher) {
  const Timeline t = TimesOf({MakePost(1), Instruction{}, MakePost(1)});
  EXPECT_EQ(t.error, ErrorCode::kBadOpcode);
  EXPECT_EQ(t.error_engine, 4);
  EXPECT_EQ(t.error_index, 1u);
  EXPECT_EQ(t.issue[2], Scheduler::kNever);
}

}  // namespace
}  // namespace systole
