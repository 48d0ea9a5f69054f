// Where the taps of PostAct and PostActAdd lie in the activation buffer; it steps with
// systole_post_walker.
//
//     PostAct      addr = Src + y*RsY + x*RsX + ty*RsTy + tx*RsTx + chunk*LANES
//     PostActAdd   addr = Src + y*RsY + x*SX + chunk*LANES, then PbSrc + y*PbRsY + x*SX +
//                  chunk*LANES: a tap in x whose stride, PbSrc - Src + y*(PbRsY - RsY), changes
//                  with the line
//
// Each loop level keeps the address at its own start, so there is no multiplier.
module systole_post_source #(
  parameter int LANES = 8,
  parameter int ADD_UNIT = 1
) (
  input  logic                            clk_i,
  input  logic                            start_i,
  input  logic [systole_pkg::INSTR_W-1:0] instr_i,

  // systole_post_walker
  input  logic                          tap_i,
  input  logic [2:0]                    step_i,
  output logic [systole_pkg::BUF_W-1:0] addr_o
);
  localparam int BUF_W = systole_pkg::BUF_W;
  localparam int STRIDE_W = systole_pkg::STRIDE_W;
  logic [BUF_W-1:0] src, stride_tx;
  logic [STRIDE_W-1:0] stride_x, stride_y, stride_y_q, stride_x_q, stride_ty_q;
  logic [BUF_W-1:0] stride_tx_q, next_tx, first_tx;  // of this line, the next, the first
  logic [BUF_W-1:0] addr_ty_q, addr_x_q, addr_y_q, addr_chunk_q;

  assign src = instr_i[systole_pkg::PA_SRC_LSB +: systole_pkg::PA_SRC_W];
  assign stride_y = instr_i[systole_pkg::PA_RS_Y_LSB +: systole_pkg::PA_RS_Y_W];

  if (ADD_UNIT != 0) begin : gen_add
    logic add, add_q;
    logic [BUF_W-1:0] first_q, change_q;
    assign add = instr_i[systole_pkg::OPCODE_LSB +: systole_pkg::OPCODE_W] ==
                 systole_pkg::OP_POST_ACT_ADD;
    assign stride_x = add ? instr_i[systole_pkg::PO_SX_LSB +: systole_pkg::PO_SX_W] :
                      instr_i[systole_pkg::PA_RS_X_LSB +: systole_pkg::PA_RS_X_W];
    assign stride_tx = add ? instr_i[systole_pkg::PB_SRC_LSB +: systole_pkg::PB_SRC_W] - src :
                       BUF_W'(instr_i[systole_pkg::PA_RS_TX_LSB +: systole_pkg::PA_RS_TX_W]);
    always_ff @(posedge clk_i) begin
      if (start_i) begin
        add_q <= add;
        first_q <= stride_tx;
        change_q <= BUF_W'(instr_i[systole_pkg::PB_RS_Y_LSB +: systole_pkg::PB_RS_Y_W]) -
                    BUF_W'(stride_y);
      end
    end
    assign next_tx = add_q ? stride_tx_q + change_q : stride_tx_q;
    assign first_tx = first_q;
  end else begin : gen_no_add
    assign stride_x = instr_i[systole_pkg::PA_RS_X_LSB +: systole_pkg::PA_RS_X_W];
    assign stride_tx = BUF_W'(instr_i[systole_pkg::PA_RS_TX_LSB +: systole_pkg::PA_RS_TX_W]);
    assign next_tx = stride_tx_q;
    assign first_tx = stride_tx_q;
  end

  logic [BUF_W-1:0] next_ty, next_x, next_y, next_chunk;
  assign next_ty = addr_ty_q + BUF_W'(stride_ty_q);
  assign next_x = addr_x_q + BUF_W'(stride_x_q);
  assign next_y = addr_y_q + BUF_W'(stride_y_q);
  assign next_chunk = addr_chunk_q + BUF_W'(LANES);

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      stride_tx_q <= stride_tx;
      stride_ty_q <= instr_i[systole_pkg::PA_RS_TY_LSB +: systole_pkg::PA_RS_TY_W];
      stride_x_q <= stride_x;
      stride_y_q <= stride_y;
      addr_o <= src;
      addr_ty_q <= src;
      addr_x_q <= src;
      addr_y_q <= src;
      addr_chunk_q <= src;
    end else if (tap_i) begin
      case (step_i)
        3'd0: addr_o <= addr_o + stride_tx_q;
        3'd1: begin
          addr_o <= next_ty;
          addr_ty_q <= next_ty;
        end
        3'd2: begin
          addr_o <= next_x;
          addr_ty_q <= next_x;
          addr_x_q <= next_x;
        end
        3'd3: begin
          addr_o <= next_y;
          addr_ty_q <= next_y;
          addr_x_q <= next_y;
          addr_y_q <= next_y;
          stride_tx_q <= next_tx;
        end
        default: begin
          addr_o <= next_chunk;
          addr_ty_q <= next_chunk;
          addr_x_q <= next_chunk;
          addr_y_q <= next_chunk;
          addr_chunk_q <= next_chunk;
          stride_tx_q <= first_tx;
        end
      endcase
    end
  end
endmodule
