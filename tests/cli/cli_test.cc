// The command line as a user meets it: exit status, messages, files, and faults found at the right
// place.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "sw/model/npy.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string kModel = SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx";
const std::string kDigits = " --images " SYSTOLE_SOURCE_DIR "/models/digits/images.idx3-ubyte.gz";
const std::string kLabels = " --labels " SYSTOLE_SOURCE_DIR "/models/digits/labels.idx1-ubyte";

std::string ReadText(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class CliTest : public ::testing::Test {
 protected:
  struct Result {
    int status = -1;
    std::string out, err;
  };

  CliTest() {
    std::string pattern = (fs::temp_directory_path() / "systole-cli-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~CliTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  Result Systole(const std::string& arguments) const {
    const std::string command = fmt::format("{} {} >{}.out 2>{}.err </dev/null", SYSTOLE_BINARY,
                                            arguments, Path("std"), Path("std"));
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadText(Path("std.out")),
            ReadText(Path("std.err"))};
  }
  Result Run(const std::string& arguments) const {
    return Systole("run " + kModel + kDigits + " " + arguments);
  }

  // Status 2, nothing on standard output, one line on standard error that holds every one of
  // `parts`.
  void ExpectRefused(const std::string& arguments, const std::vector<std::string>& parts) const {
    SCOPED_TRACE(arguments);
    const Result r = Systole(arguments);
    EXPECT_EQ(r.status, 2);
    EXPECT_EQ(r.out, "");
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
    EXPECT_EQ(r.err.rfind("error: ", 0), 0u) << r.err;
    for (const std::string& part : parts)
      EXPECT_NE(r.err.find(part), std::string::npos) << part << " in: " << r.err;
  }

  // Files in the test's folder, but for the two of the streams.
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name != "std.out" && name != "std.err") names.push_back(name);
    }
    return names;
  }

  fs::path folder_;
};

// ---- Help and refusals

TEST_F(CliTest, HelpIsEverywhereAndIsNoError) {
  for (const std::string command :
       {"", "run", "compile", "info", "config", "check", "scalesim", "workload"}) {
    const Result r = Systole(command + " -h");
    EXPECT_EQ(r.status, 0) << command;
    EXPECT_NE((r.out + r.err).find("sage"), std::string::npos) << command;
  }
}

TEST_F(CliTest, UsageMistakesAreRefused) {
  ExpectRefused("", {"subcommand"});
  ExpectRefused("fly",
                {"fly",
                 "run, compile, info, config, disassemble, check, scalesim, workload, energy, map, "
                 "run-nest, explore"});
  ExpectRefused("run " + kModel, {"--images"});
  ExpectRefused("run " + kModel + kDigits + " --bogus 1", {"--bogus"});
  ExpectRefused("run " + kModel + kDigits + " --first 0", {"--first"});
  ExpectRefused("run " + kModel + kDigits + " --backend golden,fpga", {"fpga", "golden, tlm, rtl"});
  ExpectRefused("run " + kModel + kDigits + " --backend tlm,tlm", {"twice"});
  ExpectRefused("run " + kModel + kDigits + " --rounding nearest", {"nearest", "half_even"});
  for (const std::string& command :
       {"run " + kModel + kDigits, "compile " + kModel + " -o " + Path("p"), "info " + kModel,
        "energy " + kModel}) {
    ExpectRefused(command + " --dataflow os", {"--dataflow os", "not built", "DATAFLOWS=3"});
    ExpectRefused(command + " --dataflow is", {"--dataflow is", "not built", "DATAFLOWS=5"});
    ExpectRefused(command + " --dataflow rs", {"--dataflow rs", "auto, ws, os or is"});
  }
  ExpectRefused("run " + kModel + kDigits + " --batch 0", {"--batch"});
  ExpectRefused("run " + kModel + kDigits + " --memory-latency 0", {"--memory-latency"});
  ExpectRefused("run " + kModel + kDigits + " --stall 1 --backend golden,tlm", {"--stall"});
  ExpectRefused("run " + kModel + kDigits + " --jobs 0", {"--jobs: '0'", "1 to 1024"});
  ExpectRefused("run " + kModel + kDigits + " --batch 99999999999999999999",
                {"--batch", "1000000"});
  ExpectRefused("run " + kModel + kDigits + " --trace x.fst --backend golden,tlm",
                {"--trace", "rtl"});
  ExpectRefused("run " + kModel + kDigits + " --backend rtl --trace-layer C1", {"--trace FILE"});
}

TEST_F(CliTest, CheckRefusesWhatItDoesNotKnow) {
  ExpectRefused("check --area nothing", {"--area nothing", "registers, transfers, array"});
  ExpectRefused("check --rows 63 --cols 61 --area tokens", {"make rtl", "ROWS=63 COLS=61"});
  ExpectRefused("check --rtl-variant fast", {"--rtl-variant", "noassert"});
}

TEST_F(CliTest, ParametersAreRefusedByName) {
  ExpectRefused("config --rows 1", {"ROWS=1", "2 to 64"});
  ExpectRefused("config --cols 12 --wport 5", {"WPORT=5", "divisor"});
  ExpectRefused("config --param SPEED=9", {"SPEED", "unknown"});
  ExpectRefused("run " + kModel + kDigits + " --acc-depth 2", {"ACC_DEPTH=2"});
  ExpectRefused("run " + kModel + kDigits + " --roundings tflite", {"float32", "ROUNDINGS"});
}

