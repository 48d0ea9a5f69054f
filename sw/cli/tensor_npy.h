// Tensors of a model as .npy files.
#pragma once

#include <cstdint>

#include "sw/model/model.h"
#include "sw/model/npy.h"

namespace systole {

// `count` images of C x H x W, int8 domain, as N x C x H x W, or N x H x W x C where
// model.channels_last, of the type that the tensor has in the model's file.
NpyArray ToNpy(const Model& model, const Tensor& tensor, const int8_t* values, int64_t count);

}  // namespace systole
