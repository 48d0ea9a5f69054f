// systole-scalesim-dev: the command alone, without the rest of `systole`.
#include "sw/scalesim/cli.h"

int main(int argc, char** argv) { return systole::scalesim::ScaleSimMain(argc, argv); }