TEST_F(CliTest, BadFilesAreRefusedByName) {
  ExpectRefused("run nothing.onnx" + kDigits, {"nothing.onnx"});
  ExpectRefused("run " + kModel + " --images nothing.gz", {"nothing.gz"});
  ExpectRefused("info " SYSTOLE_SOURCE_DIR "/models/digits/README.md", {"README.md"});
  std::ofstream(Path("labels")) << "not an IDX file";
  ExpectRefused("run " + kModel + kDigits + " --labels " + Path("labels"), {Path("labels")});
  const std::string images = Path("wrong.npy");
  NpyArray wrong;
  wrong.shape = {1, 1, 8, 8};
  wrong.bytes.resize(64);
  WriteNpy(images, wrong);
  ExpectRefused("run " + kModel + " --images " + images, {images, "28"});
}

TEST_F(CliTest, AMissingRtlLibraryNamesTheCommandThatBuildsIt) {
  ExpectRefused("run " + kModel + kDigits + " --backend golden,rtl --rows 61 --cols 59 --first 1",
                {"make rtl ROWS=61 COLS=59"});
  ExpectRefused("run " + kModel + kDigits +
                    " --backend rtl --rows 61 --cols 59 --first 1 --trace " + Path("t.fst"),
                {"make rtl VARIANT=trace ROWS=61 COLS=59"});
}

TEST_F(CliTest, WhatDoesNotFitIsToldBeforeRtlIsAskedFor) {
  ExpectRefused(
      "run " + kModel + kDigits + " --backend golden,rtl --rows 61 --cols 59 --wgt-kib 1 --first 1",
      {"WGT_KIB=1 has", "it fits with WGT_KIB="});
}

// Branches and concatenations run from memory.
TEST_F(CliTest, AGraphRunsOnGoldenAndTlm) {
  const std::string folder = SYSTOLE_SOURCE_DIR "/tests/python/random_graphs/000";
  const std::string run = "run " + folder + "/model.onnx --images " + folder + "/input.npy";
  const Result r = Systole(run + " --backend golden --outputs " + Path("y.npy"));
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_GT(ReadNpy(Path("y.npy")).Elements(), 0);
  const Result tlm = Systole(run + " --backend golden,tlm --outputs " + Path("z.npy"));
  EXPECT_EQ(tlm.status, 0) << tlm.err << tlm.out;
  EXPECT_EQ(ReadNpy(Path("y.npy")).bytes, ReadNpy(Path("z.npy")).bytes);
}

TEST_F(CliTest, ARunSaysWhereOnnxRuntimeMayDifferByOne) {
  const std::string averaging = SYSTOLE_SOURCE_DIR "/models/lenet5-avgpool/model.onnx";
  const Result r = Systole("run " + averaging + kDigits + " --first 1 --backend golden");
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.out.find("mode float32: within 1 of ONNX Runtime"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("(AveragePool): "), std::string::npos) << r.out;
  EXPECT_EQ(Run("--first 1 --backend golden").out.find("ONNX Runtime"), std::string::npos);
}

TEST_F(CliTest, ARefusalLeavesNothingWritten) {
  ExpectRefused("run " + kModel + kDigits + " --first 2 --backend golden --outputs " +
                    Path("y.npy") + " --json " + Path("no/such/folder.json"),
                {"--json", "does not exist"});
  ExpectRefused("run " + kModel + kDigits +
                    " --labels " SYSTOLE_SOURCE_DIR "/models/digits/README.md --outputs " +
                    Path("y.npy"),
                {"README.md"});
  ExpectRefused("compile " + kModel + " -o " + Path("folder") + " --acc-depth 5000", {"ACC_DEPTH"});
  EXPECT_EQ(Files(), std::vector<std::string>{});
}

TEST_F(CliTest, AnInputAndAnotherOutputAreNeverOverwritten) {
  fs::copy_file(kModel, Path("m.onnx"));
  fs::create_hard_link(Path("m.onnx"), Path("same"));
  const std::string run = "run " + Path("m.onnx") + kDigits + " --first 2 --backend golden ";
  ExpectRefused(run + "--outputs " + Path("m.onnx"), {"--outputs", "is the input the model"});
  ExpectRefused(run + "--json " + Path("same"), {"--json", "is the input the model"});
  ExpectRefused(run + "--outputs " + Path("y") + " --json " + Path("./y"),
                {"is the same file as --outputs"});
  ExpectRefused("info " + Path("m.onnx") + " --json " + Path("same"), {"--json"});
  ExpectRefused("workload " + Path("m.onnx") + " -o " + Path("same"), {"-o"});
  NpyArray images;
  images.shape = {1, 1, 28, 28};
  images.bytes.resize(28 * 28);
  WriteNpy(Path("0_C1.npy"), images);
  ExpectRefused("run " + kModel + " --images " + Path("0_C1.npy") + " --backend golden " +
                    "--outputs-dir " + folder_.string(),
                {"--outputs-dir", "is the input --images"});
  EXPECT_EQ(ReadNpy(Path("0_C1.npy")).shape, images.shape);
  EXPECT_EQ(ReadText(Path("m.onnx")), ReadText(kModel));
  EXPECT_FALSE(fs::exists(Path("y")));
}

