// Pictures as images of a model.
#pragma once

#include <string>
#include <vector>

#include "sw/model/images.h"
#include "sw/model/model.h"

namespace systole {

// The files of a folder that are pictures by their bytes, sorted by name. Throws InputError where
// there is none.
std::vector<std::string> PicturesIn(const std::string& folder);

// One image of each file, resized to the model's input (Resize of sw/model/picture.h), RGB or, for
// an input of one channel, grey; a pixel's byte becomes a value by ByteValues (sw/model/images.h).
// Throws InputError for an input of other channels, and for files that are not read.
Images FromPictures(const std::vector<std::string>& files, const Model& model);

}  // namespace systole
