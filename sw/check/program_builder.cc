#include "sw/check/program_builder.h"

#include <stdexcept>

#include "sw/check/instruction_builder.h"
#include "sw/functional/check.h"

namespace systole::check {

using testing::MakeTransfer;

ProgramBuilder::ProgramBuilder(const HwConfig& config, std::string name, std::string look,
                               uint64_t seed)
    : config_(config), area_(config), random_(seed) {
  case_.name = std::move(name);
  case_.look = std::move(look);
}

void ProgramBuilder::Then(Instruction i) {
  if (chained_ && !case_.code.empty()) {
    Instruction& before = case_.code.back();
    const int from = static_cast<int>(before.engine()), to = static_cast<int>(i.engine());
    if (from != to) {
      before.Set(field::kPush, before.Get(field::kPush) | uint64_t{1} << to);
      // The first weights of a Matmul or RowConv are read before its tokens are there.
      const bool ahead = i.opcode() == Opcode::kMatmul || i.opcode() == Opcode::kRowConv;
      Instruction wait = i;
      if (ahead) wait = testing::Make(Opcode::kSyncMatmul);
      wait.Set(kPopField[from], wait.Get(kPopField[from]) + 1);
      if (ahead) {
        Add(wait);
      } else {
        i = wait;
      }
    }
  }
  Add(i);
}

uint64_t ProgramBuilder::Place(const std::vector<uint8_t>& bytes) {
  const uint64_t beat = static_cast<uint64_t>(config_.AxiBytes());
  const uint64_t address = next_;
  next_ = (next_ + bytes.size() + beat - 1) / beat * beat + beat;
  if (next_ > kOut) throw std::logic_error(case_.name + ": more data than the image holds");
  case_.memory.push_back({address, bytes});
  return address;
}

std::vector<uint8_t> ProgramBuilder::RandomBytes(int n) {
  std::vector<uint8_t> bytes(static_cast<size_t>(n));
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random_() >> 24);
  return bytes;
}

void ProgramBuilder::LoadAct(int address, const std::vector<uint8_t>& bytes) {
  Instruction i = MakeTransfer(Opcode::kLoadAct, Place(bytes), bytes.size());
  i.Set(field::kLsBuf, static_cast<uint64_t>(address));
  Then(i);
}

void ProgramBuilder::LoadRows(Opcode opcode, int row,
                              const std::vector<std::vector<uint8_t>>& rows) {
  const size_t padded = static_cast<size_t>(PaddedRowBytes(opcode, config_));
  std::vector<uint8_t> bytes;
  for (const std::vector<uint8_t>& r : rows) {
    bytes.insert(bytes.end(), r.begin(), r.end());
    const std::vector<uint8_t> junk = RandomBytes(static_cast<int>(padded - r.size()));
    bytes.insert(bytes.end(), junk.begin(), junk.end());
  }
  Instruction i = MakeTransfer(opcode, Place(bytes), bytes.size());
  i.Set(field::kLsBuf, static_cast<uint64_t>(row));
  Then(i);
}

void ProgramBuilder::LoadKtab(int row, const std::vector<std::vector<uint16_t>>& rows) {
  std::vector<std::vector<uint8_t>> bytes;
  for (const std::vector<uint16_t>& r : rows) {
    bytes.emplace_back();
    for (uint16_t offset : r) {
      bytes.back().push_back(static_cast<uint8_t>(offset));
      bytes.back().push_back(static_cast<uint8_t>(offset >> 8));
    }
  }
  LoadRows(Opcode::kLoadKtab, row, bytes);
}

void ProgramBuilder::LoadWgt(int row, const std::vector<std::vector<int8_t>>& rows) {
  std::vector<std::vector<uint8_t>> bytes;
  for (const std::vector<int8_t>& r : rows) bytes.emplace_back(r.begin(), r.end());
  LoadRows(Opcode::kLoadWgt, row, bytes);
}

void ProgramBuilder::LoadWeights(int row, int columns,
                                 const std::vector<std::vector<std::vector<int8_t>>>& weights) {
  const int group = config_.cols / config_.wport, load = std::min(columns, group);
  std::vector<std::vector<int8_t>> rows;
  for (const auto& slice : weights) {
    for (int q = 0; q < load; ++q) {
      for (int g = 0; g < config_.wport; ++g) {
        const int column = g * group + load - 1 - q;
        std::vector<int8_t> lanes(static_cast<size_t>(config_.rows));
        if (column < columns) {
          lanes = slice.at(static_cast<size_t>(column));
        } else {
          for (int8_t& w : lanes) w = static_cast<int8_t>(Below(256));
        }
        rows.push_back(lanes);
      }
    }
  }
  LoadWgt(row * config_.wport, rows);
}

void ProgramBuilder::LoadPar(int row, const std::vector<Channel>& channels) {
  const size_t lanes = static_cast<size_t>(config_.lanes);
  std::vector<std::vector<uint8_t>> rows;
  for (size_t k = 0; k < channels.size(); k += lanes) {
    rows.push_back(RandomBytes(static_cast<int>(16 * lanes)));
    for (size_t j = 0; j < lanes && k + j < channels.size(); ++j) {
      const Channel& ch = channels[k + j];
      uint8_t* at = &rows.back()[16 * j];
      for (int b = 0; b < 4; ++b) {
        at[b] = static_cast<uint8_t>(static_cast<uint32_t>(ch.bias) >> 8 * b);
        at[4 + b] = static_cast<uint8_t>(ch.m >> 8 * b);
      }
      at[8] = ch.s;
    }
  }
  LoadRows(Opcode::kLoadPar, row, rows);
}

}  // namespace systole::check
