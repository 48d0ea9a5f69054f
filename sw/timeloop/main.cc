// `systole map`: a program of its own.
#include "sw/timeloop/command.h"

int main(int argc, char** argv) { return systole::timeloop::MapMain(argc, argv); }
