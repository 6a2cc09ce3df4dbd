#include "postgres/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;
using core::Errc;
using testing::HasSubstr;

class OwnersProcess : public testing::Test {
  protected:
    OwnersProcess() {
        std::string name = (fs::temp_directory_path() / "reel-process-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~OwnersProcess() override {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }

    [[nodiscard]] Command shell(const std::string& script) const {
        const Owner self{::geteuid(), ::getegid(), "me", false};
        return {{"/bin/sh", "-c", script}, self, folder, folder / "output"};
    }
    [[nodiscard]] std::string output() const {
        std::ifstream file(folder / "output", std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    fs::path folder;
};

TEST_F(OwnersProcess, SucceedsWithStatusNothing) {
    EXPECT_TRUE(run(shell("exit 0")).value());
    EXPECT_FALSE(run(shell("exit 3")).value());
    EXPECT_FALSE(run(shell("kill -9 $$")).value());
}

TEST_F(OwnersProcess, AppendsWhatItSaysOnEitherOutput) {
    ASSERT_TRUE(run(shell("echo one; echo two >&2")).value());
    ASSERT_TRUE(run(shell("echo three")).value());
    EXPECT_EQ(output(), "one\ntwo\nthree\n");
    struct stat status{};
    ASSERT_EQ(::stat((folder / "output").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(OwnersProcess, ReachesItsFolderThroughTheDescriptor) {
    std::ofstream(folder / "here") << "found\n";
    const std::string file = std::string(inherited_folder) + "/here";
    ASSERT_TRUE(run(shell("cat " + file + "; pwd; cat")).value());
    EXPECT_EQ(output(), "found\n/\n") << "and it reads nothing, from nowhere";
}

TEST_F(OwnersProcess, InheritsNothingElseOfOurs) {
    ::setenv("REEL_SECRET_OF_THE_TEST", "x", 1);
    const int extra = ::dup(STDOUT_FILENO);
    ASSERT_TRUE(run(shell("env | grep -v '^_=\\|^PWD=\\|^SHLVL=' | sort; ls /proc/self/fd")).value()
    );
    ::close(extra);
    ::unsetenv("REEL_SECRET_OF_THE_TEST");
    EXPECT_EQ(
        output(),
        "LC_ALL=C\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
        "0\n1\n2\n3\n4\n"
    ) << "4 is the listing itself";
}

TEST_F(OwnersProcess, HasASessionOfItsOwnAndSignalsAtTheirDefaults) {
    const auto old = std::signal(SIGTERM, SIG_IGN);
    const auto ended =
        run(shell("cut -d' ' -f6 /proc/$$/stat; echo $$; kill -TERM $$; echo alive"));
    std::signal(SIGTERM, old);
    EXPECT_FALSE(ended.value());
    const std::string said = output();
    const std::size_t line = said.find('\n');
    EXPECT_EQ(said.substr(0, line + 1), said.substr(line + 1)) << "its session is named after it";
}

TEST_F(OwnersProcess, RunsOnWhenItIsOnlySpawned) {
    const auto pid =
        spawn(shell("while ! test -e " + (folder / "go").string() + "; do sleep 0.02; done; exit 5")
        );
    ASSERT_TRUE(pid) << pid.error().describe();
    int status = 0;
    EXPECT_EQ(::waitpid(*pid, &status, WNOHANG), 0);
    std::ofstream(folder / "go") << "x";
    ASSERT_EQ(::waitpid(*pid, &status, 0), *pid);
    EXPECT_EQ(WEXITSTATUS(status), 5);
}

TEST_F(OwnersProcess, AProgramThatIsNotThereIsNamed) {
    Command command = shell("");
    command.argv = {"/no/such/program"};
    const auto succeeded = run(command);
    ASSERT_FALSE(succeeded);
    EXPECT_EQ(succeeded.error().code, Errc::unavailable);
    EXPECT_EQ(succeeded.error().where, "/no/such/program");
    EXPECT_THAT(succeeded.error().message, HasSubstr("No such file"));
}

TEST_F(OwnersProcess, AFolderThatIsNotThereIsNamed) {
    Command command = shell("exit 0");
    for (const fs::path& wrong : {folder / "missing", folder / "output"}) {
        std::ofstream(folder / "output") << "a file";
        command.folder = wrong;
        const auto succeeded = run(command);
        ASSERT_FALSE(succeeded);
        EXPECT_EQ(succeeded.error().where, wrong.string());
        EXPECT_THAT(succeeded.error().message, HasSubstr("cannot open it"));
    }
}

TEST_F(OwnersProcess, AnOutputThatCannotBeOpenedStopsIt) {
    Command command = shell("touch " + (folder / "ran").string());
    command.output = folder / "missing" / "output";
    EXPECT_FALSE(run(command));
    EXPECT_FALSE(fs::exists(folder / "ran"));
}

}  // namespace

}  // namespace reel::postgres
