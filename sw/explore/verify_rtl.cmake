# --verify-rtl. Its library stands by itself, next to the session that it runs.
add_library(systole_verify_rtl STATIC ${CMAKE_CURRENT_LIST_DIR}/rtl_build.cc ${CMAKE_CURRENT_LIST_DIR}/rtl_trial.cc
                                      ${CMAKE_CURRENT_LIST_DIR}/verify_rtl.cc ${CMAKE_CURRENT_LIST_DIR}/verify_scalesim.cc)
target_link_libraries(systole_verify_rtl PUBLIC systole_session systole_golden systole_scalesim fmt::fmt)
target_compile_definitions(systole_verify_rtl PRIVATE SYSTOLE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
  SYSTOLE_CONFIG_TOOL="$<TARGET_FILE:systole_config>" SYSTOLE_CMAKE="${CMAKE_COMMAND}")
add_dependencies(systole_verify_rtl systole_config)
