// Names of what TensorFlow Lite's files number.
#pragma once

#include <string>

namespace systole {

// "CONV_2D" of 3; "operator 999" for numbers that no schema known has.
std::string TfliteOperatorName(int code);

// "INT8" of 9; "type 99".
std::string TfliteTypeName(int type);

}  // namespace systole
