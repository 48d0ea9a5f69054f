#include "sw/check/layer_cases.h"

#include <algorithm>

namespace systole {
namespace {

ConvSpec Conv(int cout, int kernel, int stride = 1, Padding pad = {}) {
  ConvSpec s;
  s.cout = cout;
  s.kernel_h = s.kernel_w = kernel;
  s.stride_h = s.stride_w = stride;
  s.pad = pad;
  return s;
}

ConvSpec With(ConvSpec s, void (*change)(ConvSpec&)) {
  change(s);
  return s;
}

PoolSpec Pool(int kernel, int stride, Padding pad = {}) {
  PoolSpec s;
  s.kernel_h = s.kernel_w = kernel;
  s.stride_h = s.stride_w = stride;
  s.pad = pad;
  return s;
}

PoolSpec Average(int kernel, int stride, Padding pad = {}, bool include_pad = false,
                 AverageMode mode = AverageMode::kInteger) {
  PoolSpec s = Pool(kernel, stride, pad);
  s.average = true;
  s.count_include_pad = include_pad;
  s.mode = mode;
  return s;
}

std::vector<LayerCase> MakeCases() {
  std::vector<LayerCase> cases;
  uint64_t seed = 1000;
  auto net = [&](int c, int h, int w, int zero_point = 3) {
    return NetBuilder("case", seed++, c, h, w, zero_point);
  };
  auto add = [&](const std::string& name, NetBuilder n, Rounding r = Rounding::kFloat32,
                 int images = 1, int batch = 1) {
    cases.push_back({name, std::move(n), r, images, batch});
  };
  // Kernels 1 to 11.
  for (int k = 1; k <= 11; ++k) {
    add("kernel" + std::to_string(k) + "x" + std::to_string(k), net(2, 13, 12).Conv(Conv(5, k)));
  }
  add("kernel1x7", net(3, 6, 11).Conv(With(Conv(4, 1), [](ConvSpec& s) { s.kernel_w = 7; })));
  add("kernel7x1", net(3, 11, 6).Conv(With(Conv(4, 1), [](ConvSpec& s) { s.kernel_h = 7; })));
  add("kernel_is_image", net(4, 5, 6).Conv(With(Conv(9, 5), [](ConvSpec& s) { s.kernel_w = 6; })));
  // Strides.
  add("stride2", net(3, 12, 12).Conv(Conv(8, 3, 2)));
  add("stride3_kernel2", net(3, 13, 11).Conv(Conv(6, 2, 3)));
  add("stride4_kernel11", net(3, 23, 23).Conv(Conv(8, 11, 4)));
  add("stride2x1", net(3, 9, 9).Conv(With(Conv(6, 3), [](ConvSpec& s) { s.stride_h = 2; })));
  add("stride1x3", net(3, 9, 10).Conv(With(Conv(6, 3), [](ConvSpec& s) { s.stride_w = 3; })));
  // Padding.
  add("pad1", net(4, 7, 7).Conv(Conv(6, 3, 1, {1, 1, 1, 1})));
  add("pad2_kernel5", net(1, 14, 14).Conv(Conv(6, 5, 1, {2, 2, 2, 2})));
  add("pad5_kernel11", net(2, 8, 8).Conv(Conv(3, 11, 1, {5, 5, 5, 5})));
  add("pad_top_left", net(3, 8, 7).Conv(Conv(5, 3, 1, {1, 1, 0, 0})));
  add("pad_bottom_right", net(3, 8, 7).Conv(Conv(5, 3, 2, {0, 0, 1, 1})));
  add("pad_all_different", net(3, 6, 6).Conv(Conv(5, 4, 1, {0, 1, 2, 3})));
  add("pad_zero_point_min", net(2, 6, 6, -128).Conv(Conv(5, 3, 1, {1, 1, 1, 1})));
  add("pad_zero_point_max", net(2, 6, 6, 127).Conv(Conv(5, 3, 1, {1, 1, 1, 1})));
  // Channels.
  add("channels_1_to_1", net(1, 8, 8).Conv(Conv(1, 3)));
  add("channels_1_to_130", net(1, 6, 6).Conv(Conv(130, 3)));
  add("channels_130_to_1", net(130, 4, 4).Conv(Conv(1, 3)));
  add("channels_130_to_130_1x1", net(130, 3, 3).Conv(Conv(130, 1)));
  add("channels_16_to_16", net(16, 6, 6).Conv(Conv(16, 3)));
  add("channels_17_to_17", net(17, 5, 5).Conv(Conv(17, 3)));
  add("channels_33_to_31", net(33, 4, 5).Conv(Conv(31, 2)));
  // Images of odd sizes.
  add("image_1x1", net(7, 1, 1).Conv(Conv(9, 1)));
  add("image_1x1_padded", net(5, 1, 1).Conv(Conv(6, 3, 1, {1, 1, 1, 1})));
  add("image_1x17", net(4, 1, 17).Conv(With(Conv(5, 1), [](ConvSpec& s) { s.kernel_w = 3; })));
  add("image_19x1", net(4, 19, 1).Conv(With(Conv(5, 1), [](ConvSpec& s) { s.kernel_h = 3; })));
  add("image_13x9", net(3, 13, 9).Conv(Conv(7, 3, 1, {1, 1, 1, 1})));
  add("image_31x3", net(2, 31, 3).Conv(Conv(3, 3)));
  // Weights and multipliers.
  add("weights_zero_point_5",
      net(4, 6, 6).Conv(With(Conv(6, 3), [](ConvSpec& s) { s.weight_zero_point = 5; })));
  add("weights_zero_point_min",
      net(4, 6, 6).Conv(
          With(Conv(6, 3, 1, {1, 1, 1, 1}), [](ConvSpec& s) { s.weight_zero_point = -128; })));
  add("weights_zero_point_max_pooled",
      net(1, 12, 12)
          .Conv(With(Conv(6, 5, 1, {2, 2, 2, 2}), [](ConvSpec& s) { s.weight_zero_point = 127; }))
          .Pool(Pool(2, 2)));
  add("weights_per_tensor",
      net(4, 6, 6).Conv(With(Conv(6, 3), [](ConvSpec& s) { s.per_channel = false; })));
  add("weights_extreme",
      net(20, 5, 5).Conv(With(Conv(6, 3), [](ConvSpec& s) { s.extreme = true; })));
  add("relu", net(4, 6, 6).Conv(With(Conv(6, 3), [](ConvSpec& s) { s.relu = true; })));
  add("clip_alone", net(5, 4, 4).Clamp(-20, 60));
  for (int r = 0; r < kNumRoundings; ++r) {
    add("rounding_" + std::to_string(r),
        net(6, 8, 8).Conv(Conv(12, 3, 1, {1, 1, 1, 1})).Pool(Pool(2, 2)).FullyConnected(10),
        static_cast<Rounding>(r));
  }
  // Groups, dilation.
  add("depthwise",
      net(10, 7, 7).Conv(With(Conv(10, 3, 1, {1, 1, 1, 1}), [](ConvSpec& s) { s.groups = 10; })));
  add("depthwise_multiplier2",
      net(6, 6, 6).Conv(With(Conv(12, 3), [](ConvSpec& s) { s.groups = 6; })));
  add("depthwise_40_stride2",
      net(40, 7, 7).Conv(With(Conv(40, 3, 2), [](ConvSpec& s) { s.groups = 40; })));
  add("groups2", net(12, 5, 5).Conv(With(Conv(10, 3), [](ConvSpec& s) { s.groups = 2; })));
  add("groups_wide", net(70, 3, 3).Conv(With(Conv(44, 1), [](ConvSpec& s) { s.groups = 2; })));
  add("dilation2",
      net(3, 11, 11).Conv(With(Conv(5, 3), [](ConvSpec& s) { s.dilation_h = s.dilation_w = 2; })));
  add("dilation3x1", net(3, 11, 8).Conv(With(Conv(5, 3), [](ConvSpec& s) { s.dilation_h = 3; })));
  // Pooling.
  add("maxpool2_fused", net(3, 12, 12).Conv(Conv(8, 3)).Pool(Pool(2, 2)));
  add("maxpool3_stride2_overlapping", net(3, 13, 13).Conv(Conv(8, 3)).Pool(Pool(3, 2)));
  add("maxpool3_stride1_padded", net(3, 8, 8).Conv(Conv(8, 3)).Pool(Pool(3, 1, {1, 1, 1, 1})));
  add("maxpool2_odd", net(3, 9, 11).Conv(Conv(5, 3)).Pool(Pool(2, 2)));
  add("maxpool_alone", net(6, 9, 9).Pool(Pool(3, 2, {1, 0, 1, 0})));
  add("maxpool_twice", net(4, 14, 14).Conv(Conv(5, 3)).Pool(Pool(2, 2)).Pool(Pool(2, 2)));
  add("maxpool_packed_6_filters",
      net(1, 28, 28).Conv(Conv(6, 5, 1, {2, 2, 2, 2})).Pool(Pool(2, 2)));
  add("averagepool2", net(6, 8, 8).Conv(Conv(6, 3)).Pool(Average(2, 2)));
  add("averagepool3_padded", net(5, 7, 7).Pool(Average(3, 2, {1, 1, 1, 1})));
  add("averagepool3_include_pad", net(5, 7, 7).Pool(Average(3, 2, {1, 1, 1, 1}, true)));
  add("averagepool_tflite",
      net(5, 7, 7).Pool(Average(3, 2, {1, 1, 1, 1}, false, AverageMode::kTflite)));
  add("averagepool_global", net(20, 6, 6).Pool(Average(6, 1)));
  // Fully connected, batches.
  add("fc_130_to_17", net(130, 1, 1).FullyConnected(17));
  add("fc_from_image", net(3, 4, 5).FullyConnected(33, 0, true));
  add("fc_zero_point", net(40, 1, 1).FullyConnected(20, -7));
  for (int b : {2, 3, 8, 17}) {
    add("batch" + std::to_string(b),
        net(2, 8, 8).Conv(Conv(6, 3)).Pool(Pool(2, 2)).FullyConnected(12).FullyConnected(5),
        Rounding::kFloat32, b + 2, b);
  }
  add("batch4_of_1x1", net(33, 1, 1).Conv(Conv(20, 1)).Conv(Conv(18, 1)), Rounding::kFloat32, 9, 4);
  add("deep",
      net(3, 12, 12)
          .Conv(Conv(6, 3, 1, {1, 1, 1, 1}))
          .Conv(Conv(7, 3))
          .Conv(Conv(8, 3, 2))
          .FullyConnected(10),
      Rounding::kFloat32, 3, 1);
  return cases;
}

}  // namespace

const std::vector<LayerCase>& LayerCases() {
  static const std::vector<LayerCase> cases = MakeCases();
  return cases;
}

HwConfig CaseConfig(int rows, int cols) {
  HwConfig config;
  config.rows = rows;
  config.cols = cols;
  config.lanes = std::min(8, cols);
  return config;
}

}  // namespace systole