TEST_F(CliTest, OutputsGoThroughLinksAndDevices) {
  fs::create_symlink("target.json", Path("link.json"));
  ASSERT_EQ(
      Run("--first 2 --backend golden --outputs /dev/null --json " + Path("link.json")).status, 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_TRUE(fs::is_symlink(Path("link.json")));
  EXPECT_EQ(json::parse(ReadText(Path("target.json")))["images"], 2);
}

TEST_F(CliTest, FullStandardOutputIsNoSuccess) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  std::ofstream(Path("t.csv")) << "h\nG, 7, 7, 3,\n";
  std::ofstream(Path("c.cfg")) << "[general]\nrun_name: r\n[architecture_presets]\n"
                                  "ArrayHeight: 8\nArrayWidth: 8\nIfmapSramSzkB: 36\n"
                                  "FilterSramSzkB: 36\nOfmapSramSzkB: 36\nIfmapOffset: 0\n"
                                  "FilterOffset: 10000000\nOfmapOffset: 20000000\n"
                                  "Dataflow: ws\nBandwidth: 10\n[run_presets]\n"
                                  "InterfaceBandwidth: USER\n";
  for (const std::string& arguments :
       {std::string("-h"), std::string("--version"), std::string("config"), std::string("run -h"),
        "info " + kModel, "compile " + kModel + " -o " + Path("out"), "workload " + kModel,
        "run " + kModel + kDigits + " --first 1 --backend golden",
        "scalesim -i gemm -c " + Path("c.cfg") + " -t " + Path("t.csv") + " -p " +
            Path("reports")}) {
    const std::string call =
        fmt::format("{} {} >/dev/full 2>{}", SYSTOLE_BINARY, arguments, Path("err"));
    EXPECT_EQ(WEXITSTATUS(std::system(call.c_str())), 2) << arguments;
    EXPECT_NE(ReadText(Path("err")).find("error: standard output cannot be written"),
              std::string::npos)
        << arguments << ReadText(Path("err"));
  }
}

// A limit on the size of files stands for a disk that fills up.
TEST_F(CliTest, AFullDiskLeavesNothingBehind) {
  for (const std::string& arguments :
       {"run " + kModel + kDigits + " --first 64 --backend golden --outputs " + Path("y.npy"),
        "info " + kModel + " --json " + Path("y.json"),
        "workload " SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx -o " + Path("w.csv")}) {
    const std::string call = fmt::format(
        "bash -c 'ulimit -f 0; exec {} {} 2>&1 | cat >{}; exit "
        "${{PIPESTATUS[0]}}'",
        SYSTOLE_BINARY, arguments, "/dev/null");
    EXPECT_EQ(WEXITSTATUS(std::system(call.c_str())), 2) << arguments;
    EXPECT_EQ(Files(), std::vector<std::string>{}) << arguments;
  }
}

TEST_F(CliTest, NoUnexpectedErrorHasTheHardwaresStatus) {
  if (fs::is_directory("/proc/self")) {
    ExpectRefused("run " + kModel + kDigits + " --first 1 --backend golden --outputs-dir /proc/foo",
                  {"--outputs-dir /proc/foo"});
    ExpectRefused("compile " + kModel + " -o /proc/foo", {"-o /proc/foo"});
  }
  const std::string name = Path("m\xff\xfe.onnx");  // no UTF-8
  fs::copy_file(kModel, name);
  EXPECT_EQ(
      Systole("run " + name + kDigits + " --first 1 --backend golden --json " + Path("j")).status,
      0);
  EXPECT_EQ(json::parse(ReadText(Path("j")))["images"], 1);
}

TEST_F(CliTest, AnErrorNamesTheHelpOfItsSubcommand) {
  ExpectRefused("run " + kModel + kDigits + " --bogus 1", {"see systole run -h"});
  ExpectRefused("compile " + kModel + " -o x --bogus", {"see systole compile -h"});
  ExpectRefused("scalesim --bogus", {"see systole scalesim -h"});
  ExpectRefused("workload --bogus", {"see systole workload -h"});
  for (const std::string command : {"run", "compile", "scalesim", "workload"})
    EXPECT_EQ(Systole(command + " -h").status, 0) << command;
}

// ---- The launcher

TEST_F(CliTest, TheVersionIsTheOneOfTheProject) {
  EXPECT_EQ(Systole("--version").out, "systole " + ReadText(SYSTOLE_SOURCE_DIR "/VERSION"));
}

TEST_F(CliTest, HelpListsEverySubcommand) {
  const std::string out = Systole("--help").out;
  for (const std::string name :
       {"run", "compile", "info", "config", "scalesim", "workload", "explore"}) {
    EXPECT_NE(out.find("\n  " + name + " "), std::string::npos) << name;
  }
}

TEST_F(CliTest, ProgramsAreFoundThroughASymbolicLinkAndFromAnotherFolder) {
  fs::create_symlink(SYSTOLE_BINARY, Path("link"));
  const std::string run = fmt::format("cd {} && ./link config --rows 5 --cols 7 >{} 2>{}",
                                      folder_.string(), Path("o"), Path("e"));
  ASSERT_EQ(std::system(run.c_str()), 0) << ReadText(Path("e"));
  EXPECT_NE(ReadText(Path("o")).find("r5c7"), std::string::npos);
}

TEST_F(CliTest, ProgramsAreFoundWhenStartedByNameAlone) {
  fs::create_symlink(SYSTOLE_BINARY, Path("systole-by-name"));
  const std::string run =
      fmt::format("cd / && PATH={}:$PATH && systole-by-name config --rows 5 --cols 7 >{} 2>{}",
                  folder_.string(), Path("o"), Path("e"));
  ASSERT_EQ(std::system(run.c_str()), 0) << ReadText(Path("e"));
  EXPECT_NE(ReadText(Path("o")).find("r5c7"), std::string::npos);
}

// A copy of the launcher alone, with whatever the test puts beside it.
TEST_F(CliTest, AProgramThatIsNotBuiltNamesTheTarget) {
  fs::copy_file(SYSTOLE_BINARY, Path("alone"));
  const std::string call = fmt::format("{} ", Path("alone"));
  for (const auto& [command, target] : std::vector<std::pair<std::string, std::string>>{
           {"explore", "make explore"}, {"run", "make build"}, {"workload", "make build"}}) {
    const int status =
        std::system((call + command + " x >" + Path("o") + " 2>" + Path("e")).c_str());
    EXPECT_EQ(WEXITSTATUS(status), 2) << command;
    EXPECT_EQ(ReadText(Path("e")),
              "error: systole " + command + " is not built; " + target + " builds it\n");
    EXPECT_EQ(ReadText(Path("o")), "");
  }
  // scalesim needs no other program: it is refused for its missing file.
  const int status =
      std::system((call + "scalesim -t nothing.csv >" + Path("o") + " 2>" + Path("e")).c_str());
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_NE(ReadText(Path("e")).find("nothing.csv"), std::string::npos) << ReadText(Path("e"));
}

TEST_F(CliTest, TheProgramGetsTheArgumentsAndItsStatusIsKept) {
  fs::copy_file(SYSTOLE_BINARY, Path("alone"));
  for (const std::string name : {"systole-explore", "systole-run"}) {
    std::ofstream(Path(name)) << "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; done\nexit 7\n";
    fs::permissions(Path(name), fs::perms::owner_all);
  }
  const std::string end = " 'space a.toml' --top 3 >" + Path("o");
  EXPECT_EQ(WEXITSTATUS(std::system((Path("alone") + " explore" + end).c_str())), 7);
  EXPECT_EQ(ReadText(Path("o")), "<space a.toml>\n<--top>\n<3>\n");
  EXPECT_EQ(WEXITSTATUS(std::system((Path("alone") + " run" + end).c_str())), 7);
  EXPECT_EQ(ReadText(Path("o")), "<run>\n<space a.toml>\n<--top>\n<3>\n");
}

TEST_F(CliTest, WorkloadPrintsATable) {
  const Result r = Systole("workload " + kModel);
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.out.find("\nC1,conv,28,28,1,6,5,5,1,1,2,2,2,2,1,1\n"), std::string::npos) << r.out;
}

