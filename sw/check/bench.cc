#include "sw/check/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sw/check/instruction_builder.h"
#include "sw/check/origin.h"
#include "sw/driver/disassemble.h"
#include "sw/functional/run.h"

namespace systole::check {
namespace {

using testing::Make;
using testing::MakeTransfer;

// The model's memory: the image; what lies outside it is not there.
class ImageMemory : public MemoryAccess {
 public:
  explicit ImageMemory(std::vector<uint8_t>* image) : image_(image) {}
  ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t bytes) override {
    if (address < kCode || address + bytes > kOut) return ErrorCode::kReadWindow;
    std::memcpy(data, &(*image_)[address], bytes);
    return ErrorCode::kNone;
  }
  ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t bytes) override {
    if (address < kOut || address + bytes > kEnd) return ErrorCode::kWriteWindow;
    std::memcpy(&(*image_)[address], data, bytes);
    return ErrorCode::kNone;
  }

 private:
  std::vector<uint8_t>* image_;
};

std::string Text(const Outcome& o) {
  if (o.code == ErrorCode::kNone) return "done";
  return fmt::format("error {} ({}) of {} at instruction {}", static_cast<int>(o.code),
                     ErrorText(o.code), EngineName(o.engine), o.index);
}

std::string CycleText(uint64_t cycle) {
  return cycle == kNever ? "never" : fmt::format("in cycle {}", cycle);
}

}  // namespace

Bench::Bench(const HwConfig& config, RtlVariant variant) : Bench(config, std::optional(variant)) {}
Bench::Bench(const HwConfig& config) : Bench(config, std::optional<RtlVariant>()) {}

Bench::Bench(const HwConfig& config, std::optional<RtlVariant> variant)
    : config_(config), variant_(variant), area_(config), pattern_(kImageBytes) {
  std::mt19937_64 random(20);
  for (uint8_t& byte : pattern_) byte = static_cast<uint8_t>(random() >> 32);
  Reopen();
}

void Bench::Reopen() {
  cycles_ = cycles();
  device_.reset();
  synced_ = false;
  configured_ = Case{};
  model_ = std::make_unique<Executor>(config_);
  if (dry()) return;
  // The programs are arbitrary: some let an engine read what another one writes.
  device_ = OpenRtl(config_, *variant_, {"+systole_any_program"});
  device_->SetTiming({configured_.latency, false, 1});
}

void Bench::Set64(uint32_t offset, uint64_t value) {
  device_->WriteReg(offset, static_cast<uint32_t>(value));
  device_->WriteReg(offset + 4, static_cast<uint32_t>(value >> 32));
}

uint64_t Bench::Get64(uint32_t offset) {
  const uint64_t low = device_->ReadReg(offset);
  return low | uint64_t{device_->ReadReg(offset + 4)} << 32;
}

void Bench::Expect(bool holds, const std::string& what, const std::string& look) {
  if (!holds) throw Difference(fmt::format("{}; look at {}", what, look));
}

HardwareCounters Bench::ReadCounters() { return Driver(device_.get()).ReadCounters(); }

// Timing and faults of the memory, where they differ from what is set.
void Bench::Configure(const Case& c) {
  const auto same = [](const AxiFault& a, const AxiFault& b) {
    return a.kind == b.kind && a.first == b.first && a.last == b.last && a.response == b.response;
  };
  if (!same(c.read, configured_.read) || !same(c.fetch, configured_.fetch) ||
      !same(c.write, configured_.write)) {
    device_->SetFaults(c.read, c.fetch, c.write);
  }
  if (c.latency != configured_.latency || c.stall || configured_.stall)
    device_->SetTiming({c.latency, c.stall, c.stall_seed});
  configured_ = c;
}

void Bench::Quiet(int latency) {
  Case c;
  c.latency = latency;
  Configure(c);
}

// The image that `c` starts from.
void Bench::MakeImage(const Case& c) {
  if (c.code.size() > kMaxInstructions) throw std::logic_error(c.name + ": too many instructions");
  image_ = pattern_;
  if (!c.code.empty()) {
    std::memcpy(&image_[kCode], c.code.data(), c.code.size() * kInstructionBytes);
  }
  for (const Block& b : c.memory) {
    if (b.address < kData || b.address + b.bytes.size() > kImageBytes)
      throw std::logic_error(c.name + ": a block outside the image");
    if (!b.bytes.empty()) std::memcpy(&image_[b.address], b.bytes.data(), b.bytes.size());
  }
}

