// Where n contiguous bytes from an address lie in the activation buffer's banks; combinational.
//
//   byte i of the access is in bank (address + i) mod BANKS, so with rot = address mod BANKS:
//   bank b is hit if (b - rot) mod BANKS < n, in row address / BANKS + (b < rot)
//
//   bank      0 1 2 3 4 5 6 7        rot = 5, n = 6: bytes 0 1 2 in banks 5 6 7 of row0,
//   row0                1 1 1                        bytes 3 4 5 in banks 0 1 2 of row1 = row0 + 1
//   row1      1 1 1
module systole_act_span #(
  parameter int BB = 4,          // log2(BANKS)
  parameter int RB = 11,         // row bits, the group's on top
  parameter int DB = 9,          // row bits within a group
  parameter int ACT_GROUPS = 4,
  localparam int BANKS = 1 << BB
) (
  input  logic                          valid_i,
  input  logic [systole_pkg::BUF_W-1:0] addr_i,
  input  logic [7:0]                    n_i,      // 1 .. BANKS
  output logic [BB-1:0]                 rot_o,
  output logic [RB-1:0]                 row0_o,
  output logic [RB-1:0]                 row1_o,
  output logic [BANKS-1:0]              next_o,   // bank lies in row1
  output logic [ACT_GROUPS*BANKS-1:0]   here_o,   // bank b of group g is hit: bit g*BANKS + b
  output logic [ACT_GROUPS-1:0]         groups_o  // with a bank that is hit
);
  assign rot_o = addr_i[BB-1:0];
  assign row0_o = addr_i[RB+BB-1:BB];
  assign row1_o = row0_o + RB'(1);
  assign next_o = ~({BANKS{1'b1}} << rot_o);

  logic [2*BANKS-1:0] twice;
  logic [BANKS-1:0] bytes, hit;
  always_comb begin
    bytes = '0;
    twice = '0;
    hit = '0;
    here_o = '0;
    groups_o = '0;
    if (valid_i) begin
      bytes = ~({BANKS{1'b1}} << n_i);
      twice = {bytes, bytes} << rot_o;
      hit = BANKS'(twice >> BANKS);
      for (int g = 0; g < ACT_GROUPS; g++) begin
        here_o[g*BANKS +: BANKS] = ((row0_o >> DB) == RB'(g) ? hit & ~next_o : '0) |
                                   ((row1_o >> DB) == RB'(g) ? hit & next_o : '0);
        groups_o[g] = here_o[g*BANKS +: BANKS] != '0;
      end
    end
  end
endmodule