// ---- Runs

TEST_F(CliTest, NoOptionIsIgnored) {
  const std::string run = "run " + kModel + kDigits + " --first 1 ";
  for (const std::string backends : {"golden", "tlm", "golden,tlm"}) {
    ExpectRefused(run + "--backend " + backends + " --stall 1", {"--stall"});
    ExpectRefused(run + "--backend " + backends + " --rtl-variant plain", {"--rtl-variant", "rtl"});
    ExpectRefused(run + "--backend " + backends + " --trace " + Path("x.fst"), {"--trace", "rtl"});
  }
  for (const std::string& option :
       {std::string("--no-fuse"), std::string("--no-pack"), std::string("--memory-latency 20"),
        std::string("--dataflow ws"), "--stamps " + Path("s.csv"), "--html " + Path("r.html"),
        "--timeline " + Path("t.json")}) {
    ExpectRefused(run + "--backend golden " + option,
                  {option.substr(0, option.find(' ')), "add tlm or rtl"});
  }
  ExpectRefused(run + "--rows 8 --param ROWS=16", {"ROWS", "twice"});
  ExpectRefused(run + "--param ROWS=8 --param ROWS=8", {"ROWS", "twice"});
  ExpectRefused("config --rows 8 --param ROWS=16", {"ROWS", "twice"});
  ExpectRefused(run + "--backend rtl --stall 18446744073709551616",
                {"--stall", "18446744073709551615"});
  ExpectRefused(run + "--backend rtl --jobs 2 --trace " + Path("x.fst"), {"--trace", "--jobs"});
  EXPECT_EQ(Systole(run + "--backend golden,tlm --dataflow ws").status, 0);
  EXPECT_EQ(Files(), std::vector<std::string>{});
}

// Every key of a report is documented, and everything that is documented is there.
void Keys(const json& j, const std::string& path, std::set<std::string>* keys) {
  static const std::set<std::string> backends = {"golden", "tlm", "rtl"};
  if (j.is_array()) {
    for (const json& element : j) Keys(element, path + "[]", keys);
  } else if (j.is_object()) {
    for (const auto& [key, value] : j.items()) {
      std::string name = key;
      if (path == "config") {
        name = "<parameter>";
      } else if (path == "wall_seconds") {
        name = "<backend>";
        EXPECT_EQ(backends.count(key), 1u) << key;
      } else if (key == "rtl" || key == "tlm" || key == "model") {
        name = path.empty() ? key : "<description>";
      }
      Keys(value, path.empty() ? name : path + "." + name, keys);
    }
  } else {
    keys->insert(path);
  }
}

