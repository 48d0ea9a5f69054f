// `systole run-nest`: a program of its own.
#include "sw/nest/command.h"

int main(int argc, char** argv) { return systole::nest::RunNestMain(argc, argv); }
