# reel_module(<name> SOURCES … [PUBLIC_HEADERS …] [LINKS …] [PRIVATE_LINKS …] [UNITY] [APART …])
#   target reel_<name>; SOURCES are relative to src/<name>, PUBLIC_HEADERS to include/reel/<name>.
#   UNITY lets whole builds (REEL_UNITY) compile several sources as one, which halves their time; those named APART have
#   private names that others of the module have, too, and stay by themselves.
function(reel_module name)
    cmake_parse_arguments(M "UNITY" "" "SOURCES;PUBLIC_HEADERS;LINKS;PRIVATE_LINKS;APART" ${ARGN})
    set(target reel_${name})
    add_library(${target} STATIC ${M_SOURCES})
    list(TRANSFORM M_PUBLIC_HEADERS PREPEND ${CMAKE_SOURCE_DIR}/include/reel/${name}/)
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/include FILES ${M_PUBLIC_HEADERS})
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
    target_link_libraries(${target} PUBLIC ${M_LINKS} PRIVATE reel_options ${M_PRIVATE_LINKS})
    set_property(GLOBAL APPEND PROPERTY reel_modules ${target})
    if(REEL_UNITY AND M_UNITY)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
        set_source_files_properties(${M_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
endfunction()

# reel_tests(<kind> <module> SOURCES … [LINKS …] [APART …])
#   kind is unit, contract, integration or simulation (optimised: what plays thousands of cases and histories): the sources
#   become part of <kind>_tests and, for a quick turn, of <kind>_<module> alone. Whole builds compile several as one, which takes
#   a quarter of the time; APART as above.
function(reel_tests kind module)
    cmake_parse_arguments(T "" "" "SOURCES;LINKS;APART" ${ARGN})
    set(objects ${kind}_${module}_objects)
    add_library(${objects} OBJECT ${T_SOURCES})
    target_include_directories(${objects} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(${objects} PUBLIC ${T_LINKS} reel_test_support GTest::gtest GTest::gmock PRIVATE reel_options)
    if(NOT kind STREQUAL simulation)
        target_compile_options(${objects} PRIVATE -O0)  # what is tested is optimised, the tests themselves build faster
        target_precompile_headers(${objects} REUSE_FROM reel_test_headers)
    endif()
    if(REEL_UNITY)
        set_target_properties(${objects} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
        set_source_files_properties(${T_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
    add_executable(${kind}_${module} EXCLUDE_FROM_ALL)
    target_link_libraries(${kind}_${module} PRIVATE ${objects} reel_${kind}_test_main reel_options)
    set_property(GLOBAL APPEND PROPERTY reel_${kind}_objects ${objects})
endfunction()
