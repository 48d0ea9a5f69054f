// --classes of `systole run`: the best five classes of every image, by name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/model/images.h"
#include "sw/model/model.h"

namespace systole {

// A name a line. Throws InputError, "FILE: ...", where they are not as many as the output has
// classes, or the output is no list of scores.
std::vector<std::string> ReadClasses(const std::string& file, const Tensor& output);

// For each image a line with its file or number, and five with score (as a real number), class and
// name; of equal scores the first class comes first. scores: images x classes, int8 domain.
std::string BestClasses(const std::vector<std::string>& classes, const Images& images,
                        const Tensor& output, const int8_t* scores);

}  // namespace systole