TEST_F(CliTest, TheJsonIsTheDocumentedOne) {
  ASSERT_EQ(Run("--first 3 --backend golden,tlm,rtl --json " + Path("r.json") + kLabels).status, 0);
  const json j = json::parse(ReadText(Path("r.json")));
  std::set<std::string> keys, documented;
  Keys(j, "", &keys);
  std::istringstream page(ReadText(SYSTOLE_SOURCE_DIR "/docs/json.md"));
  for (std::string line; std::getline(page, line) && line.rfind("# CSV", 0) != 0;) {
    if (line.rfind("| `", 0) == 0) documented.insert(line.substr(3, line.find('`', 3) - 3));
  }
  EXPECT_EQ(keys, documented);
  EXPECT_EQ(j["setup"]["cycles"]["rtl"], j["setup"]["cycles"]["model"]);
  EXPECT_EQ(j["setup"]["cycles"]["rtl"], j["setup"]["cycles"]["tlm"]);
  // 58 kB of weights and more through a 64-bit port.
  EXPECT_GT(j["setup"]["cycles"]["rtl"].get<int64_t>(), 61470 / 8);
}

TEST_F(CliTest, SetupIsToldBesideTheRuns) {
  const Result r = Run("--first 1 --backend tlm --json " + Path("r.json"));
  const json j = json::parse(ReadText(Path("r.json")));
  EXPECT_NE(r.out.find(fmt::format("setup, once before the first run: {} instructions, cycles RTL "
                                   "-, TLM {}, model {}\n",
                                   j["setup"]["instructions"].get<int>(),
                                   j["setup"]["cycles"]["tlm"].get<int>(),
                                   j["setup"]["cycles"]["model"].get<int>())),
            std::string::npos)
      << r.out;
}

TEST_F(CliTest, TheTimelineIsTheRun) {
  ASSERT_EQ(Systole("compile " + kModel + " --batch 1 -o " + Path("out")).status, 0);
  ASSERT_EQ(Run("--first 1 --batch 1 --backend golden,tlm --timeline " + Path("t.json") +
                " --stamps " + Path("s.csv") + " --json " + Path("r.json"))
                .status,
            0);
  const json t = json::parse(ReadText(Path("t.json")));
  std::map<int, std::array<int64_t, 2>> stamps;  // of instructions by their slices
  std::map<int, int64_t> free;                   // of a track
  std::map<std::string, int64_t> layers;
  std::map<int64_t, int64_t> leaves, arrives;
  for (const json& e : t["traceEvents"]) {
    const std::string phase = e["ph"];
    if (phase == "s") leaves[e["id"]] = e["ts"];
    if (phase == "f") arrives[e["id"]] = e["ts"];
    if (phase != "X") continue;
    const int64_t from = e["ts"], to = from + e["dur"].get<int64_t>();
    EXPECT_GE(from, free[e["tid"]]) << e;
    EXPECT_GT(to, from) << e;
    free[e["tid"]] = to;
    if (e["cat"] == "layer") {
      layers[e["name"]] += to - from;
    } else {
      stamps[e["args"]["index"]] = {from, e["args"]["retire"].get<int64_t>()};
    }
  }
  const json report = json::parse(ReadText(Path("r.json")));
  for (const json& layer : report["layers"])
    EXPECT_EQ(layers[layer["name"]], layer["cycles"]["model"].get<int64_t>()) << layer;
  std::istringstream lines(ReadText(Path("s.csv")));
  size_t instructions = 0;
  for (std::string line; std::getline(lines, line);) {
    int index = 0;
    long long issue = 0, retire = 0;
    if (std::sscanf(line.c_str(), "tlm,code,%d,%*[^,],%*[^,],%*[^,],%lld,%lld", &index, &issue,
                    &retire) != 3)
      continue;
    ++instructions;
    EXPECT_EQ(stamps[index], (std::array<int64_t, 2>{issue, retire})) << line;
  }
  EXPECT_GT(instructions, 20u);
  // As many arrows as tokens are taken, and none goes back in time.
  size_t taken = 0;
  std::istringstream listing(ReadText(Path("out/listing.txt")));
  bool code = false;
  for (std::string word, before; listing >> word; before = word) {
    code |= word == "code";
    if (!code) continue;
    const size_t colon = word.find(':');
    if (colon != std::string::npos && std::isupper(static_cast<unsigned char>(word[0])))
      taken += std::stoul(word.substr(colon + 1));
  }
  EXPECT_EQ(arrives.size(), taken);
  ASSERT_EQ(leaves.size(), arrives.size());
  for (const auto& [id, at] : arrives) EXPECT_GE(at, leaves[id]) << id;
}

TEST_F(CliTest, ThePageTellsTheRun) {
  ASSERT_EQ(Run("--first 2 --batch 1 --backend golden,tlm --html " + Path("r.html") + " --json " +
                Path("r.json"))
                .status,
            0);
  const std::string page = ReadText(Path("r.html"));
  const json report = json::parse(ReadText(Path("r.json")));
  EXPECT_NE(page.find("<b>all equal</b>"), std::string::npos);
  for (const json& layer : report["layers"])
    EXPECT_NE(page.find("<tr><td>" + layer["name"].get<std::string>() + "<td>"), std::string::npos);
  // The four causes of each engine are all cycles of the run.
  const int64_t total = report["cycles"]["tlm"];
  int64_t causes[4] = {};
  int shares = 0;
  for (size_t at = 0; (at = page.find("<title>", at)) != std::string::npos; ++at) {
    long long cycles = 0;
    char what[32];
    if (std::sscanf(page.c_str() + at, "<title>%31[a-z ]: %lld cycles,", what, &cycles) == 2 &&
        page.compare(at + 7, 1, "b") * page.compare(at + 7, 1, "w") *
                page.compare(at + 7, 1, "n") ==
            0)
      causes[shares++ / 4] += cycles;
  }
  ASSERT_EQ(shares, 16);
  for (const int64_t sum : causes) EXPECT_EQ(sum, total);
}

