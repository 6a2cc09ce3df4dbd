#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "integration/postgres/own_cluster.hpp"
#include "reel/postgres/embedded_cluster.hpp"
#include "reel/postgres/link.hpp"

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;
using core::Errc;
using testing::HasSubstr;

core::Error error_of(const EmbeddedClusterOptions& options) {
    const auto started = start_embedded_cluster(options);
    if (started) {
        ADD_FAILURE() << "it started";
        [[maybe_unused]] const auto ignored = (*started)->stop();
        return {};
    }
    return started.error();
}

class EmbeddedClusterErrors : public SharedClusterTest {};

TEST_F(EmbeddedClusterErrors, NotInstalledNamesTheCommandThatInstalls) {
    const PrivateFolder folder;
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "pg";
    options.binaries = folder.path();
    const core::Error error = error_of(options);
    EXPECT_EQ(error.code, Errc::not_found);
    EXPECT_THAT(error.message, HasSubstr("PostgreSQL is not installed"));
    EXPECT_THAT(error.hint, HasSubstr("apt-get install -y postgresql"));
}

TEST_F(EmbeddedClusterErrors, AFolderThatCannotBeMadeIsNamed) {
    EmbeddedClusterOptions options;
    options.directory = "/proc/reel/pg";
    const core::Error error = error_of(options);
    EXPECT_EQ(error.code, Errc::permission_denied);
    EXPECT_THAT(error.describe(), HasSubstr("/proc/reel"));
    EXPECT_THAT(error.hint, HasSubstr("REEL_HOME"));
}

TEST_F(EmbeddedClusterErrors, AFileInTheWayIsNamed) {
    const PrivateFolder folder;
    std::ofstream(folder.path() / "pg") << "x";
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "pg";
    EXPECT_THAT(error_of(options).describe(), HasSubstr("Not a directory"));
}

TEST_F(EmbeddedClusterErrors, AFolderOfSomebodyElseIsRefused) {
    const PrivateFolder folder;
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "pg";
    fs::create_directory(options.directory);
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(options.directory.c_str(), 65534, 65534), 0);
    } else {
        options.directory = "/etc";
    }
    const core::Error error = error_of(options);
    EXPECT_EQ(error.code, Errc::permission_denied);
    EXPECT_THAT(error.message, HasSubstr("belongs to"));
    EXPECT_FALSE(fs::exists(options.directory / "data"));
}

TEST_F(EmbeddedClusterErrors, DataOfAnotherVersionIsExplained) {
    ASSERT_TRUE(own.cluster().stop());
    const fs::path version = own.directory() / "data" / "PG_VERSION";
    std::string before;
    std::ifstream(version) >> before;
    std::ofstream(version) << "9\n";
    const core::Error error = error_of(own.options());
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_THAT(error.message, HasSubstr("another major version"));
    EXPECT_THAT(error.message, HasSubstr("incompatible with server"));
    std::ofstream(version) << before << "\n";
    EXPECT_TRUE(own.cluster().ensure_running());
}

TEST_F(EmbeddedClusterErrors, AServerThatDoesNotStartShowsItsLastWords) {
    ASSERT_TRUE(own.cluster().stop());
    const fs::path settings = own.directory() / "data" / "postgresql.conf";
    const auto size = fs::file_size(settings);
    std::ofstream(settings, std::ios::app) << "no_such_setting = 1\n";
    const core::Error error = error_of(own.options());
    fs::resize_file(settings, size);
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.message, HasSubstr("PostgreSQL did not start"));
    EXPECT_THAT(error.message, HasSubstr("no_such_setting"));
    EXPECT_THAT(error.where, HasSubstr("server.log"));
}

TEST_F(EmbeddedClusterErrors, AMissingPasswordFileIsNamed) {
    fs::rename(own.directory() / "password", own.directory() / "gone");
    const core::Error error = error_of(own.options());
    fs::rename(own.directory() / "gone", own.directory() / "password");
    EXPECT_EQ(error.code, Errc::corrupt_data);
    EXPECT_THAT(error.where, HasSubstr("password"));
}

TEST_F(EmbeddedClusterErrors, AFailingInitdbShowsItsLastWords) {
    const PrivateFolder folder;
    const fs::path binaries = folder.path() / "bin";
    fs::create_directory(binaries);
    for (const char* name : {"initdb", "postgres"}) {
        std::ofstream(binaries / name) << "#!/bin/sh\necho 'No space left on device'; exit 1\n";
        fs::permissions(binaries / name, fs::perms(0755));
    }
    fs::permissions(folder.path(), fs::perms(0755));
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "pg";
    options.binaries = binaries;
    const core::Error error = error_of(options);
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.message, HasSubstr("cannot make a database: the disk is full"));
    EXPECT_FALSE(fs::exists(options.directory / "data"));
}

TEST_F(EmbeddedClusterErrors, AnUnknownUserForRootIsExplained) {
    if (::geteuid() != 0) return;
    const PrivateFolder folder;
    EmbeddedClusterOptions options;
    options.directory = folder.path() / "pg";
    options.run_as_user = "nobody-of-that-name";
    const core::Error error = error_of(options);
    EXPECT_EQ(error.code, Errc::not_found);
    EXPECT_THAT(error.message, HasSubstr("refuses to run as root"));
}

TEST_F(EmbeddedClusterErrors, ADatabaseCannotBeMadeWhileTheServerIsDown) {
    ASSERT_TRUE(own.cluster().stop());
    const auto uri = own.cluster().uri("new");
    ASSERT_FALSE(uri);
    EXPECT_EQ(uri.error().code, Errc::unavailable);
}

}  // namespace

}  // namespace reel::postgres
