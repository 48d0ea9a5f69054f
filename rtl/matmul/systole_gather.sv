// Gathers one vector of ROWS activations a cycle: lane j's byte lies at base + offset[j].
//
//   t    base_i and the offsets are there; addresses base + offset[j] into registers
//   t+1  rows rotated to their banks, memories read:  lane j is in bank (rot + j) mod BANKS,
//        rot = address[0] mod BANKS
//   t+2  bytes rotated back, lanes >= lanes_i set to 0, into registers
//   t+3  act_o
//
// Input stationary the lanes leave in t+2 already (lanes_o), and rows of weights take their place
// in act_o: row_i, there with row_valid_i, a cycle later.
//
// The rotation is right only if offset[j] = offset[0] + j (mod BANKS) for every used lane, checked
// at first_i: rule_err_o. A used lane past the buffer's end: range_err_o. Both in t+1.
`include "systole_assert.svh"

module systole_gather #(
  parameter int ROWS = 16,
  parameter int BB = 4,        // log2(BANKS)
  parameter int RB = 11,       // row bits of a bank
  parameter int INPUT = 0,     // 1: row_valid_i may be
  localparam int BANKS = 1 << BB
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,

  // systole_matmul_control, in slot t
  input  logic                          valid_i,
  input  logic                          first_i,  // first vector with these offsets
  input  logic [systole_pkg::BUF_W:0]   base_i,
  input  logic [systole_pkg::COL_W-1:0] lanes_i,

  // offset table, in slot t
  input  logic [16*ROWS-1:0] offsets_i,

  // systole_act_buffer: read in t+1, data in t+2
  output logic [BANKS-1:0]    re_o,
  output logic [BANKS*RB-1:0] row_o,
  input  logic [8*BANKS-1:0]  data_i,

  // Input stationary
  input  logic              row_valid_i,
  input  logic [8*ROWS-1:0] row_i,
  output logic [8*ROWS-1:0] lanes_o,

  output logic [8*ROWS-1:0] act_o,
  output logic              range_err_o,
  output logic              rule_err_o
);
  localparam int COL_W = systole_pkg::COL_W;
  // ---- t: lane addresses. 26 bits: no sum wraps.
  logic past_end, off_rule;
  logic [BB-1:0] first_bank;
  logic [25:0] address;
  logic [BANKS*RB-1:0] rows, rows_q;
  assign first_bank = offsets_i[BB-1:0];
  always_comb begin
    past_end = 1'b0;
    address = 'x;
    rows = 'x;
    if (`SYSTOLE_ANY(valid_i)) begin
      rows = '0;
      for (int j = 0; j < ROWS; j++) begin
        address = 26'(base_i) + 26'(offsets_i[16*j +: 16]);
        rows[j*RB +: RB] = RB'(address >> BB);
        if (COL_W'(j) < lanes_i && (address >> (RB + BB)) != 26'd0) past_end = 1'b1;
      end
    end
  end
  always_comb begin
    off_rule = 1'b0;
    if (`SYSTOLE_ANY(valid_i && first_i)) begin
      for (int j = 0; j < ROWS; j++) begin
        if (COL_W'(j) < lanes_i && BB'(offsets_i[16*j +: BB] - first_bank) != BB'(j)) begin
          off_rule = 1'b1;
        end
      end
    end
  end

  logic valid1_q, valid2_q;
  logic [BB-1:0] rot1_q, rot2_q;
  logic [BANKS-1:0] used1_q;
  logic [ROWS-1:0] used2_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      range_err_o <= 1'b0;
      rule_err_o <= 1'b0;
    end else if (clear_i) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      range_err_o <= 1'b0;
      rule_err_o <= 1'b0;
    end else begin
      valid1_q <= valid_i;
      valid2_q <= valid1_q;
      range_err_o <= valid_i && past_end;
      rule_err_o <= valid_i && first_i && off_rule;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      rows_q <= rows;
      rot1_q <= base_i[BB-1:0] + offsets_i[BB-1:0];
      used1_q <= ~({BANKS{1'b1}} << lanes_i);
    end
  end

  // ---- t+1: to banks. Bank b serves lane (b - rot) mod BANKS.
  logic [2*BANKS-1:0] used_twice;
  assign used_twice = {used1_q, used1_q} << rot1_q;
  assign re_o = valid1_q ? used_twice[2*BANKS-1:BANKS] : '0;
  systole_rotate #(.BB(BB), .W(RB)) u_to_banks (
    .used_i(valid1_q), .amount_i(-rot1_q), .data_i(rows_q), .data_o(row_o)
  );

  always_ff @(posedge clk_i) begin
    if (valid1_q) begin
      rot2_q <= rot1_q;
      used2_q <= used1_q[ROWS-1:0];
    end
  end

  // ---- t+2: to lanes.
  logic [8*BANKS-1:0] lanes;
  logic [8*ROWS-1:0] mask;
  systole_rotate #(.BB(BB), .W(8)) u_to_lanes (
    .used_i(valid2_q), .amount_i(rot2_q), .data_i(data_i), .data_o(lanes)
  );
  always_comb begin
    mask = '1;
    if (`SYSTOLE_ANY(valid2_q && used2_q != '1)) begin
      for (int j = 0; j < ROWS; j++) mask[8*j +: 8] = {8{used2_q[j]}};
    end
  end
  assign lanes_o = lanes[8*ROWS-1:0] & mask;
  always_ff @(posedge clk_i) begin
    if (INPUT != 0 && row_valid_i) act_o <= row_i;
    else if (valid2_q) act_o <= lanes_o;
  end
endmodule
