// `systole workload`: a program of its own, because protobuf makes a process start slowly.
#include "sw/scalesim/onnx_workload.h"

int main(int argc, char** argv) { return systole::scalesim::WorkloadMain(argc, argv); }