void Bench::Start(const Case& c) {
  Configure(c);
  MakeImage(c);
  device_->WriteMemory(0, image_.data(), image_.size());
  Set64(reg::kProgLo, kCode);
  device_->WriteReg(reg::kProgLen, static_cast<uint32_t>(c.code.size()));
  device_->WriteReg(reg::kWatchdog, c.watchdog);
  Set64(reg::kRdBaseLo, kCode);
  Set64(reg::kRdLastLo, kOut - 1);
  Set64(reg::kWrBaseLo, kOut);
  Set64(reg::kWrLastLo, kEnd - 1);
  for (const auto& [offset, value] : c.registers) Set64(offset, value);
  device_->WriteReg(reg::kIrqStatus, reg::kIrqDone | reg::kIrqError);
  device_->WriteReg(reg::kIrqEnable, reg::kIrqDone | reg::kIrqError);
  running_ = c.code;
  device_->Record(&running_, &no_observations_);
  device_->WriteReg(reg::kCtrl, reg::kCtrlStart);
}

Outcome Bench::Finish(uint64_t max_cycles, const std::string& name, const std::string& look) {
  ++totals_.programs;
  const bool interrupted = device_->WaitInterrupt(max_cycles);
  const uint32_t status = device_->ReadReg(reg::kStatus);
  Expect(interrupted,
         fmt::format("{}: no end within {} cycles, status 0x{:x}", name, max_cycles, status), look);
  const uint32_t error = device_->ReadReg(reg::kError);
  const uint32_t index = device_->ReadReg(reg::kErrorPc);
  const Outcome o{static_cast<ErrorCode>(error & 0xFF), static_cast<int>(error >> 8), index};
  const bool failed = o.code != ErrorCode::kNone;
  const uint32_t want = reg::kStatusDone | (failed ? reg::kStatusError : 0u);
  Expect((status & ~uint32_t{reg::kStatusDraining}) == want,
         fmt::format("{}: STATUS 0x{:x} with {}, must be 0x{:x}", name, status, Text(o), want),
         "systole_control");
  const uint32_t irq = device_->ReadReg(reg::kIrqStatus);
  const uint32_t want_irq = reg::kIrqDone | (failed ? reg::kIrqError : 0u);
  Expect(irq == want_irq,
         fmt::format("{}: IRQ_STATUS 0x{:x} with {}, must be 0x{:x}", name, irq, Text(o), want_irq),
         "systole_control, systole_csr");
  return o;
}

// Stores the watched bytes of the activation buffer: what is really there.
void Bench::Dump(const Case& after) {
  Case c;
  c.name = after.name + ", then the activation buffer stored";
  c.look = after.look;
  c.latency = after.latency;
  c.code = {MakeTransfer(Opcode::kStore, kDump, static_cast<uint64_t>(area_.bytes))};
  c.code[0].Set(field::kLsBuf, static_cast<uint64_t>(area_.base));
  before_dump_ = &after;
  RunWell(c);
  before_dump_ = nullptr;
}

// Loads the watched bytes, on both sides.
void Bench::Sync() {
  if (synced_) return;
  synced_ = true;
  Case c;
  c.name = "the activation buffer loaded";
  c.look = EngineAndFiles(0);
  c.code = {MakeTransfer(Opcode::kLoadAct, kData, static_cast<uint64_t>(area_.bytes)),
            Make(Opcode::kSyncStore, {{field::kPopLoad, 1}})};
  c.code[0].Set(field::kLsBuf, static_cast<uint64_t>(area_.base));
  c.code[0].Set(field::kPush, testing::kToStore);
  c.latency = configured_.latency;
  RunWell(c);
}

// Whether the model ends `c` as it says, as far as the model knows: it has no bus and no windows.
void Bench::RunDry(const Case& c) {
  MakeImage(c);
  if (!c.registers.empty() || c.expect.code == ErrorCode::kReadResponse ||
      c.expect.code == ErrorCode::kWriteResponse || c.expect.code == ErrorCode::kWatchdog) {
    return;
  }
  ImageMemory memory(&image_);
  const FunctionalRun model =
      RunFunctional(c.code, MemoryTiming{c.latency, {}}, model_.get(), &memory);
  const Outcome o{model.error, model.engine, model.index};
  if (!(o == c.expect)) {
    throw Difference(fmt::format("{}: ends with {} by the model, must end with {}", c.name, Text(o),
                                 Text(c.expect)));
  }
}

void Bench::Run(const Case& c) {
  if (dry()) return RunDry(c);
  if (c.expect.code == ErrorCode::kNone) {
    Sync();
    RunWell(c);
    if (c.dump) Dump(c);
  } else {
    RunToError(c);
    synced_ = false;
  }
}

void Bench::RunWell(const Case& c) {
  Start(c);
  std::vector<uint8_t> want = image_;
  ImageMemory memory(&want);
  const MemoryTiming timing{c.latency, {}};
  const FunctionalRun model = RunFunctional(c.code, timing, model_.get(), &memory);
  if (model.error != ErrorCode::kNone) {
    throw std::logic_error(fmt::format(
        "case {} is no legal program: {}", c.name,
        Text({model.error, model.engine, model.index}) + ": " + Named(c.code, model.index)));
  }
  const uint64_t total = static_cast<uint64_t>(model.timeline.total);
  const uint64_t limit = c.stall ? 40 * total + 50000 : total + 2000;
  const Outcome o = Finish(limit, c.name, c.look);
  if (!(o == Outcome{})) {
    throw Difference(fmt::format("{}: ends with {} ({}), must end well; look at {}", c.name,
                                 Text(o), o.index < c.code.size() ? Named(c.code, o.index) : "",
                                 c.look));
  }
  if (!c.stall) CompareStamps(c.name, c.look, c.code, model.timeline);
  image_ = std::move(want);
  CompareImage(c, 0, kImageBytes);
  CompareCounters(c.name, model.timeline, c.stall);
  totals_.instructions += c.code.size();
}

