// Activation buffer: ACT_KIB KiB of bytes in BANKS x ACT_GROUPS memories, two writers (LOAD, POST),
// three readers (MATMUL, POST if POST_ACT, STORE), each memory having one port of either kind.
//
//   byte address = { group | row in group | bank }      BANKS = 2^n >= max(ROWS, LANES, beat bytes)
//                  |<------- row ------->|
//
// Contiguous accesses (LOAD, POST, STORE) of n <= BANKS bytes from address a touch each bank at
// most once:
//   bank b holds byte i = (b - a) mod BANKS, if i < n, in row  a / BANKS + (b < a mod BANKS)
// so bytes and banks differ by a rotation. MATMUL names a row per bank (systole_gather has rotated
// its lanes). Latency: data are there in the cycle after the read. A write can be read from the
// next cycle on. Two readers or two writers on one group in a cycle is a conflict, told in that
// cycle; MATMUL's read, then POST's, and LOAD's write win, whose value does not matter: the run
// ends.
// Addresses are checked by the engines, not here.
`include "systole_assert.svh"

module systole_act_buffer #(
  parameter int ROWS = 16,
  parameter int LANES = 8,
  parameter int ACT_KIB = 32,
  parameter int ACT_GROUPS = 4,
  parameter int AXI_DATA_WIDTH = 64,
  parameter int POST_ACT = 1,
  localparam int BANKS = systole_pkg::banks(ROWS, LANES, AXI_DATA_WIDTH),
  localparam int BB = $clog2(BANKS),  // bank bits
  localparam int RB = $clog2(systole_pkg::act_bytes(ACT_KIB)) - BB,  // row bits, the group's on top
  localparam int DB = RB - $clog2(ACT_GROUPS),  // row bits within a group
  localparam int GB = ACT_GROUPS > 1 ? $clog2(ACT_GROUPS) : 1  // bits of a group's number
) (
  input  logic clk_i,

  // systole_load: n contiguous bytes
  input  logic                          ld_we_i,
  input  logic [systole_pkg::BUF_W-1:0] ld_addr_i,
  input  logic [7:0]                    ld_n_i,
  input  logic [AXI_DATA_WIDTH-1:0]     ld_data_i,

  // systole_post: n contiguous bytes
  input  logic                          po_we_i,
  input  logic [systole_pkg::BUF_W-1:0] po_addr_i,
  input  logic [7:0]                    po_n_i,
  input  logic [8*LANES-1:0]            po_data_i,

  // systole_post: reads n contiguous bytes, byte 0 = the byte at pr_addr_i; bytes from n on are
  // undefined
  input  logic                          pr_re_i,
  input  logic [systole_pkg::BUF_W-1:0] pr_addr_i,
  input  logic [7:0]                    pr_n_i,
  output logic [8*LANES-1:0]            pr_data_o,

  // systole_matmul (gather): bank b reads row mm_row_i[b*RB +: RB] where mm_re_i[b]; data in bank
  // order
  input  logic [BANKS-1:0]    mm_re_i,
  input  logic [BANKS*RB-1:0] mm_row_i,
  output logic [8*BANKS-1:0]  mm_data_o,

  // systole_store: n contiguous bytes, byte 0 = the byte at st_addr_i; bytes from n on are
  // undefined
  input  logic                          st_re_i,
  input  logic [systole_pkg::BUF_W-1:0] st_addr_i,
  input  logic [7:0]                    st_n_i,
  output logic [AXI_DATA_WIDTH-1:0]     st_data_o,

  output logic rd_conflict_o,  // MATMUL and another read: to systole_matmul
  output logic pr_conflict_o,  // POST and STORE read: to systole_post
  output logic wr_conflict_o   // LOAD and POST write: to systole_post
);
  // ---- Contiguous users: the banks and rows they touch, bytes rotated to banks.
  logic [BB-1:0] ld_rot, po_rot, st_rot, st_rot_q;
  logic [RB-1:0] ld_row0, ld_row1, po_row0, po_row1, st_row0, st_row1, st_row0_q, st_row1_q;
  logic [BANKS-1:0] ld_next, po_next, st_next, st_next_q;
  logic [ACT_GROUPS*BANKS-1:0] ld_here, po_here, pr_here, st_here;
  logic [ACT_GROUPS-1:0] ld_groups, po_groups, pr_groups, st_groups, mm_groups;
  systole_act_span #(.BB(BB), .RB(RB), .DB(DB), .ACT_GROUPS(ACT_GROUPS)) u_span_load (
    .valid_i(ld_we_i), .addr_i(ld_addr_i), .n_i(ld_n_i), .rot_o(ld_rot), .row0_o(ld_row0),
    .row1_o(ld_row1), .next_o(ld_next), .here_o(ld_here), .groups_o(ld_groups)
  );
  systole_act_span #(.BB(BB), .RB(RB), .DB(DB), .ACT_GROUPS(ACT_GROUPS)) u_span_post (
    .valid_i(po_we_i), .addr_i(po_addr_i), .n_i(po_n_i), .rot_o(po_rot), .row0_o(po_row0),
    .row1_o(po_row1), .next_o(po_next), .here_o(po_here), .groups_o(po_groups)
  );
  systole_act_span #(.BB(BB), .RB(RB), .DB(DB), .ACT_GROUPS(ACT_GROUPS)) u_span_store (
    .valid_i(st_re_i), .addr_i(st_addr_i), .n_i(st_n_i), .rot_o(st_rot), .row0_o(st_row0),
    .row1_o(st_row1), .next_o(st_next), .here_o(st_here), .groups_o(st_groups)
  );
  assign rd_conflict_o = (mm_groups & (st_groups | pr_groups)) != '0;
  assign pr_conflict_o = (pr_groups & st_groups) != '0;
  assign wr_conflict_o = (ld_groups & po_groups) != '0;

  logic mm_read_q, pr_read_q, st_read_q;  // data are there
  logic [8*BANKS-1:0] ld_bytes, po_bytes, ld_banks, po_banks, st_banks, st_bytes;
  assign ld_bytes = (8 * BANKS)'(ld_data_i);
  assign po_bytes = (8 * BANKS)'(po_data_i);
  systole_rotate #(.BB(BB)) u_rotate_load (
    .used_i(ld_we_i), .amount_i(-ld_rot), .data_i(ld_bytes), .data_o(ld_banks)
  );
  systole_rotate #(.BB(BB)) u_rotate_post (
    .used_i(po_we_i), .amount_i(-po_rot), .data_i(po_bytes), .data_o(po_banks)
  );
  systole_rotate #(.BB(BB)) u_rotate_store (
    .used_i(st_read_q), .amount_i(st_rot_q), .data_i(st_banks), .data_o(st_bytes)
  );
  assign st_data_o = st_bytes[AXI_DATA_WIDTH-1:0];

  always_ff @(posedge clk_i) begin
    mm_read_q <= mm_re_i != '0;
    pr_read_q <= pr_re_i;
    st_read_q <= st_re_i;
    if (st_re_i) begin
      st_rot_q <= st_rot;
      st_row0_q <= st_row0;
      st_row1_q <= st_row1;
      st_next_q <= st_next;
    end
  end

  // ---- POST's reads: as STORE's.
  logic [BANKS-1:0] pr_next, pr_next_q;
  logic [RB-1:0] pr_row0, pr_row1, pr_row0_q, pr_row1_q;
  logic [8*BANKS-1:0] pr_banks;
  if (POST_ACT != 0) begin : gen_post_read
    logic [BB-1:0] rot, rot_q;
    logic [8*BANKS-1:0] pr_bytes;
    systole_act_span #(.BB(BB), .RB(RB), .DB(DB), .ACT_GROUPS(ACT_GROUPS)) u_span_read (
      .valid_i(pr_re_i), .addr_i(pr_addr_i), .n_i(pr_n_i), .rot_o(rot), .row0_o(pr_row0),
      .row1_o(pr_row1), .next_o(pr_next), .here_o(pr_here), .groups_o(pr_groups)
    );
    always_ff @(posedge clk_i) begin
      if (pr_re_i) begin
        rot_q <= rot;
        pr_row0_q <= pr_row0;
        pr_row1_q <= pr_row1;
        pr_next_q <= pr_next;
      end
    end
    systole_rotate #(.BB(BB)) u_rotate_read (
      .used_i(pr_read_q), .amount_i(rot_q), .data_i(pr_banks), .data_o(pr_bytes)
    );
    assign pr_data_o = pr_bytes[8*LANES-1:0];
  end else begin : gen_no_post_read
    assign pr_here = '0;
    assign pr_groups = '0;
    assign {pr_row0, pr_row1, pr_next} = '0;
    assign {pr_row0_q, pr_row1_q, pr_next_q} = '0;
    assign pr_data_o = '0;
  end

  // ---- Groups: their memories. MATMUL's rows name the group of each bank.
  logic [BANKS*GB-1:0] mm_group, mm_group_q;
  always_comb begin
    mm_group = '0;
    mm_groups = '0;
    if (`SYSTOLE_ANY(mm_re_i != '0)) begin
      if (ACT_GROUPS > 1) begin
        for (int b = 0; b < BANKS; b++) mm_group[b*GB +: GB] = mm_row_i[b*RB+RB-GB +: GB];
      end
      for (int b = 0; b < BANKS; b++) begin
        if (mm_re_i[b]) mm_groups = mm_groups | ACT_GROUPS'(1) << mm_group[b*GB +: GB];
      end
    end
  end
  logic [8*BANKS*ACT_GROUPS-1:0] data;  // of bank b in group g: byte g * BANKS + b
  for (genvar g = 0; g < ACT_GROUPS; g++) begin : gen_group
    systole_act_group #(.BB(BB), .RB(RB), .DB(DB), .GROUP(g)) u_group (
      .clk_i(clk_i), .ld_here_i(ld_here[g*BANKS +: BANKS]), .ld_next_i(ld_next),
      .ld_row0_i(ld_row0), .ld_row1_i(ld_row1), .ld_data_i(ld_banks),
      .po_here_i(po_here[g*BANKS +: BANKS]), .po_next_i(po_next), .po_row0_i(po_row0),
      .po_row1_i(po_row1), .po_data_i(po_banks), .mm_reads_i(mm_groups[g]), .mm_re_i(mm_re_i),
      .mm_group_i(mm_group), .mm_row_i(mm_row_i), .pr_here_i(pr_here[g*BANKS +: BANKS]),
      .pr_next_i(pr_next), .pr_row0_i(pr_row0), .pr_row1_i(pr_row1),
      .st_here_i(st_here[g*BANKS +: BANKS]), .st_next_i(st_next), .st_row0_i(st_row0),
      .st_row1_i(st_row1), .data_o(data[8*BANKS*g +: 8*BANKS])
    );
  end

  // ---- A cycle later: of each bank, the group that its reader read.
  always_ff @(posedge clk_i) if (mm_re_i != '0) mm_group_q <= mm_group;
  function automatic int byte_of(input logic [RB-1:0] row, input int bank);
    byte_of = 8 * (BANKS * (32'(row) >> DB) + bank);
  endfunction
  always_comb begin
    if (`SYSTOLE_ANY(mm_read_q)) begin
      for (int b = 0; b < BANKS; b++) begin
        mm_data_o[8*b +: 8] = data[8*(BANKS*32'(mm_group_q[b*GB +: GB])+b) +: 8];
      end
    end else mm_data_o = 'x;
  end
  always_comb begin
    if (`SYSTOLE_ANY(pr_read_q)) begin
      for (int b = 0; b < BANKS; b++) begin
        pr_banks[8*b +: 8] = data[byte_of(pr_next_q[b] ? pr_row1_q : pr_row0_q, b) +: 8];
      end
    end else pr_banks = 'x;
  end
  always_comb begin
    if (`SYSTOLE_ANY(st_read_q)) begin
      for (int b = 0; b < BANKS; b++) begin
        st_banks[8*b +: 8] = data[byte_of(st_next_q[b] ? st_row1_q : st_row0_q, b) +: 8];
      end
    end else st_banks = 'x;
  end
endmodule
