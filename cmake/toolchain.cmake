set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
    message(FATAL_ERROR "Reel is built with clang 19 or later (cmake --preset dev); g++ 12 miscompiles coroutines")
endif()
# Every shared library that a program names costs it time to start: it names those that it uses.
add_link_options(-fuse-ld=lld -Wl,--gc-sections -Wl,--as-needed)
add_compile_options(-ffunction-sections -fdata-sections)

find_program(CCACHE_EXE ccache)
if(CCACHE_EXE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${CCACHE_EXE})
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# Warnings and sanitizers reach our own targets only, through this interface.
add_library(reel_options INTERFACE)
target_compile_options(reel_options INTERFACE
    -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Werror
    -Wno-missing-designated-field-initializers)  # a field left out takes its default: that is the point
if(NOT REEL_UNITY)
    # Sources compiled as one see the private names of their neighbours.
    target_compile_options(reel_options INTERFACE -Wshadow)
endif()
if(REEL_FUZZ)
    target_compile_options(reel_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(REEL_SANITIZE)
    target_compile_options(reel_options INTERFACE -fsanitize=${REEL_SANITIZE} -fno-omit-frame-pointer
        -fno-sanitize-recover=all)
    target_link_options(reel_options INTERFACE -fsanitize=${REEL_SANITIZE})
endif()
