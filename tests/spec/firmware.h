/* What firmware.c offers to the test, which is C++. */
#ifndef SYSTOLE_TESTS_SPEC_FIRMWARE_H
#define SYSTOLE_TESTS_SPEC_FIRMWARE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void firmware_make_store(uint32_t words[8], uint64_t address, uint32_t bytes);
uint64_t firmware_address(const uint32_t words[8]);
uint32_t firmware_counter(unsigned engine, unsigned cause);
int firmware_finished(uint32_t status);

#ifdef __cplusplus
}
#endif

#endif
