/* The firmware header in C99: builds an instruction, and answers with its constants. */
#include "tests/spec/firmware.h"

#include "sw/firmware/systole_hw.h"

void firmware_make_store(uint32_t words[8], uint64_t address, uint32_t bytes) {
  for (int i = 0; i < SYSTOLE_INSTRUCTION_WORDS; ++i) words[i] = 0;
  systole_set(words, SYSTOLE_FIELD_OPCODE, SYSTOLE_OP_STORE);
  systole_set(words, SYSTOLE_FIELD_LS_ADDR, address);
  systole_set(words, SYSTOLE_FIELD_LS_BYTES, bytes);
  systole_set(words, SYSTOLE_FIELD_LS_LINES, 1);
  systole_set(words, SYSTOLE_FIELD_POP_POST, 1);
}

uint64_t firmware_address(const uint32_t words[8]) {
  return systole_get(words, SYSTOLE_FIELD_LS_ADDR);
}

uint32_t firmware_counter(unsigned engine, unsigned cause) {
  return SYSTOLE_REG_CNT(engine, cause);
}

int firmware_finished(uint32_t status) {
  return (status & SYSTOLE_STATUS_DONE) != 0 && (status & SYSTOLE_STATUS_ERROR) == 0;
}
