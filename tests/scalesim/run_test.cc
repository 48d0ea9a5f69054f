// Whole runs: the printed lines, and errors that name their file.
#include "sw/scalesim/run.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

std::string Config(const std::string& dataflow, int rows, int cols) {
  return "[general]\nrun_name: r\n[architecture_presets]\nArrayHeight: " + std::to_string(rows) +
         "\nArrayWidth: " + std::to_string(cols) +
         "\nIfmapSramSzkB: 36\nFilterSramSzkB: 36\nOfmapSramSzkB: 36\nIfmapOffset: "
         "0\nFilterOffset: 10000000\n"
         "OfmapOffset: 20000000\nDataflow: " +
         dataflow + "\nBandwidth: 10\n[run_presets]\nInterfaceBandwidth: USER\n";
}

TEST(RunTest, DocumentsRunOn1x64IsEqualInEveryLine) {
  RunRequest request;
  request.config_path = "r.cfg";
  request.topology_path = "gemm.csv";
  request.input_type = InputType::kGemm;
  const RunResult r = EvaluateRun(request, Config("ws", 1, 64), "Layer, M, N, K,\nG, 7, 7, 3,\n");
  EXPECT_EQ(r.text,
            "====================================================\n"
            "******************* SCALE SIM **********************\n"
            "====================================================\n"
            "Array Size: \t1x64\n"
            "SRAM IFMAP (kB): \t36\n"
            "SRAM Filter (kB): \t36\n"
            "SRAM OFMAP (kB): \t36\n"
            "Dataflow: \tWeight Stationary\n"
            "CSV file path: \tgemm.csv\n"
            "Bandwidth: \t10\n"
            "Working in USE USER BANDWIDTH mode.\n"
            "====================================================\n"
            "\n"
            "Running Layer 0\n"
            "Compute cycles: 212\n"
            "Stall cycles: 0\n"
            "Overall utilization: 1.08%\n"
            "Mapping efficiency: 10.94%\n"
            "Average IFMAP DRAM BW: 10.000 words/cycle\n"
            "Average Filter DRAM BW: 10.000 words/cycle\n"
            "Average OFMAP DRAM BW: 9.800 words/cycle\n"
            "************ SCALE SIM Run Complete ****************\n");
}

TEST(RunTest, AnErrorInALayerNamesFileLayerAndRemedy) {
  RunRequest request;
  request.config_path = "r.cfg";
  request.topology_path = "gemm.csv";
  request.input_type = InputType::kGemm;
  try {
    EvaluateRun(request, Config("os", 1, 1), "h\nfirst, 2, 2, 2,\nsecond, 1, 1, 1,\n");
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()),
              "gemm.csv: layer 1 (second): the layer takes 0 cycles by SCALE-Sim's count, which "
              "makes it divide by zero; "
              "use --corrected");
  }
}

TEST(RunTest, CompensatedSumsAreThoseOfLaterPythons) {
  // Seven folds with 1/7 of the array mapped. CPython 3.11: sum([1/7] * 7) / 7 * 100
  // = 14.285714285714283. CPython 3.12 adds to exactly 1.0.
  RunRequest request;
  request.input_type = InputType::kGemm;
  const std::string config = Config("ws", 1, 7), topology = "h\nG, 3, 1, 7,\n";
  EXPECT_NE(EvaluateRun(request, config, topology).reports.compute.find(", 14.285714285714283, "),
            std::string::npos);
  request.options.compensated_sum = true;
  EXPECT_NE(EvaluateRun(request, config, topology).reports.compute.find(", 14.285714285714285, "),
            std::string::npos);
}

}  // namespace
}  // namespace systole::scalesim
