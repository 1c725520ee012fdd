# cmake -DFILE=... -DKEY=data;device_id -P json_value.cmake: prints one value of a JSON file (texts
# without quotes), or fails. CMake is needed for the build anyway, so no further tool is.
file(READ "${FILE}" text)
string(JSON value ERROR_VARIABLE error GET "${text}" ${KEY})
if(error)
  message(FATAL_ERROR "${FILE}: ${KEY}: ${error}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${value}")
