// Every error the shell, LOAD and STORE can raise: its code, engine and instruction, nothing
// refused on the bus, and a correct run afterwards.
#include <gtest/gtest.h>

#include "tests/rtl_shell/transfer_program.h"

namespace systole {
namespace {

using namespace testing;  // NOLINT

constexpr uint32_t kLoad = 0, kMatmul = 1, kPost = 2, kStore = 3, kFetch = 4;

class ShellErrors : public ::testing::Test {
 protected:
  ShellErrors() { bench.device->SetTiming({5, false, 1}); }

  // Load 24 bytes and store them: works whatever happened before.
  void ExpectStillWorks() {
    bench.device->SetFaults({}, {}, {});
    std::vector<uint8_t> bytes(24), got(24);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(++salt_ * 29 + i * 7);
    bench.device->WriteMemory(kData, bytes.data(), bytes.size());
    ExpectDone(
        bench.Run({With(MakeTransfer(Opcode::kLoadAct, kData, 24), {{field::kPush, kToStore}}),
                   With(MakeTransfer(Opcode::kStore, kOut, 24), {{field::kPopLoad, 1}})}));
    bench.device->ReadMemory(kOut, got.data(), got.size());
    EXPECT_EQ(got, bytes);
  }

  // `bad` behind a good load: refused at issue with `code`, nothing done by it.
  void ExpectRefused(const Instruction& bad, ErrorCode code, uint32_t engine) {
    const Instruction good = MakeTransfer(Opcode::kLoadAct, kData, 8);
    ExpectError(bench.Run({good, bad, good}), code, engine, 1);
    EXPECT_EQ(bench.device->record().stamps[1].issue, kNever);
    EXPECT_EQ(bench.Get64(reg::kCntWriteBeats), 0u);
  }

