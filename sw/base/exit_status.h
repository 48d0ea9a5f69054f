// Exit statuses of every program of the project.
#pragma once

namespace systole {

enum ExitStatus {
  kAllEqual = 0,       // done; whatever was compared is equal
  kDifferent = 1,      // a difference was found, or a merge is not complete
  kBadInput = 2,       // bad input or usage, a file that cannot be read or written
  kHardwareFault = 3,  // the hardware reported an error, or did not answer
  kInternalError = 4,  // a mistake of the program itself
  kSignal = 128,       // plus the signal's number: ended by Ctrl-C or kill
};

}  // namespace systole
