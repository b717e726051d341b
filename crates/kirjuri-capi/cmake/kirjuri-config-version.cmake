# The version for find_package(kirjuri 0.1): that of the product, from the pkg-config file, which lies beside the library.
# What decides whether it is compatible is the ABI, as in the name libkirjuri.so.1: a program that asks for any version of
# the same ABI takes this one, if this one is not older.

# The first version that had the ABI of this one. To be changed with KIRJURI_ABI_VERSION only.
set(_kirjuri_first_of_abi_1 0.1)

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
  if(NOT PACKAGE_FIND_VERSION VERSION_LESS _kirjuri_first_of_abi_1 AND NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
  endif()
  if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
