// scalesim_bench CFG TOPOLOGY [conv|gemm]: CPU time inside the process, from parsed input to
// finished reports, of all layers, and of their cycles alone; median of many repetitions.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "sw/base/error.h"
#include "sw/scalesim/config.h"
#include "sw/scalesim/evaluate.h"
#include "sw/scalesim/report.h"
#include "sw/scalesim/topology.h"

namespace {

using namespace systole::scalesim;

double CpuSeconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::string Text(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

template <typename Work>
double MedianSeconds(Work work) {
  std::vector<double> seconds;
  for (double begin = CpuSeconds();
       seconds.size() < 5 || (seconds.size() < 1000 && CpuSeconds() - begin < 1);) {
    const double start = CpuSeconds();
    work();
    seconds.push_back(CpuSeconds() - start);
  }
  std::nth_element(seconds.begin(), seconds.begin() + seconds.size() / 2, seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: scalesim_bench CFG TOPOLOGY [conv|gemm]\n");
    return 2;
  }
  try {
    const RunConfig config = ParseConfig(Text(argv[1]), argv[1], Compat::kV2);
    const InputType type =
        argc > 3 && std::string(argv[3]) == "gemm" ? InputType::kGemm : InputType::kConv;
    const std::vector<NamedLayer> layers = ParseTopology(Text(argv[2]), argv[2], type, Compat::kV2);
    size_t bytes = 0;
    const double reports = MedianSeconds([&] {
      Reports text;
      AppendHeaders(Options(), &text);
      for (size_t i = 0; i < layers.size(); ++i) {
        AppendLayer(static_cast<int64_t>(i), EvaluateLayer(config.machine, layers[i].layer),
                    Options(), &text);
      }
      bytes = text.compute.size() + text.bandwidth.size() + text.detail.size();
    });
    int64_t total = 0;
    const double cycles = MedianSeconds([&] {
      total = 0;
      for (const NamedLayer& l : layers) total += EvaluateCycles(config.machine, l.layer);
    });
    std::printf("%zu layers, %lld cycles, %zu bytes of reports\n", layers.size(),
                static_cast<long long>(total), bytes);
    std::printf("reports: %.3f us   cycles alone: %.3f us\n", reports * 1e6, cycles * 1e6);
  } catch (const systole::InputError& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 2;
  }
  return 0;
}
