// A design as a command line names it.
#pragma once

#include <string>
#include <vector>

#include "sw/timeloop/network.h"

namespace systole::timeloop {

// Reads each file whole. Throws InputError where one cannot be read.
std::vector<SpecFile> LoadFiles(const std::vector<std::string>& paths);

// "LABEL=FILE,FILE" or "FILE,FILE", whose label is the first file's name; `option` names it in the
// InputError of a text that names no file.
Design LoadDesign(const std::string& option, const std::string& text);

}  // namespace systole::timeloop
