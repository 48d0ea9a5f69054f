#include "sw/isa/isa.h"

namespace systole {

const char* ErrorText(ErrorCode code) {
  switch (code) {
#define ERROR_CODE(name, code, text) \
  case ErrorCode::k##name:           \
    return text;
#include "sw/isa/fields.def"
  }
  return "unknown error";
}

}  // namespace systole
