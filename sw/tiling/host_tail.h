// Layers of the host: as steps on tensors in memory, and behind a program that lies on chip.
#pragma once

#include <vector>

#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// layers[i], one of the host's, on tensors that lie so.
HostStep StepOf(const Model& model, size_t i, std::vector<TensorLayout> inputs,
                const TensorLayout& output);

// How many of the last layers are the host's, each reading only the one before: a chain's softmax.
// 0 where other tensors are outputs too.
size_t HostTail(const Model& model);

// The model without its last `layers` layers.
Model WithoutTail(const Model& model, size_t layers);

// Puts the last `layers` layers of the model behind a program of the model without them: one run,
// then the host's steps for every image.
void AppendTail(const Model& model, size_t layers, Program* program);

}  // namespace systole
