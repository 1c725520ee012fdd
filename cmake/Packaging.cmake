# What `cmake --install` lays, and the Debian package that `cpack` makes of it. bridge/ installs the program.
include(GNUInstallDirs)

set(CAM32100_MAINTAINER "The cam32100 authors <cam32100@example.org>" CACHE STRING
    "Name and address for the Debian package")
set(CAM32100_DEBIAN_REVISION 1 CACHE STRING "Revision of the Debian package")

# The unit names the program where it will lie.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS deploy/systemd/cam32100.service)
file(READ deploy/systemd/cam32100.service unit)
string(REPLACE "/usr/bin/cam32100" "${CMAKE_INSTALL_FULL_BINDIR}/cam32100" unit "${unit}")
file(CONFIGURE OUTPUT cam32100.service CONTENT "${unit}" @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cam32100.service DESTINATION lib/systemd/system)

install(FILES deploy/man/cam32100.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES deploy/bash-completion/cam32100 DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# As in the sources, so that links between them lead somewhere.
set(docs ${CMAKE_INSTALL_DATADIR}/doc/cam32100)
install(FILES README.md DESTINATION ${docs})
install(FILES deploy/README.md deploy/config.example.json deploy/config.service.json deploy/emulator-script.json
        DESTINATION ${docs}/deploy)
install(FILES deploy/server.md deploy/performance.md deploy/growth.png DESTINATION ${docs}/deploy)
# An example: most hosts run the bridge alone.
install(FILES deploy/systemd/cam32100-server.service DESTINATION ${docs}/deploy/systemd)
install(DIRECTORY deploy/mosquitto DESTINATION ${docs}/deploy)
install(FILES deploy/asyncapi.yaml DESTINATION ${docs}/deploy)
install(DIRECTORY deploy/schemas DESTINATION ${docs}/deploy FILES_MATCHING PATTERN *.json)
install(FILES deploy/node-red/README.md DESTINATION ${docs}/deploy/node-red)
install(DIRECTORY deploy/node-red DESTINATION ${CMAKE_INSTALL_DATADIR}/cam32100 FILES_MATCHING PATTERN *.json)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cam32100)
set(CPACK_PACKAGE_VENDOR cam32100)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# A debug build is packed only to be looked at: 10 s less.
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
if(CMAKE_BUILD_TYPE STREQUAL Debug)
  set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)
endif()
set(CPACK_DEBIAN_PACKAGE_RELEASE ${CAM32100_DEBIAN_REVISION})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${CAM32100_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, libsystemd0")  # the second is loaded, not linked
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "mosquitto, mosquitto-clients")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "bridge between port-32100 (PPPP) cameras and MQTT")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Cheap P2P cameras (VStarcam, Eye4 and relatives) speak an undocumented UDP
protocol on port 32100. This bridge talks it on one side and MQTT on the
other: commands come in on topics; pictures, states and events go out, one
topic tree per camera. Neither the vendor's app nor its cloud is needed.

The same program finds cameras on the network, fetches a picture without a
broker, and can be a camera or a server, to try things without either.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/conffiles
    ${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/postinst
    ${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/prerm
    ${CMAKE_CURRENT_SOURCE_DIR}/deploy/debian/postrm)

# What Debian wants otherwise than `cmake --install` lays it.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/DebianTree.cmake)
set(CPACK_CAM32100_STRIP ${CMAKE_STRIP})
set(CPACK_CAM32100_SOURCE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
include(CPack)
