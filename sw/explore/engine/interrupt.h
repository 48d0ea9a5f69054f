// Ctrl-C and SIGTERM as a flag that loops look at.
#pragma once

#include <exception>

namespace systole::explore {

// From here on SIGINT and SIGTERM set the flag; a second one ends the process as usual. SIGXFSZ is
// ignored, so that a file size limit is an error of the write that meets it.
void CatchSignals();

// The signal that came, 0: none.
int Interrupted();

// Thrown out of Problem::Evaluate when the flag is set; search methods let it pass.
class Interruption : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};

}  // namespace systole::explore
