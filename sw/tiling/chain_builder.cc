#include "sw/tiling/chain_builder.h"

#include <algorithm>
#include <map>

#include "sw/compiler/storage.h"

namespace systole {

std::optional<Chain> ChainBuilder::Build(size_t first, size_t last) {
  for (size_t u = first; u + 1 < last; ++u) {
    // Only the last one's result may be read by others.
    const int t = units_->candidate(u).output;
    if (units_->kept(t) || units_->readers(t).empty()) return {};
    for (const int reader : units_->readers(t)) {
      if (reader >= static_cast<int>(last)) return {};
    }
  }
  for (size_t u = first; u < last; ++u) {
    if (units_->candidate(u).batched != units_->candidate(first).batched) return {};
  }
  Chain chain;
  chain.batched = units_->candidate(first).batched;
  chain.first = static_cast<int>(first);
  chain.last = static_cast<int>(last);
  std::map<int, int> made;  // chain tensor of a tensor
  auto add = [&](int t, int channels, ChainTensor::Kind kind) {
    ChainTensor& tensor = chain.tensors.emplace_back();
    tensor.tensor = t;
    tensor.channels = channels;
    tensor.h = chain.batched ? units_->batch() : model_.tensors[t].h;
    tensor.w = model_.tensors[t].w;
    tensor.kind = kind;
    return static_cast<int>(chain.tensors.size()) - 1;
  };
  auto use = [&](int t) {
    const auto [it, fresh] = made.try_emplace(t, 0);
    if (fresh) it->second = add(t, model_.tensors[t].c, ChainTensor::Kind::kLoaded);
    return it->second;
  };
  auto make = [&](size_t u, int t) {
    const auto kind = u + 1 == last ? ChainTensor::Kind::kStored : ChainTensor::Kind::kMade;
    return made[t] = add(t, model_.tensors[t].c, kind);
  };
  for (size_t u = first; u < last; ++u) {
    const ChainUnits::Candidate& of = units_->candidate(u);
    if (u + 1 < last && units_->Blocked(u)) {
      // Block by block; the next block's first step stands between the two of one.
      const int c = of.stage->cout, block = units_->BlockChannels(), n = (c + block - 1) / block;
      const int in = use(of.input), out = make(u + 1, units_->candidate(u + 1).output);
      const ChainTensor::Kind kind = ChainTensor::Kind::kMade;
      const int turns[] = {add(of.output, block, kind), add(of.output, block, kind)};
      const int tail = c % block == 0 ? -1 : add(of.output, c % block, kind);
      auto node = [&](int i, bool second) {
        const int c0 = i * block, c1 = std::min(c, c0 + block);
        const int between = c1 - c0 < block ? tail : turns[i % 2];
        ChainNode& k = chain.nodes.emplace_back();
        units_->SetWork(second ? u + 1 : u, c0, c1, &k);
        k.in = second ? between : in;
        k.out = second ? out : between;
        k.channel = second ? c0 : 0;
        k.tensor_channel = c0;
      };
      node(0, false);
      for (int i = 1; i < n; ++i) {
        node(i, false);
        node(i - 1, true);
      }
      node(n - 1, true);
      chain.tensors[out].late = (n - 1) * block;
      ++u;
      continue;
    }
    ChainNode& k = chain.nodes.emplace_back();
    units_->SetWork(u, 0, 0, &k);
    k.in = use(of.input);
    if (of.other >= 0) k.other = use(of.other);
    k.out = make(u, of.output);
    k.whole = true;
  }
  chain.SetLate();
  for (size_t n = 0; n < chain.nodes.size(); ++n) {
    const ChainNode& k = chain.nodes[n];
    for (const int t : {k.in, k.out, k.other}) {
      if (t < 0) continue;
      ChainTensor& tensor = chain.tensors[t];
      if (tensor.first < 0) tensor.first = static_cast<int>(n);
      tensor.last = static_cast<int>(n);
    }
  }
  for (size_t n = 0; n < chain.nodes.size(); ++n) {
    const int m = chain.PoolingOf(n);
    if (m < 0) continue;
    ChainTensor& pooled = chain.tensors[chain.nodes[static_cast<size_t>(m)].out];
    pooled.first = std::min(pooled.first, static_cast<int>(n));
  }
  chain.out_h = chain.nodes.back().stage().out_h;
  if (!SetLayout(&chain)) return {};
  return chain;
}

// Padding and pitch that suit every reader.
bool ChainBuilder::SetLayout(Chain* chain) const {
  for (size_t t = 0; t < chain->tensors.size(); ++t) {
    ChainTensor& tensor = chain->tensors[t];
    int residue = -1;
    bool padded = false;
    for (const ChainNode& k : chain->nodes) {
      if (k.in != static_cast<int>(t)) continue;
      const Stage& s = k.stage();
      const Padding& pad = s.pad;
      if (pad.top + pad.left + pad.bottom + pad.right > 0) {
        if (padded && tensor.pad_value != s.pad_value) return false;
        padded = true;
        tensor.pad_value = s.pad_value;
      }
      tensor.left = std::max(tensor.left, pad.left);
      tensor.right = std::max(tensor.right, pad.right);
      if (k.writer == nullptr) continue;
      const int want = k.writer->part().Residue();
      if (want >= 0 && residue >= 0 && want != residue) return false;
      if (want >= 0) residue = want;
    }
    tensor.pitch = (tensor.left + tensor.w + tensor.right) * tensor.channels;
    const int banks = config_.Banks();
    if (residue >= 0) tensor.pitch += ((residue - tensor.pitch) % banks + banks) % banks;
  }
  return true;
}

}  // namespace systole
