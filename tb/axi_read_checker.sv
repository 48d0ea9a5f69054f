// Watches one AXI4 read port (AR, R) and stops the simulation at the first broken rule, of
// either side (in parentheses: the section of the AXI4 specification):
//   valid, once high, stays until ready, with the same payload (A3.2.1)
//   full-width INCR bursts on a beat, ended at a 256-byte aligned address, so 4 KiB is never
//     crossed (A3.4.1)
//   every beat belongs to the oldest burst, carries its ID, and RLAST is its last one alone
//   at most OUTSTANDING bursts are under way
module axi_read_checker #(
  parameter int ADDR_WIDTH = 32,
  parameter int DATA_WIDTH = 64,
  parameter int ID_WIDTH = 4,
  parameter int OUTSTANDING = 8
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [ID_WIDTH-1:0]   arid_i,
  input  logic [ADDR_WIDTH-1:0] araddr_i,
  input  logic [7:0]            arlen_i,
  input  logic [2:0]            arsize_i,
  input  logic [1:0]            arburst_i,
  input  logic                  arvalid_i,
  input  logic                  arready_i,
  input  logic [ID_WIDTH-1:0]   rid_i,
  input  logic                  rlast_i,
  input  logic                  rvalid_i,
  input  logic                  rready_i
);
  localparam int Slots = 64;
  localparam int BeatBytes = DATA_WIDTH / 8;

  logic arvalid_q, arready_q, rvalid_q, rready_q, rlast_q;
  logic [ADDR_WIDTH-1:0] araddr_q;
  logic [7:0] arlen_q;
  logic [ID_WIDTH-1:0] arid_q, rid_q;
  logic [7:0] len_q[Slots];
  logic [ID_WIDTH-1:0] id_q[Slots];
  logic [5:0] head_q, tail_q;
  logic [6:0] count_q;
  logic [7:0] beat_q;
  logic [31:0] span;

  assign span = 32'(araddr_i[7:0]) + (32'(arlen_i) + 32'd1) * 32'(BeatBytes);

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      arvalid_q <= 1'b0;
      arready_q <= 1'b0;
      rvalid_q <= 1'b0;
      rready_q <= 1'b0;
      head_q <= '0;
      tail_q <= '0;
      count_q <= '0;
      beat_q <= '0;
    end else begin
      arvalid_q <= arvalid_i;
      arready_q <= arready_i;
      rvalid_q <= rvalid_i;
      rready_q <= rready_i;
      if (arvalid_i) begin
        araddr_q <= araddr_i;
        arlen_q <= arlen_i;
        arid_q <= arid_i;
        if (arvalid_q && !arready_q &&
            (araddr_q != araddr_i || arlen_q != arlen_i || arid_q != arid_i)) begin
          $fatal(1, "systole: AXI: %m: AR payload changed while waiting for ARREADY");
        end
        if (arburst_i != 2'b01) $fatal(1, "systole: AXI: %m: burst type is not INCR");
        if (32'd1 << arsize_i != 32'(BeatBytes)) begin
          $fatal(1, "systole: AXI: %m: ARSIZE is not the full width");
        end
        if (32'(araddr_i[7:0]) % 32'(BeatBytes) != 32'd0) begin
          $fatal(1, "systole: AXI: %m: address not on a beat");
        end
        if (span > 32'd256) $fatal(1, "systole: AXI: %m: burst passes a 256-byte aligned address");
      end
      if (arvalid_q && !arready_q && !arvalid_i) begin
        $fatal(1, "systole: AXI: %m: ARVALID fell before ARREADY");
      end
      if (arvalid_i && arready_i) begin
        len_q[tail_q] <= arlen_i;
        id_q[tail_q] <= arid_i;
        tail_q <= tail_q + 6'd1;
      end
      if (rvalid_i) begin
        rlast_q <= rlast_i;
        rid_q <= rid_i;
        if (count_q == 7'd0) $fatal(1, "systole: AXI: %m: read data without a burst");
        if (rid_i != id_q[head_q]) $fatal(1, "systole: AXI: %m: RID is not the oldest burst's");
        if (rlast_i != (beat_q == len_q[head_q])) begin
          $fatal(1, "systole: AXI: %m: RLAST in the wrong beat");
        end
        if (rvalid_q && !rready_q && (rlast_q != rlast_i || rid_q != rid_i)) begin
          $fatal(1, "systole: AXI: %m: R payload changed while waiting for RREADY");
        end
      end
      if (rvalid_q && !rready_q && !rvalid_i) begin
        $fatal(1, "systole: AXI: %m: RVALID fell before RREADY");
      end
      if (rvalid_i && rready_i) begin
        beat_q <= rlast_i ? 8'd0 : beat_q + 8'd1;
        if (rlast_i) head_q <= head_q + 6'd1;
      end
      count_q <= count_q + 7'(arvalid_i && arready_i) - 7'(rvalid_i && rready_i && rlast_i);
      if (32'(count_q) > OUTSTANDING) begin
        $fatal(1, "systole: AXI: %m: more bursts under way than OUTSTANDING");
      end
    end
  end
endmodule
