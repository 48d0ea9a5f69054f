// Proves of systole_act_buffer and systole_gather, for every stream of accesses that its engines
// may make, any one address and any number of cycles:
//
//   PART 0  conflicts are told exactly where two read, or two write, in one group in a cycle: the
//           groups are those of the bytes' addresses, one by one
//   PART 1  lane j of a vector is the byte last written at base + offset[j], three cycles later, 0
//           from lanes_i on; an address past the end and offsets off the rule are told, exactly
//   PART 2  POST and STORE read, a cycle later, the byte last written at address + i
//
// The byte last written at the address that is followed, by LOAD or POST, is kept beside.
module act_proof #(
  parameter int PART = 0, parameter int ROWS = 16, parameter int LANES = 8,
  parameter int ACT_GROUPS = 4
) (
  input logic clk_i, input logic rst_ni, input logic ld_we, input logic [7:0] ld_n,
  input logic [31:0] ld_data, input logic po_we, input logic [7:0] po_n,
  input logic [8*LANES-1:0] po_data, input logic pr_re, input logic [7:0] pr_n,
  input logic st_re, input logic [7:0] st_n, input logic valid, input logic first,
  input logic [11:0] base, input logic [6:0] lanes, input logic [16*ROWS-1:0] offsets
);
  localparam int BANKS = 4;  // of a 32-bit bus
  localparam int A = 10;     // bits of an address: 1 KiB
  localparam int RB = A - 2;
  localparam int GROUP = A - $clog2(ACT_GROUPS);  // bits within a group
  (* anyseq *) logic [A-1:0] ld_addr, po_addr, pr_addr, st_addr;
  (* anyconst *) logic [A-1:0] followed;
  logic [BANKS-1:0] mm_re;
  logic [BANKS*RB-1:0] mm_row;
  logic [8*BANKS-1:0] mm_data;
  logic [8*LANES-1:0] pr_data;
  logic [31:0] st_data;
  logic rd_conflict, pr_conflict, wr_conflict, range_err, rule_err;
  logic [8*ROWS-1:0] act;
  systole_act_buffer #(.ROWS(ROWS), .LANES(LANES), .ACT_KIB(1), .ACT_GROUPS(ACT_GROUPS),
                       .AXI_DATA_WIDTH(32)) dut (
    .clk_i, .ld_we_i(ld_we), .ld_addr_i(24'(ld_addr)), .ld_n_i(ld_n), .ld_data_i(ld_data),
    .po_we_i(po_we), .po_addr_i(24'(po_addr)), .po_n_i(po_n), .po_data_i(po_data),
    .pr_re_i(pr_re), .pr_addr_i(24'(pr_addr)), .pr_n_i(pr_n), .pr_data_o(pr_data),
    .mm_re_i(mm_re), .mm_row_i(mm_row), .mm_data_o(mm_data), .st_re_i(st_re),
    .st_addr_i(24'(st_addr)), .st_n_i(st_n), .st_data_o(st_data), .rd_conflict_o(rd_conflict),
    .pr_conflict_o(pr_conflict), .wr_conflict_o(wr_conflict));
  systole_gather #(.ROWS(ROWS), .BB(2), .RB(RB)) u_gather (
    .clk_i, .rst_ni(rst_ni), .clear_i(1'b0), .valid_i(valid), .first_i(first), .base_i(25'(base)),
    .lanes_i(lanes), .offsets_i(offsets), .re_o(mm_re), .row_o(mm_row), .data_i(mm_data),
    .row_valid_i(1'b0), .row_i('0), .act_o(act), .range_err_o(range_err), .rule_err_o(rule_err)
  );

  logic started = 1'b0;
  always_ff @(posedge clk_i) started <= 1'b1;
  always_comb if (!started) assume (!rst_ni);

  // ---- What the engines keep: whole accesses inside the buffer, no wider than they can be.
  logic [15:0] address [0:ROWS-1];
  logic past, off_rule;
  always_comb begin
    past = 1'b0;
    off_rule = 1'b0;
    for (int j = 0; j < ROWS; j++) begin
      address[j] = 16'(base) + 16'(offsets[16*j +: 12]);
      if (j < lanes && 17'(base) + 17'(offsets[16*j +: 16]) >= 2**A) past = 1'b1;
      if (j < lanes && (offsets[16*j +: 16] - offsets[15:0] - 16'(j)) % BANKS != 0) off_rule = 1'b1;
    end
    assume (!ld_we || (ld_n != 0 && ld_n <= 4 && 32'(ld_addr) + 32'(ld_n) <= 2**A));
    assume (!po_we || (po_n != 0 && po_n <= LANES && 32'(po_addr) + 32'(po_n) <= 2**A));
    assume (!pr_re || (pr_n != 0 && pr_n <= LANES && 32'(pr_addr) + 32'(pr_n) <= 2**A));
    assume (!st_re || (st_n != 0 && st_n <= 4 && 32'(st_addr) + 32'(st_n) <= 2**A));
    assume (!valid || (lanes != 0 && lanes <= ROWS));
    // A run in which any of these is told has ended.
    if (PART != 0) assume (!rd_conflict && !pr_conflict && !wr_conflict);
  end

  // ---- Groups, byte by byte.
  logic [ACT_GROUPS-1:0] ld_groups, po_groups, pr_groups, st_groups, mm_groups, mm_groups_q;
  always_comb begin
    {ld_groups, po_groups, pr_groups, st_groups, mm_groups} = '0;
    for (int i = 0; i < 4; i++) begin
      if (ld_we && i < ld_n) ld_groups = ld_groups | 1 << ((32'(ld_addr) + i) >> GROUP);
      if (po_we && i < po_n) po_groups = po_groups | 1 << ((32'(po_addr) + i) >> GROUP);
      if (pr_re && i < pr_n) pr_groups = pr_groups | 1 << ((32'(pr_addr) + i) >> GROUP);
      if (st_re && i < st_n) st_groups = st_groups | 1 << ((32'(st_addr) + i) >> GROUP);
    end
    for (int j = 0; j < ROWS; j++) begin
      if (valid && j < lanes) mm_groups = mm_groups | 1 << (address[j] >> GROUP);
    end
  end

  // ---- The byte that is followed, and a vector's lane that reads it.
  (* anyconst *) logic [1:0] lane;
  logic [7:0] ghost, due, due_read, due_store;
  logic read1, read2, read3, zero1, zero2, zero3, read_post, read_store, told_past, told_rule;
  logic written;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {read1, read2, read3, zero1, zero2, zero3, read_post, read_store} <= '0;
      {told_past, told_rule, mm_groups_q} <= '0;
    end else begin
      read1 <= valid && lane < lanes && address[lane] == 16'(followed);
      zero1 <= valid && !(lane < lanes);
      {read2, read3, zero2, zero3} <= {read1 && written, read2, zero1, zero2};
      read_post <= written && pr_re && lane < pr_n && 32'(pr_addr) + lane == followed;
      read_store <= written && st_re && lane < st_n && 32'(st_addr) + lane == followed;
      told_past <= valid && past;
      told_rule <= valid && first && off_rule;
      mm_groups_q <= mm_groups;
    end
  end
  initial written = 1'b0;
  always_ff @(posedge clk_i) begin
    if (ld_we && followed >= ld_addr && 32'(followed) < 32'(ld_addr) + ld_n) written <= 1'b1;
    if (po_we && followed >= po_addr && 32'(followed) < 32'(po_addr) + po_n) written <= 1'b1;
    if (ld_we && followed >= ld_addr && 32'(followed) < 32'(ld_addr) + ld_n)
      ghost <= ld_data[8*(followed-ld_addr) +: 8];
    else if (po_we && followed >= po_addr && 32'(followed) < 32'(po_addr) + po_n)
      ghost <= po_data[8*(followed-po_addr) +: 8];
    if (read1) due <= ghost;
    {due_read, due_store} <= {2{ghost}};
  end
  logic [7:0] due3;
  always_ff @(posedge clk_i) due3 <= due;

  // The memories keep the byte that is followed: its bank's, its group's.
  (* keep *) wire [BANKS*ACT_GROUPS*(RB-$clog2(ACT_GROUPS))-1:0] dut_kept;
  logic [1:0] turn;  // bank of lane 0 of a vector whose lane reads it
  assign turn = followed[1:0] - lane;
  (* keep *) wire [BANKS*RB-1:0] dut_rows_q;
  (* keep *) wire dut_valid1_q, dut_valid2_q;
  (* keep *) wire [1:0] dut_rot1_q, dut_rot2_q;
  (* keep *) wire [BANKS-1:0] dut_used1_q;
  (* keep *) wire [ROWS-1:0] dut_used2_q;
  localparam int DB = RB - $clog2(ACT_GROUPS);
  for (genvar m = 0; m < BANKS*ACT_GROUPS; m++) begin : gen_kept
    always_comb assume (dut_kept[DB*m +: DB] == DB'(followed >> 2));
  end

  (* keep *) wire [8*BANKS*ACT_GROUPS-1:0] dut_word_q;  // what they keep
  logic [7:0] word;
  assign word = dut_word_q[8*(BANKS*32'(followed>>GROUP)+32'(followed%BANKS)) +: 8];
  always_comb if (PART != 0 && written) assert (word == ghost);
  always_comb if (rst_ni) begin
    if (PART == 0) begin
      assert (rd_conflict == ((mm_groups_q & (st_groups | pr_groups)) != 0));
      assert (pr_conflict == ((pr_groups & st_groups) != 0));
      assert (wr_conflict == ((ld_groups & po_groups) != 0));
      assume (!valid || (!past && !off_rule));
    end
    if (PART == 1) begin
      assume (lane < ROWS);
      assert (range_err == told_past && rule_err == told_rule);
      assume (!valid || (!past && !off_rule));
      // On the way: its row and its bank's turn, then the turn back.
      if (read1) begin
        assert (dut_rows_q[RB*lane +: RB] == RB'(followed >> 2));
        assert (dut_rot1_q == turn && dut_used1_q[lane]);
      end
      if (read2) assert (dut_rot2_q == turn && dut_used2_q[lane]);
      if (zero1) assert (dut_valid1_q && !dut_used1_q[lane]);
      if (zero2) assert (dut_valid2_q && !dut_used2_q[lane]);
      if (read1) assert (dut_valid1_q);
      if (read2) assert (dut_valid2_q && mm_data[8*(followed%BANKS) +: 8] == due);
      if (read3) assert (act[8*lane +: 8] == due3);
      if (zero3) assert (act[8*lane +: 8] == 8'd0);
    end
    if (PART == 2) begin
      if (read_post) assert (pr_data[8*lane +: 8] == due_read);
      if (read_store) assert (st_data[8*lane +: 8] == due_store);
    end
  end
endmodule
