# The native cost model. Its library stands by itself, next to the compiler that it runs.
include_guard(GLOBAL)
add_library(systole_native_cost ${CMAKE_CURRENT_LIST_DIR}/native_cost.cc)
target_link_libraries(systole_native_cost PUBLIC systole_compiler systole_timing)
