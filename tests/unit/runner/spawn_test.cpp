#include "runner/spawn.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "folder.hpp"
#include "runner/launch.hpp"
#include "runner/socket_address.hpp"

namespace reel::runner {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class FindProgram : public testing::Test {
  protected:
    fs::path make_file(const fs::path& name, fs::perms mode = fs::perms::owner_all) const {
        const fs::path file = folder.path() / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file) << "#!/bin/sh\n";
        fs::permissions(file, mode);
        return file;
    }
    [[nodiscard]] core::Result<std::string> find(const std::string& name, const std::string& path)
        const {
        ProcessSpec spec;
        spec.argv = {name};
        spec.environment = {"OTHER=1", "PATH=" + path};
        return find_program(spec, folder.path());
    }
    [[nodiscard]] std::string in_folder(const std::string& name) const {
        return (folder.path() / name).string();
    }

    TemporaryFolder folder;
};

TEST_F(FindProgram, TakesTheFirstMatchInPath) {
    const fs::path first = make_file("one/tool");
    make_file("two/tool");
    EXPECT_EQ(
        find("tool", in_folder("none") + ":" + in_folder("one") + ":" + in_folder("two")).value(),
        first
    );
}

TEST_F(FindProgram, PassesOverFilesThatAreNotExecutableAndFolders) {
    make_file("one/tool", fs::perms::owner_read);
    fs::create_directories(folder.path() / "folder" / "tool");
    const fs::path second = make_file("two/tool");
    EXPECT_EQ(
        find("tool", in_folder("folder") + ":" + in_folder("one") + ":" + in_folder("two")).value(),
        second
    );
}

TEST_F(FindProgram, ReadsRelativeAndEmptyEntriesFromTheWorkingDirectory) {
    make_file("bin/tool");
    make_file("here");
    EXPECT_EQ(find("tool", "bin").value(), in_folder("bin/tool"));
    EXPECT_TRUE(find("here", ":/nowhere"));
}

TEST_F(FindProgram, LeavesANameWithASlashAlone) {
    EXPECT_EQ(find("./run.sh", "/bin").value(), "./run.sh");
}

TEST_F(FindProgram, LooksInTheUsualPlacesWithoutPath) {
    ProcessSpec spec;
    spec.argv = {"sh"};
    EXPECT_THAT(find_program(spec, "/").value(), HasSubstr("/bin/sh"));
}

TEST_F(FindProgram, TellsMissingFromForbidden) {
    make_file("one/tool", fs::perms::owner_read);
    const auto forbidden = find("tool", in_folder("one"));
    ASSERT_FALSE(forbidden);
    EXPECT_EQ(forbidden.error().code, core::Errc::permission_denied);
    const auto missing = find("none", in_folder("one"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, core::Errc::not_found);
    EXPECT_THAT(missing.error().message, HasSubstr("'none'"));
}

TEST_F(FindProgram, WantsAProgram) {
    ProcessSpec spec;
    EXPECT_FALSE(find_program(spec, "/"));
    spec.argv = {""};
    EXPECT_FALSE(find_program(spec, "/"));
}

TEST(OpenLog, MakesFoldersAndKnowsWhereItBegins) {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "a" / "b" / "log";
    EXPECT_EQ(open_log(path, "").value().begin, 0U);
    std::ofstream(path) << "12345";
    EXPECT_EQ(open_log(path, "").value().begin, 5U);
}

TEST(OpenLog, BeginsBehindTheHeader) {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "log";
    EXPECT_EQ(open_log(path, "hello\n").value().begin, 6U);
    EXPECT_EQ(open_log(path, "again\n").value().begin, 12U);
    std::string text;
    std::getline(std::ifstream(path), text, '\0');
    EXPECT_EQ(text, "hello\nagain\n");
}

TEST(OpenLog, ADiskThatIsFullCostsTheHeaderAlone) {
    EXPECT_TRUE(open_log("/dev/full", "hello\n"));
}

TEST(RunnerEnvironment, KeepsNoConnectionOrSecret) {
    const char* const environment[] = {
        "PATH=/bin",
        "REEL_CONN_WAREHOUSE=postgres://u:p@h/d",
        "AWS_SECRET_ACCESS_KEY=x",
        "LC_ALL=C.UTF-8",
        "LD_LIBRARY_PATH=/opt/lib",
        "ASAN_OPTIONS=detect_leaks=1",
        "PATHOLOGY=1",
        nullptr,
    };
    EXPECT_THAT(
        runner_environment(environment),
        ElementsAre(
            "PATH=/bin", "LC_ALL=C.UTF-8", "LD_LIBRARY_PATH=/opt/lib", "ASAN_OPTIONS=detect_leaks=1"
        )
    );
    EXPECT_TRUE(runner_environment(nullptr).empty());
}

TEST(SocketAddress, IsThePlainPathWhereItFits) {
    EXPECT_EQ(
        SocketAddress::of_directory("/run/reel").value().endpoint().path(), "/run/reel/runner.sock"
    );
}

TEST(SocketAddress, GoesThroughADescriptorWhereItDoesNot) {
    const TemporaryFolder folder;
    const fs::path deep = folder.path() / std::string(150, 'x');
    fs::create_directories(deep);
    const auto address = SocketAddress::of_directory(deep);
    ASSERT_TRUE(address);
    EXPECT_THAT(address->endpoint().path(), testing::StartsWith("/proc/self/fd/"));
}

TEST(SocketAddress, ALongPathThatIsMissingIsNamed) {
    const std::string missing = "/" + std::string(150, 'x');
    const auto address = SocketAddress::of_directory(missing);
    ASSERT_FALSE(address);
    EXPECT_THAT(address.error().message, HasSubstr(missing));
}

}  // namespace

}  // namespace reel::runner
