# Search methods, Pareto fronts, the proxy.
find_package(pagmo QUIET)
find_package(dlib QUIET)
if(NOT (pagmo_FOUND AND dlib_FOUND))
  message(STATUS "systole-explore has no search methods: pagmo or dlib is missing")
  return()
endif()

add_library(systole_explore_search STATIC
  ${CMAKE_CURRENT_LIST_DIR}/front.cc
  ${CMAKE_CURRENT_LIST_DIR}/proxy.cc
  ${CMAKE_CURRENT_LIST_DIR}/proxy_encoding.cc
  ${CMAKE_CURRENT_LIST_DIR}/proxy_network.cc
  ${CMAKE_CURRENT_LIST_DIR}/proxy_search.cc
  ${CMAKE_CURRENT_LIST_DIR}/search.cc
  ${CMAKE_CURRENT_LIST_DIR}/search_annealing.cc
  ${CMAKE_CURRENT_LIST_DIR}/search_genetic.cc
  ${CMAKE_CURRENT_LIST_DIR}/search_nsga2.cc
  ${CMAKE_CURRENT_LIST_DIR}/search_pagmo.cc
  ${CMAKE_CURRENT_LIST_DIR}/search_recorder.cc
)
target_link_libraries(systole_explore_search PUBLIC fmt::fmt PRIVATE Pagmo::pagmo dlib::dlib)
