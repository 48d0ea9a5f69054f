"""What is mapped to cells before ABC: registers with an enable are registers behind a clock gate,
where the library has one. Verilog for Yosys's techmap."""

GATED = 32  # registers behind one clock gate at most
LEAST = 4  # fewer keep their enable: a gate would be larger

GATE = """(* techmap_celltype = "$dffe" *)
module systole_map_enable (CLK, EN, D, Q);
  parameter WIDTH = 1;
  parameter CLK_POLARITY = 1;
  parameter EN_POLARITY = 1;
  input CLK, EN;
  (* force_downto *) input [WIDTH-1:0] D;
  (* force_downto *) output [WIDTH-1:0] Q;
  wire _TECHMAP_FAIL_ = WIDTH < LEAST || !CLK_POLARITY;
  wire enable = EN_POLARITY ? EN : ~EN;
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + GATED) begin : groups
      localparam N = WIDTH - i < GATED ? WIDTH - i : GATED;
      wire clock;
      CELL gate (.CLOCK(CLK), .ENABLE(enable), .OUT(clock));
      \\$dff #(.WIDTH(N), .CLK_POLARITY(1'b1)) registers (
        .CLK(clock), .D(D[i +: N]), .Q(Q[i +: N]));
    end
  endgenerate
endmodule
"""


def replaced(text, words):
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def verilog(library):
    if not library.gate:
        return ""
    pins = library.gate.gate
    words = {"CELL": library.gate.name, ".CLOCK": "." + pins["clock"]}
    words |= {".ENABLE": "." + pins["enable"], ".OUT": "." + pins["out"]}
    return replaced(GATE, words | {"LEAST": str(LEAST), "GATED": str(GATED)})
