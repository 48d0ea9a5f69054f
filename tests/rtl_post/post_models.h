// The verilated POST engines under test, each with the parameters it was built with
// (CMakeLists.txt).
#pragma once

#include "Vpost_c14l5.h"
#include "Vpost_c16l16.h"
#include "Vpost_c16l8.h"
#include "Vpost_c2l2.h"
#include "Vpost_c7l7.h"
#include "post_reference.h"

namespace systole {

struct C16L8 {
  using Top = Vpost_c16l8;
  static PostConfig Config() { return {}; }
};
struct C7L7 {
  using Top = Vpost_c7l7;
  static PostConfig Config() {
    PostConfig c;
    c.cols = c.lanes = 7;
    c.acc_depth = 96;
    c.act_bytes = 4 * 1024;
    c.add_unit = 0;
    return c;
  }
};
struct C14L5 {
  using Top = Vpost_c14l5;
  static PostConfig Config() {
    PostConfig c;
    c.cols = 14;
    c.lanes = 5;
    c.acc_depth = 40;
    c.axi_bytes = 4;
    return c;
  }
};
struct C2L2 {  // the smallest; no row sum; floor, half_away and tflite only
  using Top = Vpost_c2l2;
  static PostConfig Config() {
    PostConfig c;
    c.cols = c.lanes = 2;
    c.acc_depth = 4;
    c.act_bytes = 1024;
    c.par_bytes = 1024;
    c.axi_bytes = 16;
    c.row_sum = 0;
    c.roundings = 21;
    return c;
  }
};
struct C16L16 {
  using Top = Vpost_c16l16;
  static PostConfig Config() {
    PostConfig c;
    c.lanes = 16;
    c.acc_depth = 1024;
    c.par_bytes = 4 * 1024;
    c.post_act = c.add_unit = 0;
    return c;
  }
};

}  // namespace systole
