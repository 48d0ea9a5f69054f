"""Writes a copy of a file in which every chosen mutant is there, and a number chooses one.

`a + b` becomes `((systole_mutate_pkg::active == 17) ? (a - b) : (a + b))`, a statement that may be
left out becomes `begin if (systole_mutate_pkg::active != 18) x_q <= y; end`. Inside an alternative
nothing can be switched: one mutant is active at a time. Number 0 is nobody's: the file as it was.
"""

ACTIVE = "systole_mutate_pkg::active"
NUMBER = r"(std::getenv(\"SYSTOLE_MUTANT\") ? std::atoi(std::getenv(\"SYSTOLE_MUTANT\")) : 0)"
PACKAGE = f"""// The mutant that is active, by the environment; 0: none.
package systole_mutate_pkg;
  int active = int'($c("{NUMBER}"));
endpackage
"""


class _Place:
    """A stretch of the file, the mutants that replace it as a whole, the places inside it."""

    def __init__(self, begin, end):
        self.begin, self.end, self.mutants, self.inside = begin, end, [], []


def _tree(numbered, length):
    """The places, each in the innermost that encloses it."""
    root = _Place(0, length)
    open_places = [root]
    order = sorted(numbered, key=lambda pair: (pair[1].begin, -pair[1].end))
    for number, mutant in order:
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
        if mutant.text:
            written = f"(({ACTIVE} == {number}) ? ({mutant.text}) : ({written}))"
        else:
            written = f"begin if ({ACTIVE} != {number}) {written} end"
    return written


def switched(text, numbered):
    """The file's text with its mutants, (number, mutant) each, chosen by the number."""
    return _written(_tree(numbered, len(text)), text)
