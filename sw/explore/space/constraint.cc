#include "sw/explore/space/constraint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <muParser.h>

#include <cmath>

#include "sw/base/error.h"

namespace systole::explore {
namespace {

double Modulo(double a, double b) { return std::fmod(a, b); }
double Not(double a) { return a == 0 ? 1 : 0; }
double Floor(double a) { return std::floor(a); }
double Ceil(double a) { return std::ceil(a); }

}  // namespace

struct Constraint::State {
  mu::Parser parser;
  std::vector<double> values;  // of the variables, where the parser looks for them
  std::vector<std::pair<size_t, int>>
      used;  // (index into values, parameter) of those the expression has
};

Constraint::Constraint(const std::string& expression,
                       const std::vector<std::pair<std::string, int>>& variables,
                       const std::vector<std::pair<std::string, int64_t>>& constants)
    : state_(std::make_unique<State>()) {
  mu::Parser& parser = state_->parser;
  try {
    parser.DefineOprt("%", Modulo, mu::prMUL_DIV);
    parser.DefineInfixOprt("!", Not);
    parser.DefineFun("floor", Floor);
    parser.DefineFun("ceil", Ceil);
    for (const auto& [name, value] : constants)
      parser.DefineConst(name, static_cast<double>(value));
    state_->values.assign(variables.size(), 1.0);
    for (size_t i = 0; i < variables.size(); ++i)
      parser.DefineVar(variables[i].first, &state_->values[i]);
    parser.SetExpr(expression);
    parser.Eval();
    const mu::varmap_type used = parser.GetUsedVar();
    for (size_t i = 0; i < variables.size(); ++i) {
      if (used.count(variables[i].first)) state_->used.emplace_back(i, variables[i].second);
    }
  } catch (const mu::Parser::exception_type& error) {
    std::vector<std::string> names;
    for (const auto& variable : variables) names.push_back(variable.first);
    throw InputError(fmt::format("constraint \"{}\": {} its names are {}", expression,
                                 error.GetMsg(), fmt::join(names, ", ")));
  }
}

Constraint::~Constraint() = default;
Constraint::Constraint(Constraint&&) noexcept = default;

bool Constraint::Holds(const int64_t* parameters) {
  for (const auto& [i, parameter] : state_->used)
    state_->values[i] = static_cast<double>(parameters[parameter]);
  return state_->parser.Eval() != 0;
}

}  // namespace systole::explore
