// What commands end with, other than success: bad input (exit 2), a fault of the hardware (exit 3).
// Caught in the command line alone (sw/base/command.h).
#pragma once

#include <stdexcept>
#include <string>

namespace systole {

class InputError : public std::runtime_error {
 public:
  // `message` is one line: "<file or option>: <place>: <what is wrong>; <remedy>".
  explicit InputError(const std::string& message) : std::runtime_error(message) {}
};

// The hardware reported an error or did not answer (exit 3). What it told is in the driver's error.
class HardwareFault : public std::runtime_error {
 public:
  explicit HardwareFault(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace systole
