# find_package(kirjuri) for CMake: the targets kirjuri::kirjuri (shared where it is installed, else static),
# kirjuri::shared and kirjuri::static. It lies in PREFIX/lib/cmake/kirjuri or PREFIX/share/cmake/kirjuri and looks for the
# rest from there, so that an installation may be moved.

get_filename_component(_kirjuri_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

find_path(KIRJURI_INCLUDE_DIR kirjuri.h PATHS "${_kirjuri_prefix}/include" NO_DEFAULT_PATH)
file(GLOB _kirjuri_folders LIST_DIRECTORIES true "${_kirjuri_prefix}/lib/*-*-*")
set(_kirjuri_folders "${_kirjuri_prefix}/lib" "${_kirjuri_prefix}/lib64" ${_kirjuri_folders})

if(WIN32)
  find_file(KIRJURI_SHARED_LIBRARY kirjuri.dll PATHS "${_kirjuri_prefix}/bin" NO_DEFAULT_PATH)
  find_library(KIRJURI_IMPORT_LIBRARY NAMES kirjuri.dll PATHS ${_kirjuri_folders} NO_DEFAULT_PATH)
  find_library(KIRJURI_STATIC_LIBRARY NAMES kirjuri PATHS ${_kirjuri_folders} NO_DEFAULT_PATH)
else()
  find_library(KIRJURI_SHARED_LIBRARY
    NAMES "${CMAKE_SHARED_LIBRARY_PREFIX}kirjuri${CMAKE_SHARED_LIBRARY_SUFFIX}"
    PATHS ${_kirjuri_folders} NO_DEFAULT_PATH)
  find_library(KIRJURI_STATIC_LIBRARY
    NAMES "${CMAKE_STATIC_LIBRARY_PREFIX}kirjuri${CMAKE_STATIC_LIBRARY_SUFFIX}"
    PATHS ${_kirjuri_folders} NO_DEFAULT_PATH)
endif()

if(KIRJURI_SHARED_LIBRARY AND NOT TARGET kirjuri::shared)
  add_library(kirjuri::shared SHARED IMPORTED)
  set_target_properties(kirjuri::shared PROPERTIES
    IMPORTED_LOCATION "${KIRJURI_SHARED_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${KIRJURI_INCLUDE_DIR}")
  if(WIN32)
    set_target_properties(kirjuri::shared PROPERTIES
      IMPORTED_IMPLIB "${KIRJURI_IMPORT_LIBRARY}"
      INTERFACE_COMPILE_DEFINITIONS KIRJURI_SHARED)
  endif()
endif()

if(KIRJURI_STATIC_LIBRARY AND NOT TARGET kirjuri::static)
  add_library(kirjuri::static STATIC IMPORTED)
  set_target_properties(kirjuri::static PROPERTIES
    IMPORTED_LOCATION "${KIRJURI_STATIC_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${KIRJURI_INCLUDE_DIR}")
  # What Rust's standard library asks of the system.
  if(WIN32)
    set_property(TARGET kirjuri::static PROPERTY INTERFACE_LINK_LIBRARIES kernel32 ntdll userenv ws2_32 dbghelp)
  elseif(APPLE)
    set_property(TARGET kirjuri::static PROPERTY INTERFACE_LINK_LIBRARIES System m)
  else()
    set_property(TARGET kirjuri::static PROPERTY INTERFACE_LINK_LIBRARIES gcc_s util rt pthread m dl c)
  endif()
endif()

if(NOT TARGET kirjuri::kirjuri)
  if(TARGET kirjuri::shared)
    add_library(kirjuri::kirjuri INTERFACE IMPORTED)
    set_property(TARGET kirjuri::kirjuri PROPERTY INTERFACE_LINK_LIBRARIES kirjuri::shared)
  elseif(TARGET kirjuri::static)
    add_library(kirjuri::kirjuri INTERFACE IMPORTED)
    set_property(TARGET kirjuri::kirjuri PROPERTY INTERFACE_LINK_LIBRARIES kirjuri::static)
  endif()
endif()

include(FindPackageHandleStandardArgs)
if(KIRJURI_SHARED_LIBRARY)
  set(KIRJURI_LIBRARY "${KIRJURI_SHARED_LIBRARY}")
else()
  set(KIRJURI_LIBRARY "${KIRJURI_STATIC_LIBRARY}")
endif()
find_package_handle_standard_args(kirjuri REQUIRED_VARS KIRJURI_LIBRARY KIRJURI_INCLUDE_DIR)
