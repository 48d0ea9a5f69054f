// The verilated configurations of row_harness.sv (CMakeLists.txt), the default one first.
#pragma once

#include <vector>

#include "tests/rtl_matmul/matmul_model.h"

namespace systole::rtl_row {

const std::vector<rtl_matmul::Build>& Builds();

}  // namespace systole::rtl_row
