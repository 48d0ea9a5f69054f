"""Writes a copy of a file in which every chosen mutant is there, and a number chooses one.

`a + b` becomes `(SYSTOLE_IS(17) ? ((a) - (b)) : (a + b))`, a statement that may be left out becomes
`{ if (!SYSTOLE_IS(18)) x = y; }`. Inside an alternative nothing can be switched: one mutant is
active at a time. Number 0 is nobody's: the file as it was.
"""

NAME = "sw/systole_mutant.h"
# Where a value must be constant at compile time, no mutant is active.
HEADER = """#pragma once
#include <cstdio>
#include <cstdlib>
namespace systole_mutant {
constexpr int kMost = 1 << 16;
struct State {
  int active = 0;
  unsigned char reached[kMost] = {};
  State() {
    if (const char* number = std::getenv("SYSTOLE_MUTANT")) active = std::atoi(number);
  }
  ~State() {
    const char* path = std::getenv("SYSTOLE_MUTANT_REACHED");
    if (path == nullptr) return;
    std::FILE* file = std::fopen(path, "a");
    if (file == nullptr) return;
    for (int i = 0; i < kMost; ++i) {
      if (reached[i] != 0) std::fprintf(file, "%d\\n", i);
    }
    std::fclose(file);
  }
};
inline State state;
inline bool Reached(int number) {
  state.reached[number] = 1;
  return state.active == number;
}
constexpr bool Is(int number) {
  if (__builtin_is_constant_evaluated()) return false;
  return Reached(number);
}
}  // namespace systole_mutant
#define SYSTOLE_IS(number) (::systole_mutant::Is(number))
"""
FORMS = {
    "value": "({on} ? ({text}) : ({was}))",
    "always": "({on} || ({was}))",
    "never": "(!{on} && ({was}))",
    "negated": "({on} != static_cast<bool>({was}))",
    "line": "{{ if (!{on}) {was} }}",
}


class _Place:
    """A stretch of the file, the mutants of it as a whole, the places inside it."""

    def __init__(self, begin, end):
        self.begin, self.end, self.mutants, self.inside = begin, end, [], []


def _tree(numbered, length):
    """The places, each in the innermost that encloses it."""
    root = _Place(0, length)
    open_places = [root]
    for number, mutant in sorted(numbered, key=lambda pair: (pair[1].begin, -pair[1].end)):
        while open_places[-1].end <= mutant.begin:
            open_places.pop()
        place = open_places[-1]
        if place is root or (place.begin, place.end) != (mutant.begin, mutant.end):
            place = _Place(mutant.begin, mutant.end)
            open_places[-1].inside.append(place)
            open_places.append(place)
        place.mutants.append((number, mutant))
    return root


def _written(place, text):
    """The place with its switches."""
    parts, at = [], place.begin
    for inner in place.inside:
        parts += [text[at : inner.begin], _written(inner, text)]
        at = inner.end
    written = "".join(parts) + text[at : place.end]
    for number, mutant in place.mutants:
        written = FORMS[mutant.form].format(
            on=f"SYSTOLE_IS({number})", text=mutant.text, was=written)
    return written


def switched(text, numbered):
    """The file's text with its mutants, (number, mutant) each, chosen by the number."""
    return f'#include "{NAME}"\n' + _written(_tree(numbered, len(text)), text)
