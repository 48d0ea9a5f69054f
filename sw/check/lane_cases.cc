#include "sw/check/lane_cases.h"

#include <fmt/format.h>

#include "sw/check/program_builder.h"

namespace systole::check {

void TryLanes(AreaRun* run, const std::string& mode, const std::string& look, int lanes,
              const std::function<Instruction(int base)>& gathers) {
  const HwConfig& c = run->config();
  const auto lane = [&](const char* what, int base, bool clash, const Outcome& expect) {
    ProgramBuilder b(c, fmt::format("{}, lane {} {}", mode, lanes - 1, what), look, 1);
    std::vector<uint16_t> offsets;
    for (int j = 0; j < c.rows; ++j)
      offsets.push_back(static_cast<uint16_t>(j == lanes || (clash && j == lanes - 1) ? j - 1 : j));
    b.LoadKtab(0, {offsets});
    b.Then(gathers(base));
    b.result().expect = expect;
    run->Try(b.result());
  };
  const int in = run->bench()->area().in(), last = c.ActBytes() - lanes;
  // After LoadKtab and a Sync that waits for it.
  constexpr uint32_t kIndex = 2;
  lane("in a bank of its own", in, false, {});
  lane("in the last byte of the activation buffer", last, false, {});
  lane("past the end of the activation buffer", last + 1, false,
       {ErrorCode::kBufferRange, 1, kIndex});
  if (lanes > 1) lane("in another one's bank", in, true, {ErrorCode::kConflict, 1, kIndex});
}

}  // namespace systole::check
