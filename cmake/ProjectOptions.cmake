# One INTERFACE target carries the standard, the warnings and the sanitizers; ours link it PRIVATE.
find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)

find_program(CAM32100_CCACHE ccache)
if(CAM32100_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CAM32100_CCACHE})
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough)
if(CAM32100_WERROR)
  target_compile_options(project_options INTERFACE -Werror)
endif()
if(CAM32100_FUZZ)
  target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CAM32100_SANITIZE)
  target_compile_options(project_options INTERFACE -fsanitize=${CAM32100_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=${CAM32100_SANITIZE})
  if(CAM32100_SANITIZE MATCHES address)
    target_compile_definitions(project_options INTERFACE _GLIBCXX_ASSERTIONS)
  endif()
  if(CAM32100_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Asio's fences are not modelled by TSan and g++ 12 says so for each of them.
    target_compile_options(project_options INTERFACE -Wno-tsan)
  endif()
endif()

# Compiling several JSON-heavy files as one takes a third of the time (the sanitizer and long presets ask for
# it). The layers below and the tests are compiled file by file everywhere: they are quick, or name things alike.
set(CAM32100_UNITY ${CMAKE_UNITY_BUILD})
set(CMAKE_UNITY_BUILD OFF)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

# cam32100_library(<name> [HEAVY] SOURCES ... LINK ...): a static library with our options, whose
# headers each compile alone (target all_verify_interface_header_sets).
function(cam32100_library name)
  cmake_parse_arguments(ARG "HEAVY" "" "SOURCES;HEADERS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  if(ARG_HEAVY AND CAM32100_UNITY)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON)
  endif()
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  target_compile_features(${name} PUBLIC cxx_std_20)  # who includes our headers speaks C++20, too
  target_link_libraries(${name} PRIVATE project_options PUBLIC ${ARG_LINK})
endfunction()