TEST_F(CliTest, StampsAreThoseOfEveryInstruction) {
  ASSERT_EQ(Systole("compile " + kModel + " -o " + Path("out")).status, 0);
  ASSERT_EQ(Run("--first 1 --batch 1 --backend golden,tlm,rtl --stamps " + Path("s.csv")).status,
            0);
  const json program = json::parse(ReadText(Path("out/program.json")));
  std::istringstream lines(ReadText(Path("s.csv")));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "backend,run,index,engine,opcode,layer,issue,retire");
  std::map<std::string, std::vector<std::string>> by;  // description and run, lines without it
  int64_t last = 0;
  std::map<std::string, int64_t> first_matmul;
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    ASSERT_EQ(cells.size(), 8u) << line;
    std::vector<std::string>& run = by[cells[0] + " " + cells[1]];
    EXPECT_EQ(cells[2], std::to_string(run.size())) << line;
    EXPECT_LT(std::stoll(cells[6]), std::stoll(cells[7])) << line;
    if (cells[1] == "code") last = std::max<int64_t>(last, std::stoll(cells[7]));
    if (cells[1] == "code" && cells[4] == "Matmul")
      first_matmul.emplace(cells[5], std::stoll(cells[6]));
    run.push_back(line.substr(cells[0].size()));
  }
  EXPECT_EQ(by["rtl setup"].size(), program["setup"]["instructions"].get<size_t>());
  EXPECT_EQ(by["rtl code"].size(), program["code"]["instructions"].get<size_t>());
  for (const std::string run : {"setup", "code"}) {
    EXPECT_EQ(by["rtl " + run], by["model " + run]);
    EXPECT_EQ(by["rtl " + run], by["tlm " + run]);
  }
  EXPECT_EQ(last + 2, 5675);             // docs/timing.md: DONE two cycles after the last retire
  EXPECT_EQ(first_matmul["C1+S2"], 76);  // the table's lead-in
}

TEST_F(CliTest, TheFirstDifferenceIsTheSameInEveryRun) {
  const std::string run =
      "--first 40 --batch 2 --backend golden,tlm --inject weight:C3:37:5:6@tlm ";
  const std::string once = Run(run + "--jobs 1").err;
  EXPECT_EQ(once.rfind("different: tlm: image 0, layer C3+S4", 0), 0u) << once;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Run(run + "--jobs 4").err, once);
}

TEST_F(CliTest, LabelsThatAreNoneOfTheClassesAreRefused) {
  std::vector<uint8_t> labels = {0, 0, 8, 1, 0, 0, 0, 3, 7, 10, 1};
  std::ofstream(Path("labels"))
      .write(reinterpret_cast<char*>(labels.data()), static_cast<std::streamsize>(labels.size()));
  const std::string run =
      "run " + kModel + kDigits + " --backend golden --labels " + Path("labels") + " --first ";
  ExpectRefused(run + "3", {Path("labels"), "label 10 of image 1", "10 classes, 0 to 9"});
  EXPECT_EQ(Systole(run + "1").status, 0);
}

TEST_F(CliTest, PackingIsRefusedWhereNothingPacks) {
  ExpectRefused("run " + kModel + kDigits + " --backend golden --no-pack",
                {"--no-pack", "--backend"});
}

TEST_F(CliTest, DataflowIsChosenAndReported) {
  for (const std::string dataflow : {"ws", "os", "is"}) {
    const Result r = Run("--first 1 --batch 1 --dataflows ws,os,is --dataflow " + dataflow +
                         " --json " + Path("r.json"));
    ASSERT_EQ(r.status, 0) << r.err;
    const json j = json::parse(ReadText(Path("r.json")));
    EXPECT_EQ(j["mismatches"], 0);
    for (const json& layer : j["layers"]) {
      EXPECT_EQ(layer["dataflow"], dataflow);
      EXPECT_EQ(layer["mapping"].get<std::string>().rfind(dataflow + ", ", 0), 0u);
    }
  }
}

TEST_F(CliTest, AllThreeAgreeAndTheJsonAddsUp) {
  const Result r =
      Run("--first 5 --batch 2 --backend golden,tlm,rtl --json " + Path("r.json") + kLabels);
  ASSERT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.out.find("all equal"), std::string::npos);
  const json j = json::parse(ReadText(Path("r.json")));
  EXPECT_EQ(j["images"], 5);
  EXPECT_EQ(j["batch"], 2);
  EXPECT_EQ(j["mismatches"], 0);
  EXPECT_EQ(j["accuracy"], 1.0);
  EXPECT_EQ(j["config"]["rows"], 16);
  uint64_t sum = j["lead_in"]["rtl"], macs = 0;
  for (const json& layer : j["layers"]) {
    const std::string name = layer["name"];
    EXPECT_EQ(layer["cycles"]["rtl"], layer["cycles"]["tlm"]) << name;
    EXPECT_EQ(layer["cycles"]["rtl"], layer["cycles"]["model"]) << name;
    EXPECT_EQ(layer["mismatches"], 0) << name;
    EXPECT_EQ(layer["dataflow"], "ws") << name;
    sum += layer["cycles"]["rtl"].get<uint64_t>();
    macs += layer["macs"].get<uint64_t>();
  }
  EXPECT_EQ(macs, 416520u);
  EXPECT_EQ(sum, j["cycles"]["rtl"].get<uint64_t>());
  EXPECT_EQ(j["cycles"]["rtl"], j["cycles"]["tlm"]);
  EXPECT_EQ(j["cycles"]["rtl"], j["cycles"]["model"]);
  // Bytes that reach the buffer, pooled tensors of C1 and C3 only, by each of two backends: 5
  // images.
  const int bytes[] = {6 * 14 * 14, 16 * 5 * 5, 120, 84, 10};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(j["layers"][i]["bytes_compared"], 2 * 5 * bytes[i]) << i;
}

