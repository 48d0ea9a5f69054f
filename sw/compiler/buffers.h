// The buffers that a misfit names, and the parameters that make them larger.
#pragma once

#include "sw/compiler/misfit.h"
#include "sw/isa/config.h"

namespace systole {

struct Buffer {
  Misfit misfit;
  const char* parameter;
  int HwConfig::*member;
};

inline constexpr Buffer kBuffers[] = {
    {Misfit::kAccumulator, "ACC_DEPTH", &HwConfig::acc_depth},
    {Misfit::kActivation, "ACT_KIB", &HwConfig::act_kib},
    {Misfit::kWeight, "WGT_KIB", &HwConfig::wgt_kib},
    {Misfit::kOffset, "KTAB_KIB", &HwConfig::ktab_kib},
    {Misfit::kChannel, "PAR_KIB", &HwConfig::par_kib},
};

// Null: no buffer's size mends it.
inline const Buffer* BufferOf(Misfit misfit) {
  for (const Buffer& buffer : kBuffers) {
    if (buffer.misfit == misfit) return &buffer;
  }
  return nullptr;
}

}  // namespace systole
