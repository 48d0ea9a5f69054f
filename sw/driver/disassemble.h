// Instructions as text a person can read.
#pragma once

#include <string>
#include <vector>

#include "sw/isa/isa.h"

namespace systole {

// "LOAD", "MATMUL", "POST", "STORE"; 4: "fetch".
const char* EngineName(int engine);

// "Matmul" etc.; nullptr for an unknown opcode.
const char* OpcodeName(Opcode opcode);

// One line: opcode, tokens taken and given, then the nonzero fields of the engine in the order of
// fields.def, e.g.
//   "Matmul take LOAD:1 give POST | First 1 KtabInc 1 Base 32 Wcols 16 ..."
// An unknown opcode is printed as its eight words.
std::string Disassemble(const Instruction& instruction);

// Two lines that say how to read a listing.
const char* ListingHelp();

// The whole program, an index in front of each line.
std::string Listing(const std::vector<Instruction>& code);

}  // namespace systole
