# gold links in half the time of ld; what is shipped is linked by ld.
find_program(CAM32100_GOLD ld.gold)
if(CAM32100_GOLD AND CMAKE_BUILD_TYPE STREQUAL Debug AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_link_options(-fuse-ld=gold)
endif()

# One INTERFACE target carries the standard, the warnings and the sanitizers; ours link it PRIVATE.
find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)

find_program(CAM32100_CCACHE ccache)
if(CAM32100_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths count from the checkout: what one clone compiled, another finds.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${CAM32100_CCACHE})
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # Types of an anonymous namespace are suspect only in headers; here every file looks like one.
  target_compile_options(project_options INTERFACE -Wno-subobject-linkage)
endif()
if(CAM32100_WERROR)
  target_compile_options(project_options INTERFACE -Werror)
endif()
# Compiling with a sanitizer takes three times as long, and what it looks for is in the product: the libraries and
# programs are compiled with it, the tests only linked. Those are compiled as in the debug build, to the letter, so
# that ccache has them already.
add_library(project_sanitizers INTERFACE)
if(CAM32100_FUZZ)
  target_compile_options(project_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CAM32100_SANITIZE)
  target_compile_options(project_sanitizers INTERFACE -g1 -fsanitize=${CAM32100_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # Two million addresses of source places, each moved at every start, take half a second: such programs stay in place.
  target_link_options(project_options INTERFACE -fsanitize=${CAM32100_SANITIZE} -no-pie)
  if(CAM32100_SANITIZE MATCHES address)
    target_compile_definitions(project_sanitizers INTERFACE _GLIBCXX_ASSERTIONS)
  endif()
  if(CAM32100_SANITIZE MATCHES undefined AND NOT CAM32100_FUZZ)
    # A look at each pointer before each use makes a third of the code: the address sanitizer stops at a null pointer by
    # itself, and the fuzz preset has both for what reads bytes of strangers.
    target_compile_options(project_sanitizers INTERFACE -fno-sanitize=null,alignment)
  endif()
  if(CAM32100_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Asio's fences are not modelled by TSan and g++ 12 says so for each of them.
    target_compile_options(project_sanitizers INTERFACE -Wno-tsan)
  endif()
endif()

# The presets compile several files as one (CMAKE_UNITY_BUILD): what headers and JSON templates cost is paid once a
# batch, which makes a build three times as quick. The preset "apart" compiles file by file.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 32)

# cam32100_library(<name> SOURCES ... LINK ...): a static library with our options, whose
# headers each compile alone (target all_verify_interface_header_sets). Where CAM32100_KNOWS_NO_THREADS is set (the
# lint test holds that code to it) the thread sanitizer has nothing to look at: compiled as in the debug build, to
# the letter, so that ccache has it already.
function(cam32100_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  target_compile_features(${name} PUBLIC cxx_std_20)  # who includes our headers speaks C++20, too
  target_link_libraries(${name} PRIVATE project_options PUBLIC ${ARG_LINK})
  if(NOT (CAM32100_KNOWS_NO_THREADS AND CAM32100_SANITIZE MATCHES thread))
    target_link_libraries(${name} PRIVATE project_sanitizers)
  endif()
endfunction()

# cam32100_embed(<variable> HEADER ... TYPE ... FUNCTION ... FILES ...): sets the variable to the C++ file that EmbedFiles
# writes. Its target needs no other one: in a library's own, it and with it the whole library would wait until all that
# the library links is compiled.
function(cam32100_embed variable)
  cmake_parse_arguments(ARG "" "HEADER;TYPE;FUNCTION" "FILES" ${ARGN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${variable}.cpp)
  list(TRANSFORM ARG_FILES PREPEND ${PROJECT_SOURCE_DIR}/)
  set(script ${PROJECT_SOURCE_DIR}/cmake/EmbedFiles.cmake)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} "-DFILES=${ARG_FILES}" -DHEADER=${ARG_HEADER} -DTYPE=${ARG_TYPE}
            -DFUNCTION=${ARG_FUNCTION} -P ${script}
    DEPENDS ${ARG_FILES} ${script} VERBATIM)
  add_custom_target(cam32100_${variable} DEPENDS ${output})
  set(${variable} ${output} PARENT_SCOPE)
endfunction()
