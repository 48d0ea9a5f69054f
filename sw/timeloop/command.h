// `systole map`.
#pragma once

namespace systole::timeloop {

// Exit status: 0 a mapping was found or is valid, 1 it is not (said why), 2 bad input.
int MapMain(int argc, const char* const* argv);

}  // namespace systole::timeloop
