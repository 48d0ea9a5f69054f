// Named checks, written once for every tool.
//
//   `SYSTOLE_ASSERT(name, clk, rst_n, expr)
//     At every rising clk edge outside reset, expr must hold (values before the edge); else the
//     simulation ends with "systole: assertion failed: <instance>.<name>". Nothing in synthesis
//     (YOSYS, SYNTHESIS) or with SYSTOLE_NO_ASSERT.
//   `SYSTOLE_ASSERT_PROGRAM(name, clk, expr)
//     The same for what a program promises (docs/isa.md) rather than the hardware; without a
//     reset. SYSTOLE_ANY_PROGRAM compiles these away; with SYSTOLE_PLUSARGS the plusarg
//     +systole_any_program switches them off: for tests of arbitrary programs.
//   `SYSTOLE_PROGRAM_CHECKS and, in a clocked process, `SYSTOLE_CHECK_PROGRAM(name, expr)
//     The same as a statement, where it is reached; the former once in the module, before it.
//   `SYSTOLE_UNDEFINED(when, value)
//     The value, and in simulation its inverse when it is undefined in hardware: whoever used it
//     would be found by the comparison of bytes. The value alone in synthesis and where
//     SYSTOLE_ASSERT_PROGRAM is compiled away.
//   `SYSTOLE_ANY(any)
//     any in simulation, 1 in synthesis. In front of work that is for nothing while `any` is low,
//     because each condition inside implies it or because nobody uses what it gives: a simulator
//     passes by what rests.
//   `SYSTOLE_REQUIRE(PARAM, ok, text)
//     Refuses an illegal parameter by name: Verilator when it elaborates (and, where warnings do
//     not stop it, at time 0), Icarus at time 0, Yosys in `hierarchy` (an instance of the missing
//     module systole_illegal_parameter_PARAM).
`ifndef SYSTOLE_ASSERT_SVH
`define SYSTOLE_ASSERT_SVH

`ifdef YOSYS
`define SYSTOLE_UNDEFINED(when_, value_) (value_)
`elsif SYNTHESIS
`define SYSTOLE_UNDEFINED(when_, value_) (value_)
`elsif SYSTOLE_NO_ASSERT
`define SYSTOLE_UNDEFINED(when_, value_) (value_)
`elsif SYSTOLE_ANY_PROGRAM
`define SYSTOLE_UNDEFINED(when_, value_) (value_)
`else
`define SYSTOLE_UNDEFINED(when_, value_) ((when_) ? ~(value_) : (value_))
`endif

`ifdef YOSYS
`define SYSTOLE_ANY(any_) (1'b1)
`elsif SYNTHESIS
`define SYSTOLE_ANY(any_) (1'b1)
`else
`define SYSTOLE_ANY(any_) (any_)
`endif

`ifdef YOSYS
`define SYSTOLE_ASSERT(name_, clk_, rst_n_, expr_)
`define SYSTOLE_ASSERT_PROGRAM(name_, clk_, expr_)
`define SYSTOLE_PROGRAM_CHECKS
`define SYSTOLE_CHECK_PROGRAM(name_, expr_)
`elsif SYNTHESIS
`define SYSTOLE_ASSERT(name_, clk_, rst_n_, expr_)
`define SYSTOLE_ASSERT_PROGRAM(name_, clk_, expr_)
`define SYSTOLE_PROGRAM_CHECKS
`define SYSTOLE_CHECK_PROGRAM(name_, expr_)
`elsif SYSTOLE_NO_ASSERT
`define SYSTOLE_ASSERT(name_, clk_, rst_n_, expr_)
`define SYSTOLE_ASSERT_PROGRAM(name_, clk_, expr_)
`define SYSTOLE_PROGRAM_CHECKS
`define SYSTOLE_CHECK_PROGRAM(name_, expr_)
`else
`define SYSTOLE_ASSERT(name_, clk_, rst_n_, expr_) \
  always @(posedge clk_) begin : name_ \
    if (rst_n_ && !(expr_)) $fatal(1, "systole: assertion failed: %m"); \
  end
`ifdef SYSTOLE_ANY_PROGRAM
`define SYSTOLE_ASSERT_PROGRAM(name_, clk_, expr_)
`define SYSTOLE_PROGRAM_CHECKS
`define SYSTOLE_CHECK_PROGRAM(name_, expr_)
`elsif SYSTOLE_PLUSARGS
`define SYSTOLE_ASSERT_PROGRAM(name_, clk_, expr_) \
  bit name_``_off; \
  initial name_``_off = $test$plusargs("systole_any_program") != 0; \
  `SYSTOLE_ASSERT(name_, clk_, 1'b1, (expr_) || name_``_off)
`define SYSTOLE_PROGRAM_CHECKS \
  bit any_program; \
  initial any_program = $test$plusargs("systole_any_program") != 0;
`define SYSTOLE_CHECK_PROGRAM(name_, expr_) \
  if (!(expr_) && !any_program) begin : name_ \
    $fatal(1, "systole: assertion failed: %m"); \
  end
`else
`define SYSTOLE_ASSERT_PROGRAM(name_, clk_, expr_) `SYSTOLE_ASSERT(name_, clk_, 1'b1, expr_)
`define SYSTOLE_PROGRAM_CHECKS
`define SYSTOLE_CHECK_PROGRAM(name_, expr_) \
  if (!(expr_)) begin : name_ \
    $fatal(1, "systole: assertion failed: %m"); \
  end
`endif
`endif

`ifdef VERILATOR
`define SYSTOLE_REQUIRE(param_, ok_, text_) \
  if (!(ok_)) begin : gen_illegal_``param_ \
    $fatal(1, "systole: parameter %s=%0d is not possible; allowed: %s", \
           `"param_`", param_, text_); \
    initial $fatal(1, "systole: parameter %s=%0d is not possible; allowed: %s", \
                   `"param_`", param_, text_); \
  end
`elsif YOSYS
`define SYSTOLE_REQUIRE(param_, ok_, text_) \
  if (!(ok_)) begin : gen_illegal_``param_ \
    systole_illegal_parameter_``param_ u_refused (); \
  end
`else
`define SYSTOLE_REQUIRE(param_, ok_, text_) \
  initial if (!(ok_)) $fatal(1, "systole: parameter %s=%0d is not possible; allowed: %s", \
                             `"param_`", param_, text_);
`endif

`endif
