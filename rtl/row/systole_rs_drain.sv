// Says when the channels of a step leave the array, in time with the step's slot: channel j of the
// step in slot S (step_i) in cycle S + 1 + (RC - 1) M0 + j.
//
// wait_i = (RC - 1) M0 and channels_i = J hold from a step's slot until its last channel but for
// what the next step needs; steps are at least max(RC M0, J) apart.
module systole_rs_drain #(
  parameter int DATA_W = 1,
  localparam int COL_W = systole_pkg::COL_W,
  localparam int CYCLES_W = systole_pkg::ENTRY_W + 1 + COL_W
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                clear_i,
  input  logic                step_i,
  input  logic [DATA_W-1:0]   data_i,
  input  logic [CYCLES_W-1:0] wait_i,
  input  logic [COL_W-1:0]    channels_i,

  output logic              valid_o,
  output logic              last_o,  // channel of the step
  output logic [COL_W-1:0]  channel_o,
  output logic [DATA_W-1:0] data_o
);
  logic waiting_q, emitting_q, begin_channels;
  logic [CYCLES_W-1:0] wait_q;
  logic [COL_W-1:0] channel_q;
  logic [DATA_W-1:0] waiting_data_q, data_q;
  assign begin_channels = waiting_q && wait_q == '0;
  assign valid_o = begin_channels || emitting_q;
  assign channel_o = begin_channels ? '0 : channel_q;
  assign last_o = valid_o && channel_o == channels_i - COL_W'(1);
  assign data_o = begin_channels ? waiting_data_q : data_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waiting_q <= 1'b0;
      emitting_q <= 1'b0;
    end else if (clear_i) begin
      waiting_q <= 1'b0;
      emitting_q <= 1'b0;
    end else begin
      waiting_q <= step_i || (waiting_q && !begin_channels);
      emitting_q <= valid_o && !last_o;
    end
  end
  always_ff @(posedge clk_i) begin
    if (step_i) begin
      wait_q <= wait_i;
      waiting_data_q <= data_i;
    end else begin
      wait_q <= wait_q - CYCLES_W'(1);
    end
    if (valid_o) begin
      channel_q <= channel_o + COL_W'(1);
      data_q <= data_o;
    end
  end
endmodule
