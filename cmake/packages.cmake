# SPDX-License-Identifier: Apache-2.0
# Two Debian packages, firmbench and firmbenchd, by cpack from a built tree: deploy/package.
set(deploy "${PROJECT_SOURCE_DIR}/deploy")
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME unpackaged)

# firmbench_package_files(COMPONENT FOLDER FILE...)
function(firmbench_package_files component folder)
  install(FILES ${ARGN} DESTINATION "${folder}" COMPONENT ${component})
endfunction()

install(TARGETS firmbench RUNTIME DESTINATION usr/bin COMPONENT firmbench)
firmbench_package_files(firmbench usr/share/man/man1 "${FIRMBENCH_PAGES}/firmbench.1")
install(FILES "${FIRMBENCH_PAGES}/firmbench.bash" RENAME firmbench
  DESTINATION usr/share/bash-completion/completions COMPONENT firmbench)
firmbench_package_files(firmbench usr/share/zsh/vendor-completions "${FIRMBENCH_PAGES}/_firmbench")
firmbench_package_files(firmbench usr/share/fish/vendor_completions.d
  "${FIRMBENCH_PAGES}/firmbench.fish")
firmbench_package_files(firmbench usr/share/doc/firmbench "${PROJECT_SOURCE_DIR}/README.md")

install(TARGETS firmbenchd RUNTIME DESTINATION usr/sbin COMPONENT firmbenchd)
firmbench_package_files(firmbenchd usr/share/man/man8 "${deploy}/man/firmbenchd.8")
firmbench_package_files(firmbenchd usr/share/man/man5 "${deploy}/man/firmbenchd.toml.5")
firmbench_package_files(firmbenchd usr/lib/systemd/system
  "${deploy}/systemd/firmbenchd.service")
firmbench_package_files(firmbenchd usr/lib/udev/rules.d
  "${deploy}/udev/59-firmbench.rules" "${deploy}/udev/71-firmbench.rules")
firmbench_package_files(firmbenchd usr/lib/sysusers.d "${deploy}/sysusers/firmbench.conf")
install(FILES "${deploy}/polkit/firmbench.rules" RENAME 50-firmbench.rules
  DESTINATION usr/share/polkit-1/rules.d COMPONENT firmbenchd)
firmbench_package_files(firmbenchd etc/needrestart/conf.d "${deploy}/needrestart/firmbench.conf")
firmbench_package_files(firmbenchd etc/firmbench "${deploy}/examples/firmbenchd.toml")
firmbench_package_files(firmbenchd usr/share/doc/firmbenchd/examples
  "${deploy}/examples/firmbenchd.toml" "${deploy}/examples/bench.toml"
  "${deploy}/systemd/firmbenchd.service.d/listen.conf"
  "${deploy}/systemd/firmbenchd.service.d/port-io.conf")

if(TARGET page)
  install(DIRECTORY "${PROJECT_BINARY_DIR}/web/" DESTINATION usr/share/firmbench/web
    COMPONENT firmbenchd)
endif()

foreach(package firmbench firmbenchd)
  firmbench_package_files(${package} usr/share/doc/${package}
    "${deploy}/debian/copyright" "${deploy}/debian/changelog")
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL firmbench firmbenchd)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# The build tree keeps its symbols.
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "firmbench maintainers <firmbench@firmbench.invalid>")
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/packages_finish.cmake")
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_SOURCE_DIR}/cmake/packages_epoch.cmake")
set(CPACK_FIRMBENCH_CHANGELOG "${deploy}/debian/changelog")

set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
foreach(package FIRMBENCH FIRMBENCHD)
  string(TOLOWER ${package} name)
  set(CPACK_DEBIAN_${package}_PACKAGE_NAME ${name})
endforeach()
set(CPACK_COMPONENT_FIRMBENCH_DESCRIPTION
  "back up and flash the optical drives of a repair bench
The command line of firmbenchd: lists drives, backs them up, flashes and
restores them, and asks the ledger which dump belongs to which unit.")
set(CPACK_DEBIAN_FIRMBENCH_PACKAGE_SUGGESTS "firmbenchd")
set(CPACK_COMPONENT_FIRMBENCHD_DESCRIPTION
  "owner of the optical drives of a repair bench
A daemon that backs up and flashes the optical drives of one PC, records
every dump with the unit that it came from, and serves firmbench(1).
Nothing is written to a drive before what undoes it is safe.")
set(CPACK_DEBIAN_FIRMBENCHD_PACKAGE_SECTION admin)
# systemd-sysusers makes the users; systemd-inhibit keeps the PC awake under a write.
set(CPACK_DEBIAN_FIRMBENCHD_PACKAGE_DEPENDS "systemd")
set(CPACK_DEBIAN_FIRMBENCHD_PACKAGE_RECOMMENDS "firmbench, udev, dbus, polkitd")
set(scripts "${deploy}/debian/firmbenchd")
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/debian/conffiles"
  "/etc/firmbench/firmbenchd.toml\n/etc/needrestart/conf.d/firmbench.conf\n")
foreach(script postinst prerm postrm)
  configure_file("${scripts}.${script}" debian/${script} COPYONLY)
endforeach()
set(CPACK_DEBIAN_FIRMBENCHD_PACKAGE_CONTROL_EXTRA
  "${CMAKE_CURRENT_BINARY_DIR}/debian/conffiles" "${CMAKE_CURRENT_BINARY_DIR}/debian/postinst"
  "${CMAKE_CURRENT_BINARY_DIR}/debian/prerm" "${CMAKE_CURRENT_BINARY_DIR}/debian/postrm")
include(CPack)
