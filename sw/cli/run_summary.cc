#include "sw/cli/run_summary.h"

namespace systole {
namespace {

void Merge(const Differences& from, Differences* to) {
  to->count += from.count;
  for (const std::string& text : from.told) to->Tell(text);
}

}  // namespace

void RunSummary::AddImages(const ItemResult& result) {
  for (size_t r = 0; r < layers.size(); ++r) {
    bytes[r] += result.bytes[r];
    mismatches[r] += result.mismatches[r];
  }
  for (const auto& [who, c] : result.rows) {
    RowCycles& sum = cycles[who];
    sum.rows.resize(c.rows.size());
    sum.lead_in += c.lead_in;
    for (size_t i = 0; i < c.rows.size(); ++i) sum.rows[i] += c.rows[i];
  }
  for (const auto& [who, total] : result.totals) totals[who] += total;
  counters += result.counters;
}

void RunSummary::AddTraffic(const Program& program) {
  if (program.code.empty()) return;  // golden alone
  const std::vector<Traffic> rows = TrafficByRow(program);
  traffic.resize(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    traffic[r].read += rows[r].read;
    traffic[r].written += rows[r].written;
  }
}

void RunSummary::Add(const Job& job, const std::vector<ItemResult>& results) {
  std::map<std::string, uint64_t> steady_short;
  setup_instructions = static_cast<int64_t>(job.Report().setup.size());
  from_memory = job.FromMemory();
  side_by_side = job.SideBySide();
  for (size_t i = 0; i < results.size(); ++i) {
    const Item& item = job.items()[i];
    const ItemResult& result = results[i];
    Merge(result.tensors, &tensor_differences);
    Merge(result.cycles, &cycle_differences);
    cycle_checks += static_cast<int64_t>(job.program(item.program).program.code.size());
    for (const auto& [who, s] : result.seconds) seconds[who] += s;
    if (i == 0) setup = result.setup;
    switch (item.purpose) {
      case Item::Purpose::kImages:
        runs += static_cast<int64_t>(Segments(job.program(item.program).program).size());
        AddImages(result);
        AddTraffic(job.program(item.program).program);
        break;
      case Item::Purpose::kBatchOne:
        batch_one = result.totals;
        batch_one_rows = result.rows;
        break;
      case Item::Purpose::kSteadyShort:
        steady_short = result.totals;
        break;
      case Item::Purpose::kSteadyLong:
        for (const auto& [who, total] : result.totals) {
          steady[who] = static_cast<double>(total - steady_short[who]) /
                        static_cast<double>((kLongBatches - kShortBatches) * batch);
        }
        break;
    }
  }
  if (!from_memory) return;
  for (const auto& [who, total] : totals)
    steady[who] = static_cast<double>(total) / static_cast<double>(images);
}

}  // namespace systole
