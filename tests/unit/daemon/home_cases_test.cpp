#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "daemon/home.hpp"
#include "unit/config/temporary_home.hpp"

namespace reel::daemon {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class HomeCases : public ::testing::Test {
  protected:
    static std::string read(const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    static unsigned mode(const fs::path& path) {
        return static_cast<unsigned>(fs::status(path).permissions() & fs::perms::mask);
    }

    /// What a private file is written to before it takes its place.
    static fs::path part_of(const fs::path& file) {
        return file.string() + "." + std::to_string(::getpid()) + ".part";
    }

    config::TemporaryHome home;
};

TEST_F(HomeCases, ALockHoldsThePidOfItsOwner) {
    const auto lock = HomeLock::take(home.path());
    ASSERT_TRUE(lock);
    EXPECT_EQ(read(home.path() / "run" / "reel.lock"), std::to_string(::getpid()));
}

TEST_F(HomeCases, ALongerPidOfAnEarlierOwnerIsWipedOut) {
    fs::create_directories(home.path() / "run");
    home.write("run/reel.lock", "99999999999999999999");
    const auto lock = HomeLock::take(home.path());
    ASSERT_TRUE(lock) << "a file that nobody holds is no lock";
    EXPECT_EQ(read(home.path() / "run" / "reel.lock"), std::to_string(::getpid()));
}

TEST_F(HomeCases, AMovedLockIsStillHeldAndLetGoOnce) {
    {
        auto lock = HomeLock::take(home.path());
        ASSERT_TRUE(lock);
        const HomeLock moved(std::move(*lock));
        EXPECT_FALSE(HomeLock::take(home.path()));
    }
    EXPECT_TRUE(HomeLock::take(home.path()));
}

TEST_F(HomeCases, TwoHomesAreTwoLocks) {
    const auto one = HomeLock::take(home.path() / "one");
    const auto two = HomeLock::take(home.path() / "two");
    EXPECT_TRUE(one);
    EXPECT_TRUE(two);
}

TEST_F(HomeCases, TheRefusalNamesTheFolderAndTheWayOut) {
    const auto lock = HomeLock::take(home.path());
    const auto second = HomeLock::take(home.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().where, home.path().string());
    EXPECT_EQ(
        second.error().message,
        "another Reel (pid " + std::to_string(::getpid()) + ") owns this home folder"
    );
    EXPECT_THAT(second.error().hint, HasSubstr("REEL_HOME"));
}

TEST_F(HomeCases, AFolderThatIsThereKeepsItsMode) {
    const auto folder = home.path() / "shared";
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms{0750});
    ASSERT_TRUE(HomeLock::take(folder));
    EXPECT_EQ(mode(folder), 0750U);
    EXPECT_EQ(mode(folder / "run"), 0700U);
}

TEST_F(HomeCases, ALockFileThatCannotBeOpenedIsNamed) {
    fs::create_directories(home.path() / "run" / "reel.lock");
    const auto lock = HomeLock::take(home.path());
    ASSERT_FALSE(lock);
    EXPECT_THAT(lock.error().message, HasSubstr("cannot open the lock"));
    EXPECT_EQ(lock.error().where, (home.path() / "run" / "reel.lock").string());
}

TEST_F(HomeCases, ASecretIsReadWithoutTheEndOfItsLine) {
    for (const std::string ending : {"", "\n", "\r\n", "\n\n", "\r\n\r\n"}) {
        const fs::path file = home.write("secret", "my secret" + ending);
        EXPECT_EQ(load_or_make_secret(file).value(), "my secret");
        EXPECT_EQ(read(file), "my secret" + ending) << "and not written again";
    }
}

TEST_F(HomeCases, ASecretKeepsItsInnerLines) {
    EXPECT_EQ(load_or_make_secret(home.write("secret", "a\nb\n")).value(), "a\nb");
}

TEST_F(HomeCases, AnEmptySecretIsMadeAnew) {
    for (const std::string nothing : {"", "\n", "\r\n\n"}) {
        const auto made = load_or_make_secret(home.write("secret", nothing));
        ASSERT_TRUE(made);
        EXPECT_EQ(made->size(), 64U);
        EXPECT_EQ(made->find_first_not_of("0123456789abcdef"), std::string::npos);
    }
}

TEST_F(HomeCases, NoTwoSecretsAreEqual) {
    std::set<std::string> made;
    for (int i = 0; i < 20; ++i) {
        made.insert(load_or_make_secret(home.path() / std::to_string(i)).value());
    }
    EXPECT_EQ(made.size(), 20U);
}

TEST_F(HomeCases, APrivateFileHoldsExactlyItsText) {
    const fs::path file = home.path() / "token";
    for (const std::string& text :
         {std::string("a\n"), std::string(), std::string("\0\xff", 2), std::string(100'000, 'x')}) {
        ASSERT_TRUE(write_private(file, text));
        EXPECT_EQ(read(file), text);
        EXPECT_EQ(mode(file), 0600U);
        EXPECT_FALSE(fs::exists(part_of(file)));
    }
}

TEST_F(HomeCases, AFileThatEveryoneCouldReadBecomesPrivate) {
    const fs::path file = home.write("token", "old");
    fs::permissions(file, fs::perms{0644});
    ASSERT_TRUE(write_private(file, "new"));
    EXPECT_EQ(mode(file), 0600U);
}

TEST_F(HomeCases, APartThatWasLeftBehindIsNoWayToTheSecret) {
    const fs::path file = home.path() / "secret";
    const fs::path part = part_of(file);
    home.write(part.filename().string(), "of a crash");
    fs::permissions(part, fs::perms::all);
    ASSERT_TRUE(write_private(file, "hush"));
    EXPECT_EQ(mode(file), 0600U);
    fs::create_symlink(home.write("elsewhere", "theirs"), part);
    ASSERT_TRUE(write_private(file, "hush again"));
    EXPECT_EQ(read(file), "hush again");
    EXPECT_FALSE(fs::is_symlink(file));
    EXPECT_EQ(read(home.path() / "elsewhere"), "theirs");
}

TEST_F(HomeCases, APrivateFileBelowAFileIsAnErrorThatNamesThePlace) {
    home.write("file", "x");
    const auto written = write_private(home.path() / "file" / "token", "text");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().where, (home.path() / "file").string());
}

TEST_F(HomeCases, NoErrorHoldsTheText) {
    fs::create_directories(home.path() / "token");
    const auto written = write_private(home.path() / "token", "swordfish");
    ASSERT_FALSE(written);
    EXPECT_FALSE(written.error().describe().contains("swordfish"));
}

TEST_F(HomeCases, OneLeadsFromAHomeAndWhoCrashesLeadsNoMore) {
    {
        const auto lead = HomeLock::try_lead(home.path());
        ASSERT_TRUE(lead);
        EXPECT_FALSE(HomeLock::try_lead(home.path()));
        EXPECT_TRUE(HomeLock::try_lead(home.path() / "other"));
        EXPECT_TRUE(HomeLock::take(home.path())) << "that is another lock";
    }
    EXPECT_TRUE(HomeLock::try_lead(home.path()));
}

TEST_F(HomeCases, AHomeThatCannotBeUsedIsLedByNobody) {
    home.write("file", "x");
    EXPECT_FALSE(HomeLock::try_lead(home.path() / "file"));
    fs::create_directories(home.path() / "run" / "leader.lock");
    EXPECT_FALSE(HomeLock::try_lead(home.path()));
}

TEST_F(HomeCases, ProgramsThatMakeASecretAtOnceGetTheSame) {
    constexpr int programs = 6;
    for (int i = 0; i < programs; ++i) {
        if (::fork() != 0) continue;
        const auto secret = load_or_make_secret(home.path() / "secret");
        std::ofstream(home.path() / std::to_string(i)) << secret.value_or("none");
        ::_exit(0);
    }
    for (int i = 0; i < programs; ++i) ::wait(nullptr);
    const std::string secret = load_or_make_secret(home.path() / "secret").value();
    EXPECT_EQ(secret.size(), 64U);
    for (int i = 0; i < programs; ++i) EXPECT_EQ(read(home.path() / std::to_string(i)), secret);
}

TEST_F(HomeCases, AnEmptySecretIsNone) {
    const fs::path file = home.write("secret", "\n");
    const auto made = load_or_make_secret(file);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->size(), 64U);
    EXPECT_EQ(load_or_make_secret(file), *made);
}

}  // namespace
}  // namespace reel::daemon
