# The page: script, style and d3 become strings of the program. Debian's libjs-d3 has the last d3 of version 3.
find_file(D3_JS d3.min.js PATHS /usr/share/javascript/d3)
if(NOT (D3_JS AND nlohmann_json_FOUND AND TARGET systole_explore_search))
  message(STATUS "systole-explore writes no pages: libjs-d3, nlohmann-json or the search methods are missing")
  return()
endif()

set(page_scripts page_base.js page_front.js page_parallel.js page_heat.js page_curves.js page.js)
list(TRANSFORM page_scripts PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
set(page_assets ${CMAKE_CURRENT_BINARY_DIR}/page_assets.cc)
add_custom_command(
  OUTPUT ${page_assets}
  COMMAND ${CMAKE_COMMAND} -DOUT=${page_assets} -DD3=${D3_JS} "-DSCRIPTS=${page_scripts}"
          -DSTYLE=${CMAKE_CURRENT_LIST_DIR}/page.css -DLICENSE=${CMAKE_CURRENT_LIST_DIR}/page_d3_license.txt
          -P ${CMAKE_CURRENT_LIST_DIR}/page_assets.cmake
  DEPENDS ${page_scripts} ${D3_JS} ${CMAKE_CURRENT_LIST_DIR}/page.css ${CMAKE_CURRENT_LIST_DIR}/page_d3_license.txt
          ${CMAKE_CURRENT_LIST_DIR}/page_assets.cmake
  VERBATIM
)

add_library(systole_explore_page STATIC
  ${CMAKE_CURRENT_LIST_DIR}/page.cc
  ${CMAKE_CURRENT_LIST_DIR}/page_heat.cc
  ${CMAKE_CURRENT_LIST_DIR}/page_json.cc
  ${CMAKE_CURRENT_LIST_DIR}/page_rows.cc
  ${page_assets}
)
target_link_libraries(systole_explore_page PUBLIC systole_explore_search PRIVATE nlohmann_json::nlohmann_json)

# Measures search methods and proxy against the truth (docs/search.md).
if(CLI11_FOUND)
  add_executable(systole-explore-study
    ${CMAKE_CURRENT_LIST_DIR}/study.cc
    ${CMAKE_CURRENT_LIST_DIR}/study_proxy.cc
    ${CMAKE_CURRENT_LIST_DIR}/study_searches.cc
    ${CMAKE_CURRENT_LIST_DIR}/study_truth.cc
  )
  target_link_libraries(systole-explore-study PRIVATE systole_explore_page systole_explore_space CLI11::CLI11
                                                      Threads::Threads)
endif()
