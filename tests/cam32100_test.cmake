# cam32100_test(<name> LABEL unit SOURCES ... LINK ... [TIMEOUT s] [ARGS ...]): one GoogleTest binary, one ctest
# entry (its own list of cases is printed by the binary; the ctest name is the binary's).
if(CAM32100_TESTS AND NOT CAM32100_FUZZ)
  find_package(GTest REQUIRED)
endif()

function(cam32100_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LINK;ARGS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE project_options ${ARG_LINK} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE CAM32100_TESTS_DIR="${PROJECT_SOURCE_DIR}/tests"
                                             CAM32100_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(TARGET cam32100_test_pch)
    target_precompile_headers(${name} REUSE_FROM cam32100_test_pch)
  endif()
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# cam32100_fuzz(<name> SOURCES ... LINK ... CORPUS dir): under the fuzz preset a libFuzzer binary; elsewhere
# a replay of its corpus (label fuzz-regress), through the same LLVMFuzzerTestOneInput.
function(cam32100_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LINK" ${ARGN})
  if(CAM32100_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE project_options ${ARG_LINK})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
    target_link_libraries(${name} PRIVATE project_options ${ARG_LINK})
    add_test(NAME ${name} COMMAND ${name} ${ARG_CORPUS})
    set_tests_properties(${name} PROPERTIES LABELS "fuzz-regress" TIMEOUT 60)
  endif()
endfunction()
