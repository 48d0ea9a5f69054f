// Prints rtl/common/systole_pkg.sv from sw/isa/fields.def. A test compares its output with the committed
// file.
#include <cctype>
#include <cstdio>
#include <string>

namespace {

// "PopLoad" -> "POP_LOAD"
std::string Upper(const std::string& camel) {
  std::string out;
  for (size_t i = 0; i < camel.size(); ++i) {
    if (i > 0 && std::isupper(camel[i])) out += '_';
    out += static_cast<char>(std::toupper(camel[i]));
  }
  return out;
}

}  // namespace

int main() {
  std::puts(
      "// Opcodes, instruction fields (NAME_LSB, NAME_W), register offsets and error codes.\n"
      "// Printed by `emit_pkg` from sw/isa/fields.def: edit that file, not this one.\n"
      "package systole_pkg;\n"
      "  localparam int INSTR_W = 256;\n"
      "  localparam int NUM_ENGINES = 4;\n"
      "  localparam int ENGINE_LOAD = 0;\n"
      "  localparam int ENGINE_MATMUL = 1;\n"
      "  localparam int ENGINE_POST = 2;\n"
      "  localparam int ENGINE_STORE = 3;\n"
      "  localparam int ENGINE_FETCH = 4;\n"
      "  localparam logic [31:0] ID_VALUE = 32'h53595354;\n"
      "  localparam logic [31:0] VERSION_VALUE = 32'h00010000;\n");
#define OPCODE(name, code) \
  std::printf("  localparam logic [7:0] OP_%s = 8'h%02X;\n", Upper(#name).c_str(), code);
#include "sw/isa/fields.def"
  std::puts("");
#define FIELD(name, lsb, width)                                              \
  std::printf("  localparam int %s_LSB = %d;\n", Upper(#name).c_str(), lsb); \
  std::printf("  localparam int %s_W = %d;\n", Upper(#name).c_str(), width);
#include "sw/isa/fields.def"
  std::puts("");
#define REG(name, offset) \
  std::printf("  localparam logic [11:0] REG_%s = 12'h%03X;\n", Upper(#name).c_str(), offset);
#include "sw/isa/fields.def"
  std::puts("");
#define ERROR_CODE(name, code, text)                                                           \
  std::printf("  localparam logic [7:0] ERR_%s = 8'd%d;  // %s\n", Upper(#name).c_str(), code, \
              text);
#include "sw/isa/fields.def"
  std::puts("endpackage");
  return 0;
}
