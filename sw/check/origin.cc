#include "sw/check/origin.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sw/driver/disassemble.h"
#include "sw/timing/post_law.h"

namespace systole::check {
namespace {

// Offset of memory byte `address` in the lines of a transfer, as a buffer address.
std::optional<uint64_t> BufferByte(const Instruction& i, uint64_t address) {
  const uint64_t first = i.Get(field::kLsAddr), stride = i.Get(field::kLsMemStride),
                 bytes = i.Get(field::kLsBytes), lines = i.Get(field::kLsLines);
  for (uint64_t l = 0; l < lines; ++l) {
    const uint64_t line = first + l * stride;
    if (address >= line && address < line + bytes)
      return i.Get(field::kLsBuf) + l * i.Get(field::kLsBufStride) + address - line;
  }
  return std::nullopt;
}

bool FillsOrLoads(const Instruction& i, uint64_t buffer) {
  const uint64_t bytes = i.Get(field::kLsBytes);
  for (uint64_t l = 0; l < i.Get(field::kLsLines); ++l) {
    const uint64_t line = i.Get(field::kLsBuf) + l * i.Get(field::kLsBufStride);
    if (buffer >= line && buffer < line + bytes) return true;
  }
  return false;
}

// Pixel and channel of a Post that writes this byte.
std::optional<std::string> Pixel(const Instruction& i, uint64_t buffer) {
  for (uint64_t y = 0; y < i.Get(field::kPoNy); ++y) {
    for (uint64_t x = 0; x < i.Get(field::kPoNx); ++x) {
      const uint64_t at = i.Get(field::kPoOut) + y * i.Get(field::kPoSy) + x * i.Get(field::kPoSx);
      if (buffer >= at && buffer < at + static_cast<uint64_t>(PostChannels(i)))
        return fmt::format("pixel x {} y {}, channel {}", x, y, buffer - at);
    }
  }
  return std::nullopt;
}

std::string Writer(const std::vector<Instruction>& code, uint32_t before, uint64_t buffer) {
  for (uint32_t k = before; k-- > 0;) {
    const Instruction& i = code[k];
    if (i.opcode() == Opcode::kLoadAct || i.opcode() == Opcode::kFill) {
      if (FillsOrLoads(i, buffer)) return Named(code, k);
    } else if (i.engine() == Engine::kPost && i.opcode() != Opcode::kSyncPost) {
      const auto pixel = Pixel(i, buffer);
      if (!pixel) continue;
      const bool corrected = i.opcode() == Opcode::kPost && i.Get(field::kPoZw) != 0;
      return *pixel + " of " + Named(code, k) +
             (corrected ? " with Zw times the row sum (systole_array, systole_accumulators)" : "");
    }
  }
  return "an earlier program";
}

}  // namespace

std::string EngineAndFiles(int engine) {
  switch (engine) {
    case 0:
      return "LOAD (systole_load, systole_burst_walker, systole_ls_check)";
    case 1:
      return "MATMUL (systole_matmul_control, systole_window_walker, systole_gather, "
             "systole_array)";
    case 2:
      return "POST (systole_post, systole_post_walker, systole_post_lane, systole_requantize)";
    case 3:
      return "STORE (systole_store, systole_burst_walker, systole_ls_check)";
    default:
      return "fetch (systole_fetch)";
  }
}

std::string Named(const std::vector<Instruction>& code, uint32_t index) {
  return fmt::format("instruction {} ({})", index, Disassemble(code.at(index)));
}

std::string OriginOf(const std::vector<Instruction>& code, const HwConfig& config,
                     uint64_t address) {
  for (uint32_t k = static_cast<uint32_t>(code.size()); k-- > 0;) {
    if (code[k].opcode() != Opcode::kStore) continue;
    const auto buffer = BufferByte(code[k], address);
    if (!buffer) continue;
    return fmt::format("activation byte {} (bank {}), stored by {}; put there by {}", *buffer,
                       *buffer % static_cast<uint64_t>(config.Banks()), Named(code, k),
                       Writer(code, k, *buffer));
  }
  return "";
}

}  // namespace systole::check
