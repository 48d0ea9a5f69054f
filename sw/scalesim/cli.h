// `systole scalesim`: the drop-in for SCALE-Sim v2's scale.py.
#pragma once

namespace systole::scalesim {

// argv[0] is the name of the command. Returns the exit status: 0, or 2 for bad input, with one line
// on standard error.
int ScaleSimMain(int argc, char** argv);

}  // namespace systole::scalesim
