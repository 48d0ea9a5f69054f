#include "sw/scalesim/cli.h"

#include <cstdio>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/parse_options.h"
#include "sw/scalesim/run.h"

namespace systole::scalesim {

int ScaleSimMain(int argc, char** argv) {
  RunRequest request;
  CLI::App app("SCALE-Sim's answers from SCALE-Sim's files: same reports, same traces",
               "systole scalesim");
  std::string type = "conv", traces, compat = "v2", sum = "plain";
  CLI::Option* config = app.add_option("-c,--config", request.config_path, "configuration (.cfg)")
                            ->capture_default_str();
  CLI::Option* topology = app.add_option("-t,--topology", request.topology_path, "topology (.csv)")
                              ->capture_default_str();
  CLI::Option* workload =
      app.add_option("-w,--workload", request.workload_path,
                     "layer table of the project (models/workloads/*.csv) instead of -t");
  bool convert = false;
  CLI::Option* conversion =
      app.add_flag("--convert", convert,
                   "print the workload as a topology of SCALE-Sim, and do nothing else")
          ->needs(workload);
  CLI::Option* path =
      app.add_option("-p,--path", request.log_path, "folder for the folder of reports")
          ->capture_default_str();
  CLI::Option* input =
      app.add_option("-i,--input", type, "type of the topology: conv, or gemm (M, N, K)")
          ->capture_default_str();
  workload->excludes(topology)->excludes(input);
  CLI::Option* save =
      app.add_option("-s,--save-traces", traces,
                     "Y: also write the six traces of each layer (v2: N if not given; v3: Y)")
          ->check(CLI::IsMember({"Y", "N"}));
  CLI::Option* whose = app.add_option("--compat", compat, "whose arithmetic: v2 (main line) or v3")
                           ->check(CLI::IsMember({"v2", "v3"}))
                           ->capture_default_str();
  CLI::Option* layout = app.add_option("-l,--layout", request.layout_path,
                                       "v3: layout file, named in the banner only");
  CLI::Option* added =
      app.add_option(
             "--sum", sum,
             "how the two averaged columns are added: plain (Python < 3.12) or compensated (later)")
          ->check(CLI::IsMember({"plain", "compensated"}))
          ->capture_default_str();
  CLI::Option* corrected = app.add_flag("--corrected", request.options.corrected,
                                        "without SCALE-Sim's known bugs (docs/scalesim.md)");
  CLI::Option* array = app.add_flag("--array", request.array_report,
                                    "also write ARRAY_REPORT.csv: the folds on this project's "
                                    "array of that size, by its laws (docs/scalesim.md)");
  for (CLI::Option* option : {config, path, save, whose, layout, added, corrected, array})
    conversion->excludes(option);
  return RunCommand([&] {
    if (!ParseOptions(&app, argc, argv)) return kAllEqual;
    // As in SCALE-Sim, whatever is not gemm is conv.
    request.input_type = type == "gemm" ? InputType::kGemm : InputType::kConv;
    request.save_traces = traces.empty() ? compat == "v3" : traces == "Y";
    if (request.save_traces && request.options.corrected) {
      throw InputError("--corrected has no traces: they list what SCALE-Sim fetches; give -s N");
    }
    if (request.array_report && request.options.corrected) {
      throw InputError("--array compares with SCALE-Sim as it is; leave out --corrected");
    }
    if (layout->count() && compat != "v3")
      throw InputError("-l: only v3 names a layout file; add --compat v3");
    request.options.compat = compat == "v3" ? Compat::kV3 : Compat::kV2;
    request.options.compensated_sum = sum == "compensated";
    if (convert) {
      std::fputs(ConvertWorkload(request).c_str(), stdout);
    } else {
      RunFiles(request);
    }
    return kAllEqual;
  });
}

}  // namespace systole::scalesim
