// Constraints: expressions over the parameters of a design, by the library muParser. A design is
// kept where every one is not zero.
//
// + - * / ^ %, == != < > <= >=, && || and !, ?:, parentheses, min max abs sqrt log2 floor ceil; os,
// ws, is and the like are the names of values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace systole::explore {

// Serves one thread.
class Constraint {
 public:
  // `variables`: names, and the indices of their parameters; `constants`: names of values. Throws
  // InputError (without a place) for what cannot be read.
  Constraint(const std::string& expression,
             const std::vector<std::pair<std::string, int>>& variables,
             const std::vector<std::pair<std::string, int64_t>>& constants);
  ~Constraint();
  Constraint(Constraint&&) noexcept;

  bool Holds(const int64_t* parameters);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace systole::explore
