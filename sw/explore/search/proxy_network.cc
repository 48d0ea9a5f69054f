#include "sw/explore/search/proxy_network.h"

#include <dlib/dnn.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace systole::explore {
namespace {

template <typename Below>
using Hidden = dlib::relu<dlib::fc<64, Below>>;  // 64 is replaced before the first use
using Network =
    dlib::loss_mean_squared<dlib::fc<1, Hidden<Hidden<Hidden<dlib::input<dlib::matrix<float>>>>>>>;

}  // namespace

struct ProxyNetwork::Impl {
  explicit Impl(int inputs)
      : inputs(inputs),
        solvers(Network::num_computational_layers, dlib::adam(0.0f, 0.9f, 0.999f)) {}

  const dlib::tensor& Load(const std::vector<float>& rows) {
    tensor.set_size(static_cast<long>(rows.size()) / inputs, 1, inputs, 1);
    std::copy(rows.begin(), rows.end(), tensor.host_write_only());
    return tensor;
  }

  int inputs;
  Network network;
  std::vector<dlib::adam> solvers;
  dlib::resizable_tensor tensor;
};

ProxyNetwork::ProxyNetwork(int inputs, int hidden, uint64_t seed)
    : impl_(std::make_unique<Impl>(inputs)) {
  Network& network = impl_->network;
  dlib::layer<3>(network).layer_details().set_num_outputs(hidden);
  dlib::layer<5>(network).layer_details().set_num_outputs(hidden);
  dlib::layer<7>(network).layer_details().set_num_outputs(hidden);
  network(dlib::matrix<float>(
      dlib::zeros_matrix<float>(inputs, 1)));  // makes the weights, from rand(): drawn again
  std::mt19937_64 rng(seed);
  const int columns[] = {1, hidden, hidden, hidden};
  const int rows[] = {hidden, hidden, hidden, inputs};
  size_t which = 0;
  dlib::visit_layer_parameters(network, [&](size_t, dlib::tensor& parameters) {
    if (parameters.size() == 0) return;
    const float limit = std::sqrt(6.0f / static_cast<float>(rows[which]));
    std::uniform_real_distribution<float> draw(-limit, limit);
    float* values = parameters.host();
    const size_t weights = static_cast<size_t>(rows[which]) * columns[which];
    for (size_t i = 0; i < parameters.size(); ++i) values[i] = i < weights ? draw(rng) : 0.0f;
    ++which;
  });
}

ProxyNetwork::~ProxyNetwork() = default;

double ProxyNetwork::Step(const std::vector<float>& rows, const std::vector<float>& targets,
                          double learning_rate) {
  const double loss =
      impl_->network.compute_parameter_gradients(impl_->Load(rows), targets.begin());
  impl_->network.update_parameters(impl_->solvers, learning_rate);
  return loss;
}

std::vector<float> ProxyNetwork::Outputs(const std::vector<float>& rows) {
  const dlib::tensor& out = impl_->network.subnet().forward(impl_->Load(rows));
  return {out.host(), out.host() + out.size()};
}

std::vector<float> ProxyNetwork::Weights() {
  std::vector<float> weights;
  dlib::visit_layer_parameters(impl_->network, [&](size_t, dlib::tensor& parameters) {
    if (parameters.size() > 0)
      weights.insert(weights.end(), parameters.host(), parameters.host() + parameters.size());
  });
  return weights;
}

void ProxyNetwork::SetWeights(const std::vector<float>& weights) {
  const float* next = weights.data();
  dlib::visit_layer_parameters(impl_->network, [&](size_t, dlib::tensor& parameters) {
    if (parameters.size() == 0) return;
    std::copy(next, next + parameters.size(), parameters.host());
    next += parameters.size();
  });
}

}  // namespace systole::explore