TEST_F(CliTest, TheReportSaysWhatTheTlmsCyclesProve) {
  const std::string words = "only rtl can refute them";
  const Result without = Run("--first 1 --batch 1 --backend golden,tlm");
  EXPECT_EQ(without.status, 0);
  EXPECT_NE(without.out.find(words), std::string::npos) << without.out;
  const Result with = Run("--first 1 --batch 1 --backend golden,tlm,rtl");
  EXPECT_EQ(with.status, 0) << with.err;
  EXPECT_EQ(with.out.find(words), std::string::npos) << with.out;
}

TEST_F(CliTest, WithoutFusionEveryTensorIsCompared) {
  const Result r =
      Run("--first 1 --batch 1 --no-fuse --backend golden,tlm,rtl --json " + Path("r.json"));
  ASSERT_EQ(r.status, 0) << r.err;
  int64_t bytes = 0;
  const json j = json::parse(ReadText(Path("r.json")));
  for (const json& layer : j["layers"]) {
    bytes += layer["bytes_compared"].get<int64_t>();
  }
  EXPECT_EQ(bytes, 2 * (6 * 28 * 28 + 6 * 14 * 14 + 16 * 10 * 10 + 16 * 5 * 5 + 120 + 84 + 10));
}

TEST_F(CliTest, OutputsAreTheSameOnEveryBackendAndAnyNumberOfProcesses) {
  const std::string fixed = "--first 21 --batch 4 ";
  ASSERT_EQ(Run(fixed + "--backend golden --outputs " + Path("golden.npy")).status, 0);
  ASSERT_EQ(Run(fixed + "--backend tlm --jobs 1 --outputs " + Path("tlm.npy")).status, 0);
  ASSERT_EQ(Run(fixed + "--backend rtl --jobs 3 --outputs " + Path("rtl.npy")).status, 0);
  const NpyArray golden = ReadNpy(Path("golden.npy"));
  EXPECT_EQ(golden.shape, (std::vector<int64_t>{21, 10, 1, 1}));
  EXPECT_EQ(golden.type, NpyType::kUint8);
  EXPECT_EQ(ReadNpy(Path("tlm.npy")).bytes, golden.bytes);
  EXPECT_EQ(ReadNpy(Path("rtl.npy")).bytes, golden.bytes);
}

TEST_F(CliTest, OutputsDirHoldsEveryLayer) {
  ASSERT_EQ(Run("--first 3 --backend golden --outputs " + Path("y.npy") + " --outputs-dir " +
                Path("layers"))
                .status,
            0);
  const std::vector<std::pair<std::string, std::vector<int64_t>>> layers = {
      {"0_C1", {3, 6, 28, 28}}, {"1_S2", {3, 6, 14, 14}}, {"2_C3", {3, 16, 10, 10}},
      {"3_S4", {3, 16, 5, 5}},  {"4_C5", {3, 120, 1, 1}}, {"5_F6", {3, 84, 1, 1}},
      {"6_OUT", {3, 10, 1, 1}}};
  for (const auto& [name, shape] : layers) {
    EXPECT_EQ(ReadNpy(Path("layers/" + name + ".npy")).shape, shape) << name;
  }
  EXPECT_EQ(ReadNpy(Path("layers/6_OUT.npy")).bytes, ReadNpy(Path("y.npy")).bytes);
}

TEST_F(CliTest, RandomStallsKeepTheBytes) {
  for (const char* seed : {"1", "2", "3"}) {
    const Result r = Run(std::string("--first 3 --batch 3 --backend golden,rtl --stall ") + seed);
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_NE(r.out.find("cycles are not compared"), std::string::npos);
  }
}

TEST_F(CliTest, CompileWritesListingMemoryAndHex) {
  ASSERT_EQ(Systole("compile " + kModel + " -o " + Path("out")).status, 0);
  const json j = json::parse(ReadText(Path("out/program.json")));
  EXPECT_EQ(fs::file_size(Path("out/memory.bin")), j["memory"]["bytes"].get<uint64_t>());
  // 64-bit words, 16 digits and a line end each.
  EXPECT_EQ(fs::file_size(Path("out/memory.hex")), j["memory"]["bytes"].get<uint64_t>() / 8 * 17);
  const std::string listing = ReadText(Path("out/listing.txt"));
  EXPECT_NE(listing.find("Matmul"), std::string::npos);
  EXPECT_EQ(
      static_cast<uint64_t>(std::count(listing.begin(), listing.end(), '\n')),
      j["setup"]["instructions"].get<uint64_t>() + j["code"]["instructions"].get<uint64_t>() + 6);
  EXPECT_NE(listing.find("not shown is 0"), std::string::npos);
}

