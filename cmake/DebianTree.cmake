# Run by cpack on the installed tree, before it is packed: what debhelper would do.
set(tree ${CPACK_TEMPORARY_DIRECTORY})
set(debian ${CPACK_CAM32100_SOURCE_DIR}/deploy/debian)
set(docs ${tree}/usr/share/doc/cam32100)
set(readable OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)

# FROM TO
function(lay from to)
  get_filename_component(folder ${tree}${to} DIRECTORY)
  get_filename_component(name ${tree}${to} NAME)
  file(COPY ${from} DESTINATION ${folder} FILE_PERMISSIONS ${readable})
  get_filename_component(given ${from} NAME)
  if(NOT given STREQUAL name)
    file(RENAME ${folder}/${given} ${folder}/${name})
  endif()
endfunction()

# Without the time, so that one source makes one package.
function(compress file)
  execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# The time of the sources: what the environment says, else the last commit, else now.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  set(epoch $ENV{SOURCE_DATE_EPOCH})
else()
  execute_process(COMMAND git log -1 --format=%ct WORKING_DIRECTORY ${CPACK_CAM32100_SOURCE_DIR}
                  OUTPUT_VARIABLE epoch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    string(TIMESTAMP epoch %s UTC)
  endif()
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C date -u -R -d @${epoch}
                OUTPUT_VARIABLE built OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${debian}/make_changelog ${CPACK_PACKAGE_VERSION} ${CPACK_DEBIAN_PACKAGE_RELEASE}
                        "${CPACK_DEBIAN_PACKAGE_MAINTAINER}" "${built}"
                INPUT_FILE ${CPACK_CAM32100_SOURCE_DIR}/CHANGELOG.md OUTPUT_FILE ${docs}/changelog.Debian
                COMMAND_ERROR_IS_FATAL ANY)
file(CHMOD ${docs}/changelog.Debian PERMISSIONS ${readable})
compress(${docs}/changelog.Debian)
compress(${tree}/usr/share/man/man1/cam32100.1)

lay(${debian}/copyright /usr/share/doc/cam32100/copyright)
lay(${debian}/lintian-overrides /usr/share/lintian/overrides/cam32100)
lay(${debian}/default /etc/default/cam32100)
file(CREATE_LINK deploy ${docs}/examples SYMBOLIC)

# The one that names /usr/bin, where Debian 12 keeps units.
file(REMOVE_RECURSE ${tree}/usr/lib)
lay(${CPACK_CAM32100_SOURCE_DIR}/deploy/systemd/cam32100.service /lib/systemd/system/cam32100.service)

execute_process(COMMAND ${CPACK_CAM32100_STRIP} --remove-section=.comment --remove-section=.note ${tree}/usr/bin/cam32100
                COMMAND_ERROR_IS_FATAL ANY)
