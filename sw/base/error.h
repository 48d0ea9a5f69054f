// The one error type for bad input: what is wrong, where, and what to do. Caught only in the
// command line (exit 2).
#pragma once

#include <stdexcept>
#include <string>

namespace systole {

class InputError : public std::runtime_error {
 public:
  // `message` is one line: "<file or option>: <place>: <what is wrong>; <remedy>".
  explicit InputError(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace systole