TEST_F(CliTest, TracesAreWindowsOfCyclesOrOneLayer) {
  const std::string run = "--rows 5 --cols 7 --first 1 --batch 1 --backend golden,rtl ";
  const std::string whole = Path("whole.fst"), layer = Path("layer.fst"),
                    cycles = Path("cycles.fst");
  ASSERT_EQ(Run(run + "--trace " + whole).status, 0);
  ASSERT_EQ(Run(run + "--trace " + layer + " --trace-layer OUT").status, 0);
  ASSERT_EQ(Run(run + "--trace " + cycles + " --trace-cycles 1000:1003").status, 0);
  EXPECT_GT(fs::file_size(whole), 4 * fs::file_size(layer));
  EXPECT_GT(fs::file_size(layer), fs::file_size(cycles));
  const std::string reset = Path("reset.fst");  // the run and its setup
  ASSERT_EQ(Run(run + "--trace-from-reset " + reset).status, 0);
  EXPECT_GT(fs::file_size(reset), fs::file_size(whole));
  ExpectRefused(
      "run " + kModel + kDigits + " " + run + "--trace a.fst --trace-from-reset " + Path("no.fst"),
      {"--trace-from-reset", "choose one"});
  ExpectRefused(
      "run " + kModel + kDigits + " --backend golden,tlm --trace-from-reset " + Path("no.fst"),
      {"--trace-from-reset", "rtl"});
  ExpectRefused(
      "run " + kModel + kDigits + " " + run + "--trace " + Path("no.fst") + " --trace-layer C9",
      {"C9", "C1+S2"});
  ExpectRefused(
      "run " + kModel + kDigits + " " + run + "--trace " + Path("no.fst") + " --trace-cycles 9",
      {"FIRST:LAST"});
  EXPECT_FALSE(fs::exists(Path("no.fst")));
}

// ---- Faults in one description are found, and told where

TEST_F(CliTest, AWeightFaultIsFoundInItsLayer) {
  for (const std::string who : {"rtl", "tlm", "golden"}) {
    SCOPED_TRACE(who);
    const Result r = Run("--first 2 --batch 2 --backend golden,tlm,rtl --inject weight:C3:37:5:6@" +
                         who + " --json " + Path("r.json"));
    EXPECT_EQ(r.status, 1);
    EXPECT_NE(r.out.find("DIFFERENT"), std::string::npos);
    EXPECT_NE(r.err.find("layer C3+S4 (tensor"), std::string::npos) << r.err;
    EXPECT_NE(r.err.find("element c 5 "), std::string::npos) << r.err;  // filter 5 alone
    EXPECT_EQ(r.err.find("layer C1+S2"), std::string::npos) << r.err;
    // The one that is right is not accused (golden is the measure: a fault there shows in both).
    EXPECT_EQ(r.err.find("rtl: image 0") != std::string::npos, who != "tlm") << r.err;
    EXPECT_EQ(r.err.find("tlm: image 0") != std::string::npos, who != "rtl") << r.err;
    const json j = json::parse(ReadText(Path("r.json")));
    EXPECT_GT(j["mismatches"].get<int64_t>(), 0);
    EXPECT_EQ(j["layers"][0]["mismatches"], 0);
    EXPECT_GT(j["layers"][1]["mismatches"].get<int64_t>(), 0);
  }
}

TEST_F(CliTest, ALawFaultIsFoundAtItsInstruction) {
  for (const std::string engine : {"LOAD", "MATMUL", "POST", "STORE"}) {
    SCOPED_TRACE(engine);
    const Result r = Run("--first 1 --batch 1 --backend golden,rtl --inject law:" + engine + ":+1");
    EXPECT_EQ(r.status, 1);
    EXPECT_NE(r.err.find("rtl: "), std::string::npos) << r.err;
    EXPECT_NE(r.err.find("instruction "), std::string::npos) << r.err;
    EXPECT_NE(r.err.find("retire model "), std::string::npos) << r.err;
    EXPECT_NE(r.out.find("DIFFERENT: 0 bytes"), std::string::npos) << r.out;
  }
  EXPECT_EQ(Run("--first 1 --batch 1 --backend golden,tlm --inject law:POST:+1@tlm").status, 1);
}

TEST_F(CliTest, FaultsThatCannotBeAreRefused) {
  const std::string run = "run " + kModel + kDigits + " --first 1 ";
  ExpectRefused(run + "--inject weight:C3:1", {"weight:LAYER:K:N:BIT"});
  ExpectRefused(run + "--backend golden,rtl --inject weight:C9:0:0:0",
                {"C9", "C1, C3, C5, F6, OUT"});
  ExpectRefused(run + "--backend golden,rtl --inject weight:C1:25:0:0", {"K 0 to 24"});
  ExpectRefused(run + "--backend golden,rtl --inject weight:C1:0:0:8", {"BIT is 0 to 7"});
  ExpectRefused(run + "--backend golden,tlm --inject weight:C1:0:0:1",
                {"rtl", "not among the backends"});
  ExpectRefused(run + "--backend golden --inject law:POST:+1", {"tlm or rtl"});
  ExpectRefused(run + "--backend golden,rtl --inject law:DMA:+1", {"ENGINE"});
}

}  // namespace
}  // namespace systole
