# Everything comes from Debian 12's packages (scripts/setup installs them), but two of third_party: the template engine and libpq.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(date REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)

# A shared library costs every process that names it time to be mapped and pages of its own, so these come as archives where
# their packages bring one.
set(ZLIB_USE_STATIC_LIBS ON)
find_package(ZLIB REQUIRED)
find_library(YAML_CPP_ARCHIVE libyaml-cpp.a)
find_library(PQXX_ARCHIVE libpqxx.a)
find_library(SODIUM_ARCHIVE libsodium.a)
if(YAML_CPP_ARCHIVE)
    get_target_property(configurations yaml-cpp IMPORTED_CONFIGURATIONS)
    foreach(configuration IN LISTS configurations)
        set_target_properties(yaml-cpp PROPERTIES IMPORTED_LOCATION_${configuration} ${YAML_CPP_ARCHIVE})
    endforeach()
endif()
if(PQXX_ARCHIVE)
    # Without the folder of the system's libpq-fe.h, which may be of another release than what is linked.
    set_target_properties(PkgConfig::PQXX PROPERTIES
        INTERFACE_LINK_LIBRARIES "${PQXX_ARCHIVE};reel_libpq" INTERFACE_INCLUDE_DIRECTORIES "")
elseif(NOT REEL_SYSTEM_LIBPQ)
    message(FATAL_ERROR "there is no libpqxx.a, and a shared one brings a second libpq: configure with -DREEL_SYSTEM_LIBPQ=ON")
endif()
if(SODIUM_ARCHIVE)
    set_target_properties(PkgConfig::SODIUM PROPERTIES INTERFACE_LINK_LIBRARIES ${SODIUM_ARCHIVE})
endif()

# Asio and Beast are compiled once; every includer links to this.
add_library(reel_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio_impl.cpp)
target_compile_definitions(reel_asio PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_HAS_STD_INVOKE_RESULT)
target_link_libraries(reel_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
if(REEL_SANITIZE)
    target_link_libraries(reel_asio PRIVATE reel_options)
    target_compile_options(reel_asio PRIVATE -w)
endif()
