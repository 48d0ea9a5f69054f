// Invariants that hold in every build, assertions or not: a breach is a mistake of the program
// itself, and ends it with kInternalError (sw/base/exit_status.h) before anything wrong is written.
#pragma once

#include <stdexcept>
#include <string>

namespace systole {

class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Throws InternalError where `holds` is false. `what` says what is broken.
inline void Check(bool holds, const char* what) {
  if (!holds) throw InternalError(what);
}

}  // namespace systole
