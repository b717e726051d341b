# The version for find_package(kirjuri 0.1): that of the pkg-config file, which lies beside the library. Before 1.0 the
# second number says that programs have to be built again.

file(GLOB _kirjuri_pc
  "${CMAKE_CURRENT_LIST_DIR}/../../../lib*/pkgconfig/kirjuri.pc"
  "${CMAKE_CURRENT_LIST_DIR}/../../../lib/*/pkgconfig/kirjuri.pc")
if(_kirjuri_pc)
  list(GET _kirjuri_pc 0 _kirjuri_pc)
  file(STRINGS "${_kirjuri_pc}" _kirjuri_line REGEX "^Version:")
  string(REGEX REPLACE "^Version:[ ]*" "" PACKAGE_VERSION "${_kirjuri_line}")
endif()

set(PACKAGE_VERSION_COMPATIBLE FALSE)
if(NOT PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
elseif(PACKAGE_VERSION)
  string(REGEX REPLACE "^(0\\.[0-9]+|[0-9]+).*$" "\\1" _kirjuri_found "${PACKAGE_VERSION}")
  string(REGEX REPLACE "^(0\\.[0-9]+|[0-9]+).*$" "\\1" _kirjuri_wanted "${PACKAGE_FIND_VERSION}")
  if(_kirjuri_found STREQUAL _kirjuri_wanted AND NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
  endif()
  if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
