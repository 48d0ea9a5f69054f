// What holds for every compiled program, in every build: nothing of it is missing.
#pragma once

#include "sw/program/program.h"

namespace systole {

// Throws InternalError unless: every instruction of setup and code is one (not left unwritten) and
// knows its place in the report; the code loads every byte of every input image, and stores every
// byte of every output; every row of the report is observed once an image; setup fills the storage
// of every tensor and loads every byte of the constants; the parts lie behind one another in memory
// and end where the program says.
void CheckProgram(const Program& program);

}  // namespace systole
