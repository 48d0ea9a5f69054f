// Silicon figures of designs: those that `make ppa` has synthesised, and those between them.
//
// A design is synthesised where the table has all its parameters. It is interpolated where four of
// the table's designs with the same other parameters stand around it, ROWS r0 <= r <= r1 and COLS
// c0 <= c <= c1, next to it in the table:
//
//   f(r, c) = sum of f(ri, cj) * w(r; ri) * w(c; cj),
//   w(x; x0) = (x1 - x) / (x1 - x0), w(x; x1) = (x - x0) / (x1 - x0); 1 where x0 = x1
//
// for the cells' area, the memories' area and the longest path, each by itself. Of any other design
// nothing is known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sw/isa/config.h"

namespace systole::explore {

struct SiliconFigures {
  double um2 = 0;  // cells and memories
  double ns = 0;   // the longest path
  bool synthesised = true;
};

class SiliconTable {
 public:
  // `text`: JSON of scripts/ppa/designs.py. Throws InputError, which names `path`.
  SiliconTable(const std::string& path, const std::string& text);

  std::optional<SiliconFigures> Of(const HwConfig& config) const;

  // What rows of a store depend on.
  const std::string& Describe() const { return description_; }

 private:
  struct Design {
    HwConfig config;
    double um2, ns;
  };
  std::vector<Design> designs_;
  std::string description_;
};

// Reads the file, too.
SiliconTable LoadSilicon(const std::string& path);

}  // namespace systole::explore
