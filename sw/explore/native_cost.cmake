# The native cost model. Its library stands by itself, next to the compiler that it runs.
include_guard(GLOBAL)
add_library(systole_native_cost ${CMAKE_CURRENT_LIST_DIR}/native_cost.cc)
target_link_libraries(systole_native_cost PUBLIC systole_compiler systole_timing)

# Models of layer tables, for networks of which only the shapes are known.
add_library(systole_table_model ${CMAKE_CURRENT_LIST_DIR}/table_model.cc)
target_link_libraries(systole_table_model PUBLIC systole_model systole_scalesim systole_arith PRIVATE fmt::fmt)

# How many points a second.
add_executable(native_bench ${CMAKE_CURRENT_LIST_DIR}/native_bench.cc ${CMAKE_CURRENT_LIST_DIR}/native_lattice.cc)
target_link_libraries(native_bench PRIVATE systole_native_cost systole_model Threads::Threads fmt::fmt)
