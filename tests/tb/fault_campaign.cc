// Faults by the million (`make faults`): mutated programs, bad memories, resets and stalls on four
// networks. Each has to end the same on the verilated RTL and on the SystemC platform, error,
// instruction and cycle, and correct runs have to follow. A run that was cut goes on where it was.
// With --resets instead a reset and a soft reset in every cycle of a run of each network.
// Exit status: 0 no difference; 1 some; 2 bad input.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/parse_options.h"
#include "sw/cli/progress.h"
#include "tests/tb/faults_fixture.h"

namespace systole {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kBlock = 250;  // trials of one line of results
const char* const kNets[] = {"chain", "graph", "tiles", "row"};

struct Options {
  uint64_t count = 1000000, seed = 1;
  int part = 1, parts = 1, jobs = 1;
  std::string work = "build/faults", net;
  bool report = false, resets = false;
};

// Seeds [first, first + count) on one network; or cycles, with a reset and a soft reset in each.
struct Block {
  int net = 0;
  uint64_t first = 0, count = 0;
  bool resets = false;
  std::string Key() const {
    return fmt::format("{} {}{} {}", kNets[net], resets ? "resets " : "", first, count);
  }
  uint64_t Trials() const { return resets ? 2 * count : count; }
};

// Every cycle of a run of each network.
std::vector<Block> ResetBlocks() {
  std::vector<Block> blocks;
  for (int net = 0; net < 4; ++net) {
    const uint64_t cycles = FaultPair(static_cast<FaultNet>(net)).Cycles();
    for (uint64_t first = 1; first <= cycles; first += kBlock)
      blocks.push_back({net, first, std::min(kBlock, cycles - first + 1), true});
  }
  return blocks;
}

// In turn on each network; those of the part asked for.
std::vector<Block> Blocks(const Options& o) {
  std::vector<Block> all, blocks;
  if (o.resets) all = ResetBlocks();
  for (uint64_t b = 0; !o.resets && b * kBlock < o.count; ++b) {
    all.push_back({static_cast<int>(b % 4), o.seed + b * kBlock,
                   std::min(kBlock, o.count - b * kBlock), false});
  }
  for (size_t b = static_cast<size_t>(o.part - 1); b < all.size(); b += size_t(o.parts)) {
    if (o.net.empty() || o.net == kNets[all[b].net]) blocks.push_back(all[b]);
  }
  return blocks;
}

std::string ResultsPath(const Options& o) { return o.work + "/results.jsonl"; }

std::vector<Json> ReadResults(const Options& o) {
  std::vector<Json> results;
  std::ifstream in(ResultsPath(o));
  for (std::string line; std::getline(in, line);) {
    Json j = Json::parse(line, nullptr, false);
    if (!j.is_discarded()) results.push_back(std::move(j));  // the last one may be cut
  }
  return results;
}

// Empty if both run right.
std::string BothRight(FaultPair* pair) {
  const std::string rtl = pair->WrongRun(&pair->rtl_), tlm = pair->WrongRun(&pair->tlm_);
  return rtl.empty() && tlm.empty() ? "" : fmt::format("then rtl: {}; tlm: {}", rtl, tlm);
}

// The host gives up after `cycle` cycles and resets.
std::string ResetIn(FaultPair* pair, uint64_t cycle, bool soft) {
  for (FaultBench* bench :
       {static_cast<FaultBench*>(&pair->rtl_), static_cast<FaultBench*>(&pair->tlm_)}) {
    bench->Run(pair->program_, pair->images_, cycle);
    soft ? Driver(bench->device()).SoftReset() : bench->Reset();
  }
  const std::string wrong = BothRight(pair);
  return wrong.empty()
             ? ""
             : fmt::format("{} after {} cycles, {}", soft ? "soft reset" : "reset", cycle, wrong);
}

// An error ends loads half done, in the RTL and the TLM at other places (docs/registers.md): what a
// later program reads of that differs. By itself it ends the same on both.
bool SameByItself(FaultNet net, const FaultTrial& trial) {
  FaultPair pair(net);
  const auto [rtl, tlm] = RunTrial(&pair, trial);
  return rtl.Text() == tlm.Text() && rtl.cycles == tlm.cycles;
}

// One fault; `tally` counts what came of it. Empty, or how RTL, TLM and golden differ.
std::string Try(FaultPair* pair, uint64_t seed, std::map<std::string, int>* tally) {
  std::mt19937_64 random(~seed);
  const uint64_t kind = random() % 13;
  if (kind == 0) {  // stalls: the right bytes
    ++(*tally)["stalls"];
    pair->rtl_.rtl()->SetTiming({1 + static_cast<int>(random() % 60), true, random()});
    const std::string wrong = pair->WrongRun(&pair->rtl_);
    pair->rtl_.rtl()->SetTiming({kFaultLatency, false, 0});
    return wrong.empty() ? "" : "stalls: " + wrong;
  }
  if (kind == 1) {  // the host gives up and resets
    const uint64_t cycle = 1 + random() % pair->Cycles();
    const bool soft = random() % 2 == 0;
    ++(*tally)[soft ? "soft resets" : "resets"];
    return ResetIn(pair, cycle, soft);
  }
  if (kind == 2) {  // the host misuses registers
    ++(*tally)["register misuse"];
    const std::string rtl = pair->WrongMisuse(&pair->rtl_, seed),
                      tlm = pair->WrongMisuse(&pair->tlm_, seed);
    const std::string wrong = random() % 10 == 0 ? BothRight(pair) : "";
    if (rtl.empty() && tlm.empty() && wrong.empty()) return "";
    return fmt::format("register misuse, rtl: {}; tlm: {}; {}", rtl, tlm, wrong);
  }
  const FaultTrial trial = kind < 7    ? BadMemoryTrial(pair->program_, seed)
                           : kind < 11 ? MutatedTrial(pair->program_, seed)
                                       : WildTrial(pair->program_, seed);
  const auto [rtl, tlm] = RunTrial(pair, trial);
  const auto given_up = [](const FaultOutcome& o) {
    return o.engine >= 0 && o.code == ErrorCode::kNone;
  };
  if (given_up(rtl) && given_up(tlm)) {  // a Fill of a million cycles is no fault
    ++(*tally)["given up"];
    pair->rtl_.Reset();
    pair->tlm_.Reset();
    return BothRight(pair);
  }
  const bool differ = rtl.Text() != tlm.Text() || rtl.cycles != tlm.cycles;
  if (differ && RacesForOffsets(pair, trial)) {
    ++(*tally)["differently: offsets loaded and read at once"];
    return BothRight(pair);
  }
  if (differ && SameByItself(pair->net_, trial)) {
    ++(*tally)["differently: reads what an error before had left"];
    return BothRight(pair);
  }
  ++(*tally)[rtl.engine < 0 ? "done" : ErrorText(rtl.code)];
  if (differ) {
    return fmt::format("{}: rtl {} in cycle {}, tlm {} in cycle {}", trial.text, rtl.Text(),
                       rtl.cycles, tlm.Text(), tlm.cycles);
  }
  const std::string wrong = random() % 10 == 0 ? BothRight(pair) : "";
  return wrong.empty() ? "" : trial.text + ", " + wrong;
}

Json RunBlock(FaultPair* pair, const Block& block) {
  std::map<std::string, int> tally;
  std::vector<std::string> differences;
  for (uint64_t k = 0; k < block.count; ++k) {
    for (int soft = 0; soft < (block.resets ? 2 : 1); ++soft) {
      std::string text;
      try {
        if (block.resets) ++tally[soft != 0 ? "soft resets, each cycle" : "resets, each cycle"];
        text = block.resets ? ResetIn(pair, block.first + k, soft != 0)
                            : Try(pair, block.first + k, &tally);
      } catch (const std::exception& e) {
        text = e.what();
      }
      if (!text.empty()) differences.push_back(fmt::format("seed {}: {}", block.first + k, text));
    }
  }
  return {{"block", block.Key()},
          {"net", kNets[block.net]},
          {"count", block.Trials()},
          {"ended", tally},
          {"differences", differences}};
}

// One line, whole, whoever else writes.
void Append(const Options& o, const Json& line) {
  const std::string text = line.dump() + "\n";
  const int file = open(ResultsPath(o).c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (file < 0 || flock(file, LOCK_EX) != 0 ||
      write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw InputError(fmt::format("{}: cannot be written", ResultsPath(o)));
  close(file);
}

// Job j of o.jobs: every o.jobs-th block.
void RunJob(const Options& o, const std::vector<Block>& blocks, int job) {
  for (size_t i = static_cast<size_t>(job); i < blocks.size(); i += static_cast<size_t>(o.jobs)) {
    // Afresh, so that a block says the same whatever ran before it.
    FaultPair pair(static_cast<FaultNet>(blocks[i].net));
    Append(o, RunBlock(&pair, blocks[i]));
  }
}

int Report(const Options& o) {
  std::map<std::string, std::map<std::string, int64_t>> by_end;
  std::map<std::string, int64_t> trials;
  std::vector<std::string> differences;
  for (const Json& line : ReadResults(o)) {
    const std::string net = line["net"];
    trials[net] += line["count"].get<int64_t>();
    for (const auto& [end, count] : line["ended"].items()) by_end[end][net] += count.get<int64_t>();
    for (const auto& d : line["differences"])
      differences.push_back(net + ", " + d.get<std::string>());
  }
  fmt::print("| ended with | chain | graph | tiles | row |\n|---|---|---|---|---|\n");
  for (auto& [end, counts] : by_end) {
    fmt::print("| {} | {} | {} | {} | {} |\n", end, counts["chain"], counts["graph"],
               counts["tiles"], counts["row"]);
  }
  fmt::print("| all | {} | {} | {} | {} |\n", trials["chain"], trials["graph"], trials["tiles"],
             trials["row"]);
  const size_t shown = std::min<size_t>(differences.size(), 20);
  for (size_t i = 0; i < shown; ++i) fmt::print("DIFFERENT: {}\n", differences[i]);
  fmt::print("faults: {} trials, {} differences\n",
             trials["chain"] + trials["graph"] + trials["tiles"] + trials["row"],
             differences.size());
  return differences.empty() ? kAllEqual : kDifferent;
}

int Run(const Options& o) {
  if (o.report) return Report(o);
  std::filesystem::create_directories(o.work);
  for (int net = 0; net < 4; ++net)
    CheckRtlBuilt(FaultConfig(static_cast<FaultNet>(net)), RtlVariant::kPlain);
  std::set<std::string> done;
  for (const Json& line : ReadResults(o)) done.insert(line["block"]);
  std::vector<Block> blocks = Blocks(o);
  const size_t all = blocks.size();
  blocks.erase(std::remove_if(blocks.begin(), blocks.end(),
                              [&](const Block& b) { return done.count(b.Key()) != 0; }),
               blocks.end());
  if (blocks.size() < all)
    fmt::print(stderr, "faults: goes on; {} of {} blocks are there\n", all - blocks.size(), all);
  std::set<pid_t> children;
  for (int job = 0; job < o.jobs; ++job) {
    const pid_t child = fork();
    if (child == 0) _exit(RunCommand([&] { return RunJob(o, blocks, job), kAllEqual; }));
    children.insert(child);
  }
  bool failed = false;
  {
    Progress progress("faults", static_cast<int64_t>(blocks.size() * kBlock));
    while (!children.empty()) {
      int status = 0;
      const pid_t child = waitpid(-1, &status, WNOHANG);
      if (child > 0) {
        children.erase(child);
        failed |= status != 0;
        continue;
      }
      progress.Set(static_cast<int64_t>((ReadResults(o).size() - done.size()) * kBlock));
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }
  if (failed) throw InputError("a worker ended early; the same command goes on from there");
  return Report(o);
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  return systole::RunCommand([&]() -> int {
    CLI::App app(
        "Faults on RTL and SystemC platform: mutated programs, bad memories, resets, stalls. The "
        "same end in the same cycle on both, and correct runs afterwards",
        "fault_campaign");
    systole::Options o;
    app.add_option("--count", o.count, "trials")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--seed", o.seed, "of the first trial")->capture_default_str();
    std::string shard;
    app.add_option("--shard", shard, "I/N: a part of them");
    app.add_option("--net", o.net, "those of one network alone")
        ->check(CLI::IsMember({"chain", "graph", "tiles", "row"}));
    app.add_option("--jobs", o.jobs, "processes")->check(CLI::Range(1, 256))->capture_default_str();
    app.add_option("--work", o.work, "folder of the results")->capture_default_str();
    app.add_flag("--resets", o.resets, "resets in every cycle of a run instead of --count trials");
    app.add_flag("--report", o.report, "only the table of what is there");
    if (!systole::ParseOptions(&app, argc, argv)) return systole::kAllEqual;
    char end = 0;
    if (!shard.empty() && (std::sscanf(shard.c_str(), "%d/%d%c", &o.part, &o.parts, &end) != 2 ||
                           o.part < 1 || o.part > o.parts))
      throw systole::InputError(fmt::format("--shard {}: must be I/N, such as 2/8", shard));
    return systole::Run(o);
  });
}
