// Activation buffer: ACT_KIB KiB of bytes in BANKS x ACT_GROUPS memories, two writers (LOAD, POST), two readers
// (MATMUL, STORE), each memory having one port of either kind.
//
//   byte address = { group | row in group | bank }      BANKS = 2^n >= max(ROWS, LANES, beat bytes)
//                  |<------- row ------->|
//
// Contiguous accesses (LOAD, POST, STORE) of n <= BANKS bytes from address a touch each bank at most once:
//   bank b holds byte i = (b - a) mod BANKS, if i < n, in row  a / BANKS + (b < a mod BANKS)
// so bytes and banks differ by a rotation. MATMUL names a row per bank (systole_gather has rotated its lanes).
// Latency: data are there in the cycle after the read. A write can be read from the next cycle on.
// Two readers or two writers on one group in a cycle is a conflict, told in that cycle; MATMUL's read and LOAD's
// write then win, whose value does not matter: the run ends. Addresses are checked by the engines, not here.
module systole_act_buffer #(
    parameter int ROWS = 16,
    parameter int LANES = 8,
    parameter int ACT_KIB = 32,
    parameter int ACT_GROUPS = 4,
    parameter int AXI_DATA_WIDTH = 64,
    localparam int BEAT = AXI_DATA_WIDTH / 8,
    localparam int NEED0 = (ROWS > LANES) ? ROWS : LANES,
    localparam int NEED = (NEED0 > BEAT) ? NEED0 : BEAT,
    localparam int BB = $clog2(NEED),             // bank bits
    localparam int BANKS = 1 << BB,
    localparam int RB = $clog2(ACT_KIB * 1024) - BB,  // row bits, the group's on top
    localparam int DB = RB - $clog2(ACT_GROUPS)   // row bits within a group
) (
    input logic clk_i,

    // systole_load: n contiguous bytes
    input logic                      ld_we_i,
    input logic [              23:0] ld_addr_i,
    input logic [               7:0] ld_n_i,
    input logic [AXI_DATA_WIDTH-1:0] ld_data_i,

    // systole_post: n contiguous bytes
    input logic               po_we_i,
    input logic [       23:0] po_addr_i,
    input logic [        7:0] po_n_i,
    input logic [8*LANES-1:0] po_data_i,

    // systole_matmul (gather): bank b reads row mm_row_i[b*RB +: RB] where mm_re_i[b]; data in bank order
    input  logic [   BANKS-1:0] mm_re_i,
    input  logic [BANKS*RB-1:0] mm_row_i,
    output logic [ 8*BANKS-1:0] mm_data_o,

    // systole_store: n contiguous bytes, byte 0 = the byte at st_addr_i; bytes from n on are undefined
    input  logic                      st_re_i,
    input  logic [              23:0] st_addr_i,
    input  logic [               7:0] st_n_i,
    output logic [AXI_DATA_WIDTH-1:0] st_data_o,

    output logic rd_conflict_o,  // to systole_matmul
    output logic wr_conflict_o   // to systole_post
);
  // ---- Groups touched by each user in this cycle, one bit a group. Contiguous accesses touch one or two.
  logic [23:0] ld_last, po_last, st_last;
  logic [ACT_GROUPS-1:0] ld_groups, po_groups, st_groups, mm_groups;
  logic [ACT_GROUPS*BANKS-1:0] mm_in_group;
  assign ld_last = ld_addr_i + 24'(ld_n_i) - 24'd1;
  assign po_last = po_addr_i + 24'(po_n_i) - 24'd1;
  assign st_last = st_addr_i + 24'(st_n_i) - 24'd1;
  assign rd_conflict_o = |(mm_groups & st_groups);
  assign wr_conflict_o = |(ld_groups & po_groups);

  for (genvar g = 0; g < ACT_GROUPS; g++) begin : gen_group_hit
    assign ld_groups[g] = ld_we_i && ((ld_addr_i >> (DB + BB)) == 24'(g) || (ld_last >> (DB + BB)) == 24'(g));
    assign po_groups[g] = po_we_i && ((po_addr_i >> (DB + BB)) == 24'(g) || (po_last >> (DB + BB)) == 24'(g));
    assign st_groups[g] = st_re_i && ((st_addr_i >> (DB + BB)) == 24'(g) || (st_last >> (DB + BB)) == 24'(g));
    assign mm_groups[g] = |mm_in_group[g*BANKS+:BANKS];
  end

  // ---- Contiguous users: rotate bytes to banks.
  logic [BB-1:0] ld_rot, po_rot, st_rot, st_rot_q;
  logic [8*BANKS-1:0] ld_bytes, po_bytes, ld_banks, po_banks, st_banks, st_bytes;
  assign ld_rot = ld_addr_i[BB-1:0];
  assign po_rot = po_addr_i[BB-1:0];
  assign st_rot = st_addr_i[BB-1:0];
  assign ld_bytes = (8 * BANKS)'(ld_data_i);
  assign po_bytes = (8 * BANKS)'(po_data_i);
  systole_rotate #(.BB(BB)) u_rotate_load (.amount_i(-ld_rot), .data_i(ld_bytes), .data_o(ld_banks));
  systole_rotate #(.BB(BB)) u_rotate_post (.amount_i(-po_rot), .data_i(po_bytes), .data_o(po_banks));
  systole_rotate #(.BB(BB)) u_rotate_store (.amount_i(st_rot_q), .data_i(st_banks), .data_o(st_bytes));
  assign st_data_o = st_bytes[AXI_DATA_WIDTH-1:0];

  // Rows: banks below the first byte's hold bytes of the next row.
  logic [RB-1:0] ld_row0, ld_row1, po_row0, po_row1, st_row0, st_row1;
  logic [BANKS-1:0] ld_next, po_next, st_next;
  assign ld_row0 = ld_addr_i[RB+BB-1:BB];
  assign po_row0 = po_addr_i[RB+BB-1:BB];
  assign st_row0 = st_addr_i[RB+BB-1:BB];
  assign ld_row1 = ld_row0 + RB'(1);
  assign po_row1 = po_row0 + RB'(1);
  assign st_row1 = st_row0 + RB'(1);
  assign ld_next = ~({BANKS{1'b1}} << ld_rot);
  assign po_next = ~({BANKS{1'b1}} << po_rot);
  assign st_next = ~({BANKS{1'b1}} << st_rot);

  always_ff @(posedge clk_i) begin
    if (st_re_i) st_rot_q <= st_rot;
  end

  // ---- Banks.
  for (genvar b = 0; b < BANKS; b++) begin : gen_bank
    localparam logic [BB-1:0] B = BB'(b);
    logic [BB-1:0] ld_byte, po_byte;
    logic ld_hit, po_hit;
    logic [RB-1:0] ld_row, po_row, st_row, mm_row;
    assign ld_byte = B - ld_rot;
    assign po_byte = B - po_rot;
    assign ld_hit = 8'(ld_byte) < ld_n_i;
    assign po_hit = 8'(po_byte) < po_n_i;
    assign ld_row = ld_next[b] ? ld_row1 : ld_row0;
    assign po_row = po_next[b] ? po_row1 : po_row0;
    assign st_row = st_next[b] ? st_row1 : st_row0;
    assign mm_row = mm_row_i[b*RB+:RB];

    logic [8*ACT_GROUPS-1:0] rdata;  // of all groups
    logic [31:0] mm_group_q, st_group_q;
    assign mm_data_o[8*b+:8] = 8'(rdata >> {mm_group_q, 3'b0});
    assign st_banks[8*b+:8] = 8'(rdata >> {st_group_q, 3'b0});
    always_ff @(posedge clk_i) begin
      if (mm_re_i[b]) mm_group_q <= 32'(mm_row) >> DB;
      if (st_re_i) st_group_q <= 32'(st_row) >> DB;
    end

    for (genvar g = 0; g < ACT_GROUPS; g++) begin : gen_group
      logic mm_here, ld_here, po_here;
      assign mm_here = mm_re_i[b] && (32'(mm_row) >> DB) == 32'(g);
      assign ld_here = ld_groups[g] && ld_hit && (32'(ld_row) >> DB) == 32'(g);
      assign po_here = po_groups[g] && po_hit && (32'(po_row) >> DB) == 32'(g);
      assign mm_in_group[g*BANKS+b] = mm_here;
      systole_sram #(
          .WIDTH(8),
          .DEPTH(1 << DB)
      ) u_sram (
          .clk_i  (clk_i),
          .we_i   (ld_here || po_here),
          .waddr_i(ld_here ? ld_row[DB-1:0] : po_row[DB-1:0]),
          .wdata_i(ld_here ? ld_banks[8*b+:8] : po_banks[8*b+:8]),
          .re_i   (mm_here || st_groups[g]),
          .raddr_i(mm_here ? mm_row[DB-1:0] : st_row[DB-1:0]),
          .rdata_o(rdata[8*g+:8])
      );
    end
  end

  // Address bits above the buffer are the engines' to check.
  logic unused;
  assign unused = &{1'b0, ld_addr_i, po_addr_i, st_addr_i, st_bytes};
endmodule
