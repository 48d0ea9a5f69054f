// One address group of the activation buffer: a memory in each bank, one port of either kind for
// all users (systole_act_buffer tells when two want it).
//
//   bank b is written where ld_here_i[b] or po_here_i[b] (LOAD's wins), read where MATMUL reads the
//   bank in this group, or pr_here_i[b] or st_here_i[b] (in that order); contiguous users give two
//   rows and which banks lie in the second
`include "systole_assert.svh"

module systole_act_group #(
  parameter int BB = 4,   // log2(BANKS)
  parameter int RB = 11,  // row bits, the group's on top
  parameter int DB = 9,   // row bits within a group
  parameter int GROUP = 0,
  localparam int BANKS = 1 << BB,
  localparam int GB = RB > DB ? RB - DB : 1  // bits of a group's number
) (
  input  logic clk_i,

  // writers
  input  logic [BANKS-1:0]   ld_here_i,
  input  logic [BANKS-1:0]   ld_next_i,
  input  logic [RB-1:0]      ld_row0_i,
  input  logic [RB-1:0]      ld_row1_i,
  input  logic [8*BANKS-1:0] ld_data_i,
  input  logic [BANKS-1:0]   po_here_i,
  input  logic [BANKS-1:0]   po_next_i,
  input  logic [RB-1:0]      po_row0_i,
  input  logic [RB-1:0]      po_row1_i,
  input  logic [8*BANKS-1:0] po_data_i,

  // readers
  input  logic                mm_reads_i,  // MATMUL reads in this group
  input  logic [BANKS-1:0]    mm_re_i,
  input  logic [BANKS*GB-1:0] mm_group_i,  // of each bank, a group's number
  input  logic [BANKS*RB-1:0] mm_row_i,
  input  logic [BANKS-1:0]    pr_here_i,
  input  logic [BANKS-1:0]    pr_next_i,
  input  logic [RB-1:0]       pr_row0_i,
  input  logic [RB-1:0]       pr_row1_i,
  input  logic [BANKS-1:0]    st_here_i,
  input  logic [BANKS-1:0]    st_next_i,
  input  logic [RB-1:0]       st_row0_i,
  input  logic [RB-1:0]       st_row1_i,
  output logic [8*BANKS-1:0]  data_o
);
  logic any_read, any_write;
  logic [BANKS-1:0] we, re_contiguous;
  logic [32*BANKS-1:0] waddr, raddr;  // bank b at [32 b +: DB]
  assign we = ld_here_i | po_here_i;
  assign any_write = we != '0;
  assign re_contiguous = pr_here_i | st_here_i;
  assign any_read = mm_reads_i || re_contiguous != '0;

  // MATMUL reads, or contiguous users; who comes second is told of the conflict.
  function automatic logic [31:0] row_of(input logic next, input logic [RB-1:0] row0,
                                         input logic [RB-1:0] row1);
    row_of = 32'(DB'(next ? row1 : row0));
  endfunction
  always_comb begin
    if (`SYSTOLE_ANY(any_write)) begin
      for (int b = 0; b < BANKS; b++) begin
        waddr[32*b +: 32] = ld_here_i[b] ? row_of(ld_next_i[b], ld_row0_i, ld_row1_i) :
                            row_of(po_next_i[b], po_row0_i, po_row1_i);
      end
    end else waddr = 'x;
  end
  always_comb begin
    if (mm_reads_i) begin
      for (int b = 0; b < BANKS; b++) raddr[32*b +: 32] = 32'(DB'(mm_row_i[b*RB +: RB]));
    end else if (`SYSTOLE_ANY(any_read)) begin
      for (int b = 0; b < BANKS; b++) begin
        raddr[32*b +: 32] = pr_here_i[b] ? row_of(pr_next_i[b], pr_row0_i, pr_row1_i) :
                            row_of(st_next_i[b], st_row0_i, st_row1_i);
      end
    end else raddr = 'x;
  end

  logic read_q;  // data are there
  logic [8*BANKS-1:0] data;
  always_ff @(posedge clk_i) read_q <= any_read;
  always_comb begin
    if (`SYSTOLE_ANY(read_q)) data_o = data;
    else data_o = 'x;
  end
  for (genvar b = 0; b < BANKS; b++) begin : gen_bank
    systole_sram #(.WIDTH(8), .DEPTH(1 << DB), .OVERREAD(1'b1)) u_sram (
      .clk_i(clk_i), .any_i(`SYSTOLE_ANY(any_read || any_write)), .we_i(we[b]),
      .waddr_i(waddr[32*b +: DB]),
      .wdata_i(ld_here_i[b] ? ld_data_i[8*b +: 8] : po_data_i[8*b +: 8]),
      .re_i(mm_reads_i ? mm_re_i[b] && mm_group_i[b*GB +: GB] == GB'(GROUP) : re_contiguous[b]),
      .raddr_i(raddr[32*b +: DB]), .rdata_o(data[8*b +: 8])
    );
  end
endmodule
