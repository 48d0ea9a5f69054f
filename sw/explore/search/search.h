// Search methods over a Problem: random, genetic (pagmo's sga and nsga2) and simulated annealing.
//
// Every method is a function of problem, seed and options alone: the number of threads behind
// Problem::Evaluate changes nothing, and a point that the problem already knew (a store of an
// interrupted run) is treated like a fresh one, so a search that is run again takes the same way.
//
// The budget counts distinct points this search asked for, infeasible ones included. It is never
// exceeded, and used up unless the space is smaller, `stop` ends the search, or restarts find
// nothing new any more. Infeasible points lose against every feasible one, and are equal among
// themselves.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sw/explore/search/problem.h"

namespace systole::explore {

enum class Method { kRandom, kGenetic, kNsga2, kAnnealing };

struct SearchOptions {
  uint64_t seed = 1;
  int64_t budget = 1000;
  int objective = 0;         // which one the single-objective methods minimise; nsga2 minimises all
  int population = 0;        // genetic methods; nsga2 needs a multiple of 4. 0: the method's own
  std::vector<Point> start;  // evaluated first and part of the first population (winners of a
                             // proxy, earlier bests)
  std::function<bool()> stop;  // asked before each evaluation (batch); true ends the search
};

struct SearchResult {
  std::vector<Point> points;  // distinct, in the order of evaluation
  std::vector<Evaluation> evaluations;
  int64_t best = -1;  // index of the best point in `options.objective`, the first of equals; -1:
                      // none is feasible
  std::vector<std::pair<int64_t, double>>
      convergence;  // (evaluations, best so far), a pair for each improvement
  int restarts = 0;
};

SearchResult RandomSearch(Problem* problem, const SearchOptions& options);   // without repetition
SearchResult GeneticSearch(Problem* problem, const SearchOptions& options);  // one objective
SearchResult Nsga2Search(Problem* problem,
                         const SearchOptions& options);  // at least two objectives
SearchResult AnnealingSearch(Problem* problem, const SearchOptions& options);  // one objective

// "random", "genetic", "nsga2", "annealing"; throws InputError for another name.
Method ParseMethod(const std::string& name);
std::string MethodName(Method method);

// Throws InputError when the problem has too few objectives for the method, or none, or an option
// is out of range.
SearchResult Search(Problem* problem, Method method, const SearchOptions& options);

}  // namespace systole::explore