void Bench::CompareStamps(const std::string& name, const std::string& look,
                          const std::vector<Instruction>& code, const Timeline& model) {
  const std::vector<Stamp>& stamps = device_->record().stamps;
  uint64_t first = kNever;
  std::string text;
  const auto compare = [&](uint32_t i, const char* what, uint64_t want, uint64_t got) {
    ++totals_.stamps;
    if (want == got || std::min(want, got) >= first) return;
    first = std::min(want, got);
    text = fmt::format("{}: {} {} {}, by the laws {}; look at {} or {}", name, Named(code, i), what,
                       CycleText(got), CycleText(want), look,
                       EngineAndFiles(static_cast<int>(code[i].engine())));
  };
  for (uint32_t i = 0; i < code.size(); ++i) {
    compare(i, "issues", static_cast<uint64_t>(model.issue[i]), stamps.at(i).issue);
    compare(i, "retires", static_cast<uint64_t>(model.retire[i]), stamps.at(i).retire);
  }
  if (!text.empty()) throw Difference(text);
}

void Bench::CompareImage(const Case& c, uint64_t first, uint64_t last) {
  seen_.resize(kImageBytes);
  device_->ReadMemory(0, seen_.data(), seen_.size());
  totals_.bytes += last - first;
  if (std::memcmp(&seen_[first], &image_[first], last - first) == 0) return;
  uint64_t count = 0, at = last;
  for (uint64_t a = last; a-- > first;) {
    if (seen_[a] != image_[a]) ++count, at = a;
  }
  // A dump is stored by a program of its own: whose bytes they are, the one before knows.
  std::vector<Instruction> code;
  if (before_dump_ != nullptr) code = before_dump_->code;
  code.insert(code.end(), c.code.begin(), c.code.end());
  std::string origin = OriginOf(code, config_, at);
  if (before_dump_ != nullptr && before_dump_->explain && at >= kDump) {
    origin = before_dump_->explain(at - kDump + static_cast<uint64_t>(area_.base)) + origin;
  }
  throw Difference(fmt::format(
      "{}: memory byte 0x{:x} is {}, must be {} ({} of {} bytes differ): {}; look at {}", c.name,
      at, static_cast<int8_t>(seen_[at]), static_cast<int8_t>(image_[at]), count, last - first,
      origin.empty() ? "no instruction of the program writes there" : origin,
      origin.empty() ? EngineAndFiles(3) : c.look));
}

void Bench::CompareCounters(const std::string& name, const Timeline& model, bool stalled) {
  const HardwareCounters got = ReadCounters();
  const auto compare = [&](const std::string& what, uint64_t have, int64_t want) {
    ++totals_.counters;
    Expect(have == static_cast<uint64_t>(want),
           fmt::format("{}: counter {} is {}, must be {}", name, what, have, want),
           "systole_counters, systole_control");
  };
  compare("MACs", got.macs, model.counters.macs);
  compare("read beats", got.read_beats, model.counters.read_beats);
  compare("write beats", got.write_beats, model.counters.write_beats);
  if (!stalled) compare("total", got.total, model.total);
  for (int e = 0; e < kNumEngines; ++e) {
    const auto& g = got.engine[static_cast<size_t>(e)];
    const std::string who = EngineName(e);
    compare(who + "'s causes summed", g.busy + g.wait_token + g.wait_data + g.empty,
            static_cast<int64_t>(got.total));
    if (stalled) continue;
    const auto& m = model.counters.cycles[static_cast<size_t>(e)];
    compare(who + " busy", g.busy, m[0]);
    compare(who + " wait_token", g.wait_token, m[1]);
    compare(who + " wait_data", g.wait_data, m[2]);
    compare(who + " empty", g.empty, m[3]);
  }
}

void Bench::RunToError(const Case& c) {
  Start(c);
  const Outcome o = Finish(60000, c.name, c.look);
  ++totals_.errors;
  if (!(o == c.expect)) {
    throw Difference(fmt::format(
        "{}: ends with {}, must end with {} ({}); look at {}", c.name, Text(o), Text(c.expect),
        c.expect.index < c.code.size() ? Named(c.code, c.expect.index) : "", c.look));
  }
  // Whatever was under way: nothing outside the write window has changed.
  CompareImage(c, 0, kOut);
  CompareImage(c, kEnd, kImageBytes);
}

}  // namespace systole::check