  Bench bench;
  int salt_ = 0;
};

TEST_F(ShellErrors, UnknownOpcodesAreFoundByTheDispatcher) {
  for (const int opcode : {0x00, 0x0F, 0x15, 0x1E, 0x21, 0x31, 0x41, 0x50, 0xFF}) {
    SCOPED_TRACE(opcode);
    Instruction bad;
    bad.Set(field::kOpcode, static_cast<uint64_t>(opcode));
    std::vector<Instruction> code(10, MakeTransfer(Opcode::kLoadAct, kData, 8));
    code[9] = bad;
    ExpectError(bench.Run(code), ErrorCode::kBadOpcode, kFetch, 9);
  }
  ExpectStillWorks();
}

TEST_F(ShellErrors, IllegalFieldsOfTransfers) {
  const Instruction load = MakeTransfer(Opcode::kLoadAct, kData, 8, 2, 8),
                    fill = MakeTransfer(Opcode::kFill, 0, 8);
  const Instruction store = MakeTransfer(Opcode::kStore, kOut, 8, 2, 8),
                    wgt = MakeTransfer(Opcode::kLoadWgt, kData, 16);
  const struct {
    const char* name;
    Instruction instruction;
    uint32_t engine;
  } cases[] = {
      {"load, no bytes", With(load, {{field::kLsBytes, 0}}), kLoad},
      {"load, no lines", With(load, {{field::kLsLines, 0}}), kLoad},
      {"load, address off a beat", With(load, {{field::kLsAddr, kData + 4}}), kLoad},
      {"load, stride off a beat", With(load, {{field::kLsMemStride, 12}}), kLoad},
      {"load, stride off a beat, one line",
       With(load, {{field::kLsLines, 1}, {field::kLsMemStride, 1}}), kLoad},
      {"load, own pop", With(load, {{field::kPopLoad, 1}}), kLoad},
      {"load, own push", With(load, {{field::kPush, kToLoad}}), kLoad},
      {"fill, no bytes", With(fill, {{field::kLsBytes, 0}}), kLoad},
      {"fill, no lines", With(fill, {{field::kLsLines, 0}}), kLoad},
      {"fill, own push", With(fill, {{field::kPush, kToLoad | kToStore}}), kLoad},
      {"weights, two lines", With(wgt, {{field::kLsLines, 2}}), kLoad},
      {"weights, part of a row", With(wgt, {{field::kLsBytes, 12}}), kLoad},
      {"offsets, part of a row", MakeTransfer(Opcode::kLoadKtab, kData, 4), kLoad},
      {"parameters, part of a row", MakeTransfer(Opcode::kLoadPar, kData, 40), kLoad},
      {"sync load, push", Make(Opcode::kSyncLoad, {{field::kPush, kToPost}}), kLoad},
      {"sync load, own pop", Make(Opcode::kSyncLoad, {{field::kPopLoad, 2}}), kLoad},
      {"store, no bytes", With(store, {{field::kLsBytes, 0}}), kStore},
      {"store, no lines", With(store, {{field::kLsLines, 0}}), kStore},
      {"store, address off a beat", With(store, {{field::kLsAddr, kOut + 7}}), kStore},
      {"store, stride off a beat", With(store, {{field::kLsMemStride, 9}}), kStore},
      {"store, own pop", With(store, {{field::kPopStore, 7}}), kStore},
      {"store, own push", With(store, {{field::kPush, kToStore}}), kStore},
      {"sync store, push", Make(Opcode::kSyncStore, {{field::kPush, kToLoad}}), kStore},
      {"matmul of nothing", Make(Opcode::kMatmul), kMatmul},
      {"sync matmul, push", Make(Opcode::kSyncMatmul, {{field::kPush, kToPost}}), kMatmul},
      {"post of nothing", Make(Opcode::kPost), kPost},
      {"sync post, own pop", Make(Opcode::kSyncPost, {{field::kPopPost, 1}}), kPost},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ExpectRefused(c.instruction, ErrorCode::kBadField, c.engine);
  }
  ExpectStillWorks();
}

TEST_F(ShellErrors, BufferAddressesPastTheEnd) {
  // 8192 bytes of activations; 512 weight rows of 8 padded bytes; 256 offset rows of 8; 32
  // parameter rows of 32.
  const struct {
    const char* name;
    Opcode opcode;
    uint64_t bytes, lines, buf, stride;
    bool good;
  } cases[] = {
      {"load to the last byte", Opcode::kLoadAct, 100, 1, 8092, 0, true},
      {"load past it", Opcode::kLoadAct, 100, 1, 8093, 0, false},
      {"lines to the last byte", Opcode::kLoadAct, 8, 3, 0, 4092, true},
      {"lines past it", Opcode::kLoadAct, 9, 3, 0, 4092, false},
      {"far past it", Opcode::kLoadAct, 8, 2, 0, 0xFFFFFF, false},
      {"sum beyond 2^24", Opcode::kLoadAct, 8, 0x1001, 0, 0x1000, false},
      {"fill to the last byte", Opcode::kFill, 1, 1, 8191, 0, true},
      {"fill past it", Opcode::kFill, 1, 1, 8192, 0, false},
      {"store to the last byte", Opcode::kStore, 13, 1, 8179, 0, true},
      {"store past it", Opcode::kStore, 13, 1, 8180, 0, false},
      {"last weight row", Opcode::kLoadWgt, 8, 1, 511, 0, true},
      {"past it", Opcode::kLoadWgt, 16, 1, 511, 0, false},
      {"last offset row", Opcode::kLoadKtab, 16, 1, 254, 0, true},
      {"past it", Opcode::kLoadKtab, 16, 1, 255, 0, false},
      {"last parameter row", Opcode::kLoadPar, 32, 1, 31, 0, true},
      {"past it", Opcode::kLoadPar, 32, 1, 32, 0, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const uint64_t address = c.opcode == Opcode::kStore ? kOut : kData;
    const Instruction i = With(MakeTransfer(c.opcode, address, c.bytes, c.lines),
                               {{field::kLsBuf, c.buf}, {field::kLsBufStride, c.stride}});
    if (c.good) {
      ExpectDone(bench.Run({i}));
    } else {
      ExpectRefused(i, ErrorCode::kBufferRange, c.opcode == Opcode::kStore ? kStore : kLoad);
    }
  }
}

TEST_F(ShellErrors, ReadsOutsideTheWindowStayOffTheBus) {
  const uint64_t end = kData + kDataBytes;
  const struct {
    const char* name;
    uint64_t address, bytes, lines, stride,
        beats_read;  // beats of the good load before it and of its own good bursts
    bool good;
  } cases[] = {
      {"last beat", end - 8, 8, 1, 0, 2, true},
      {"past the last", end, 8, 1, 0, 1, false},
      {"two beats to the end", end - 16, 9, 1, 0, 3, true},
      {"second burst past it", end - 256, 257, 1, 0, 33, false},
      {"second line past it", end - 8, 8, 2, 8, 2, false},
      {"before the first", kCode - 8, 16, 1, 0, 1, false},
      {"beyond 32 address bits", (uint64_t{1} << 32) + kData, 8, 1, 0, 1, false},
      {"wraps at 2^64", ~uint64_t{0} - 7, 8, 2, kData + 8, 1, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Outcome o =
        bench.Run({MakeTransfer(Opcode::kLoadAct, kData, 8),
                   MakeTransfer(Opcode::kLoadAct, c.address, c.bytes, c.lines, c.stride)});
    c.good ? ExpectDone(o) : ExpectError(o, ErrorCode::kReadWindow, kLoad, 1);
    EXPECT_EQ(bench.Get64(reg::kCntReadBeats), c.beats_read);
  }
  ExpectStillWorks();
}

TEST_F(ShellErrors, LineAddressThatWrapsIntoTheWindowIsOutside) {
  bench.Set64(reg::kRdBaseLo, 0);
  bench.Set64(reg::kRdLastLo, ~uint64_t{0});
  // The window is the whole address space of 32 bits; line 1 lies in it only modulo 2^64.
  ExpectError(bench.Run({MakeTransfer(Opcode::kLoadAct, ~uint64_t{0} - 7, 8, 2, 8)}),
              ErrorCode::kReadWindow, kLoad, 0);
  ExpectError(bench.Run({MakeTransfer(Opcode::kLoadAct, 0xFFFFFFF8, 8, 2, 8)}),
              ErrorCode::kReadWindow, kLoad, 0);
  EXPECT_EQ(bench.Get64(reg::kCntReadBeats), 1u);
}

TEST_F(ShellErrors, WritesOutsideTheWindowStayOffTheBus) {
  const uint64_t end = kOut + kDataBytes;
  const uint64_t marker = 0x1122334455667788;
  for (const uint64_t address : {kOut - 8, end}) bench.device->WriteMemory(address, &marker, 8);
  ExpectError(bench.Run({MakeTransfer(Opcode::kStore, end, 8)}), ErrorCode::kWriteWindow, kStore,
              0);
  ExpectError(bench.Run({MakeTransfer(Opcode::kStore, kOut - 8, 8)}), ErrorCode::kWriteWindow,
              kStore, 0);
  EXPECT_EQ(bench.Get64(reg::kCntWriteBeats), 0u);
  ExpectError(bench.Run({MakeTransfer(Opcode::kStore, end - 256, 8, 33, 8)}),
              ErrorCode::kWriteWindow, kStore, 0);
  EXPECT_EQ(bench.Get64(reg::kCntWriteBeats), 32u);  // the lines inside
  ExpectDone(bench.Run({MakeTransfer(Opcode::kStore, end - 8, 8)}));
  for (const uint64_t address : {kOut - 8, end}) {
    uint64_t got = 0;
    bench.device->ReadMemory(address, &got, 8);
    EXPECT_EQ(got, marker) << address;
  }
}

TEST_F(ShellErrors, ProgramOutsideTheReadWindowNamesTheBurst) {
  const std::vector<Instruction> code(20, MakeTransfer(Opcode::kFill, 0, 8));
  bench.Set64(reg::kRdLastLo, kCode + 2 * 256 + 4 * 32 - 2);  // one byte short of instruction 19
  ExpectError(bench.Run(code), ErrorCode::kReadWindow, kFetch, 16);
  bench.Set64(reg::kRdBaseLo, kCode + 1);
  ExpectError(bench.Run(code), ErrorCode::kReadWindow, kFetch, 0);
  bench.Set64(reg::kRdBaseLo, kCode);
  bench.Set64(reg::kRdLastLo, kData + kDataBytes - 1);
  bench.Set64(reg::kProgLo, kCode + 32);
  ExpectError(bench.Run(code), ErrorCode::kBadField, kFetch, 0);
  bench.Set64(reg::kProgLo, kCode + (uint64_t{1} << 32));
  ExpectError(bench.Run(code), ErrorCode::kReadWindow, kFetch, 0);
  bench.Set64(reg::kProgLo, kCode);
  ExpectStillWorks();
}

TEST_F(ShellErrors, ErrorResponsesNameTheInstruction) {
  for (const uint8_t response : {2, 3}) {
    SCOPED_TRACE(int{response});
    AxiFault fault{AxiFault::Kind::kError, kData + 0x800, kData + 0x8FF, response};
    std::vector<Instruction> code(9, MakeTransfer(Opcode::kLoadAct, kData, 300));
    code[5] = MakeTransfer(Opcode::kLoadAct, kData + 0x700, 600);
    bench.device->SetFaults(fault, {}, {});
    ExpectError(bench.Run(code), ErrorCode::kReadResponse, kLoad, 5);
    EXPECT_EQ(bench.device->record().stamps[5].retire, kNever);

    fault.first = kOut + 0x800, fault.last = kOut + 0x8FF;
    for (Instruction& i : code) i = MakeTransfer(Opcode::kStore, kOut, 300);
    code[4] = MakeTransfer(Opcode::kStore, kOut + 0x700, 600);
    bench.device->SetFaults({}, {}, fault);
    ExpectError(bench.Run(code), ErrorCode::kWriteResponse, kStore, 4);
    EXPECT_EQ(bench.device->record().stamps[4].retire, kNever);

    // Instruction 8 is the first of the second fetch burst.
    fault.first = kCode + 256, fault.last = kCode + 511;
    bench.device->SetFaults({}, fault, {});
    ExpectError(bench.Run(code), ErrorCode::kReadResponse, kFetch, 8);
    ExpectStillWorks();
  }
}

TEST_F(ShellErrors, TokenThatNeverComes) {
  const Instruction load = MakeTransfer(Opcode::kLoadAct, kData, 8);
  ExpectError(bench.Run({load, Make(Opcode::kSyncStore, {{field::kPopLoad, 1}})}),
              ErrorCode::kToken, kStore, 1);
  // Two wait: the smaller index is named.
  ExpectError(bench.Run({load, Make(Opcode::kSyncPost, {{field::kPopStore, 1}}),
                         Make(Opcode::kSyncLoad, {{field::kPopPost, 1}})}),
              ErrorCode::kToken, kPost, 1);
  // The queue (4 places) is full, so the token given by instruction 6 can never come: seven Syncs
  // wait before it.
  std::vector<Instruction> code(7, Make(Opcode::kSyncStore, {{field::kPopLoad, 1}}));
  code.push_back(With(load, {{field::kPush, kToStore}}));
  ExpectError(bench.Run(code), ErrorCode::kToken, kStore, 0);
  ExpectStillWorks();
}

TEST_F(ShellErrors, TokenCounterOverflowNamesThePushingInstruction) {
  // 255 tokens fit; the 256th push is an error.
  std::vector<Instruction> code(
      255, With(MakeTransfer(Opcode::kFill, 0, 1), {{field::kPush, kToStore}}));
  ExpectDone(bench.Run(code));
  code.push_back(code[0]);
  ExpectError(bench.Run(code), ErrorCode::kToken, kLoad, 255);
  ExpectStillWorks();
}

TEST_F(ShellErrors, FirstErrorWins) {
  // The load's window error comes long before the store's field error, which waits for a token.
  ExpectError(
      bench.Run({MakeTransfer(Opcode::kLoadAct, 0, 8),
                 Make(Opcode::kSyncStore, {{field::kPopLoad, 1}, {field::kPush, kToLoad}})}),
      ErrorCode::kReadWindow, kLoad, 0);
  EXPECT_EQ(bench.device->ReadReg(reg::kIrqStatus), reg::kIrqDone | reg::kIrqError);
}

TEST_F(ShellErrors, RunsAreClearedOfAnEarlierRunsRest) {
  // Queues full of instructions and counters full of tokens when the error comes: none of it is
  // left for the next run.
  std::vector<Instruction> code(
      200, With(MakeTransfer(Opcode::kFill, 0, 1), {{field::kPush, kToStore | kToPost}}));
  for (int i = 0; i < 8; ++i) code.push_back(Make(Opcode::kSyncStore, {{field::kPopPost, 1}}));
  ExpectError(bench.Run(code), ErrorCode::kToken, kStore, 200);
  ExpectError(bench.Run({Make(Opcode::kSyncStore, {{field::kPopLoad, 1}})}), ErrorCode::kToken,
              kStore, 0);
  ExpectStillWorks();
}

}  // namespace
}  // namespace systole
