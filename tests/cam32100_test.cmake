# cam32100_test(<name> LABEL unit SOURCES ... LINK ... [TIMEOUT s] [ARGS ...]): one GoogleTest binary, one ctest
# entry (its own list of cases is printed by the binary; the ctest name is the binary's).
# `cam32100_tests_<LABEL>` builds the binaries of one label: a stage that runs only some of the tests compiles
# only what they need.
if(CAM32100_TESTS AND NOT CAM32100_FUZZ)
  find_package(GTest REQUIRED)
endif()

set(CAM32100_TEST_ENVIRONMENT "")
if(CAM32100_SANITIZE MATCHES thread)
  list(APPEND CAM32100_TEST_ENVIRONMENT
       "TSAN_OPTIONS=halt_on_error=1:suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp")
endif()

if(CAM32100_SANITIZE MATCHES address)
  list(APPEND CAM32100_TEST_ENVIRONMENT "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp")
endif()

# What add_test() entries of ours have in common; TARGETS are built for them.
# Integration tests mostly wait for other processes: three run where one runs that computes (tests/run gives the places).
function(cam32100_label_test name label timeout)
  # What may take longest begins first: at the end nothing is left that the others wait for.
  set_tests_properties(${name} PROPERTIES LABELS "${label}" TIMEOUT ${timeout} COST ${timeout}
                                          ENVIRONMENT "${CAM32100_TEST_ENVIRONMENT}")
  if(NOT label STREQUAL "integration")
    set_tests_properties(${name} PROPERTIES PROCESSORS 3 COST 250)
  endif()
  if(NOT TARGET cam32100_tests_${label})
    add_custom_target(cam32100_tests_${label})
  endif()
  if(ARGN)
    add_dependencies(cam32100_tests_${label} ${ARGN})
  endif()
endfunction()

function(cam32100_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LINK;ARGS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 180)  # ends what hangs; a sanitizer on a busy machine takes its time
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE project_options ${ARG_LINK} GTest::gmock GTest::gtest_main)
  if(CAM32100_SANITIZE MATCHES thread)
    target_link_libraries(${name} PRIVATE project_sanitizers)  # atomics that it cannot see are races to it
  endif()
  target_compile_definitions(${name} PRIVATE CAM32100_TESTS_DIR="${PROJECT_SOURCE_DIR}/tests"
                                             CAM32100_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS})
  cam32100_label_test(${name} "${ARG_LABEL}" ${ARG_TIMEOUT} ${name})
endfunction()

# cam32100_fuzz(<name> SOURCES ... LINK ... CORPUS dir): under the fuzz preset a libFuzzer binary; elsewhere
# a replay of its corpus (label fuzz-regress), through the same LLVMFuzzerTestOneInput.
function(cam32100_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;LINK" ${ARGN})
  if(CAM32100_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE project_options project_sanitizers ${ARG_LINK})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_property(GLOBAL APPEND PROPERTY CAM32100_FUZZ_LIST "${name} $<TARGET_FILE:${name}> ${ARG_CORPUS}")
  else()
    add_executable(${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
    target_link_libraries(${name} PRIVATE project_options ${ARG_LINK})
    add_test(NAME ${name} COMMAND ${name} ${ARG_CORPUS})
    cam32100_label_test(${name} fuzz-regress 180 ${name})
  endif()
endfunction()

# fuzz_targets.txt in the build directory: name, binary and corpus of each fuzzer, one a line.
function(cam32100_write_fuzz_list)
  get_property(lines GLOBAL PROPERTY CAM32100_FUZZ_LIST)
  list(JOIN lines "\n" text)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/fuzz_targets.txt CONTENT "${text}\n")
endfunction()
