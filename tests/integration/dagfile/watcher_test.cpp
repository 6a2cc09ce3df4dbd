#include "reel/dagfile/watcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

namespace reel::dagfile {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;

/// A real folder under a real inotify; the loop is turned by hand.
class FolderWatcherTest : public testing::Test {
  protected:
    FolderWatcherTest() {
        std::string pattern = (fs::temp_directory_path() / "reel-watch-XXXXXX").string();
        home_ = mkdtemp(pattern.data());
        folder_ = home_ / "dags";
        fs::create_directories(folder_);
    }
    ~FolderWatcherTest() override {
        std::error_code ignored;
        fs::remove_all(home_, ignored);
    }

    void watch() { watcher_ = std::make_unique<FolderWatcher>(io_.get_executor(), folder_); }

    void write(const fs::path& file, const std::string& text = "x") const {
        std::ofstream(folder_ / file) << text;
    }

    /// Whether a change is told within `patience`. A wait that was not answered goes on.
    bool told(std::chrono::milliseconds patience = 3s) {
        if (!waiting_) {
            waiting_ = true;
            asio::co_spawn(
                io_,
                [this]() -> asio::awaitable<void> { changes_ = co_await watcher_->changed(); },
                asio::bind_cancellation_slot(
                    stop_.slot(), [this](const std::exception_ptr&) { waiting_ = false; }
                )
            );
        }
        io_.restart();
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (waiting_ && std::chrono::steady_clock::now() < deadline) {
            io_.run_one_until(deadline);
        }
        return !waiting_;
    }

    bool quiet() { return !told(100ms); }
    /// Of the last change that was told.
    bool may_be_any() const { return changes_.may_be_any; }
    const std::set<fs::path>& files() const { return changes_.files; }

    fs::path home_;
    fs::path folder_;
    asio::io_context io_;
    asio::cancellation_signal stop_;
    std::unique_ptr<FolderWatcher> watcher_;
    bool waiting_ = false;
    FolderChanges changes_;
};

TEST_F(FolderWatcherTest, TellsOfANewAChangedAndADeletedFile) {
    watch();
    EXPECT_TRUE(quiet());
    write("a.yaml");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
    write("a.yaml", "y");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
    fs::remove(folder_ / "a.yaml");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, NamesTheFilesThatWereWrittenReplacedOrRemoved) {
    fs::create_directories(folder_ / "sub");
    for (const char* const name : {"a.yaml", "sub/b.yaml", "c.yaml"}) write(name);
    watch();
    write("a.yaml", "y");
    EXPECT_TRUE(told());
    EXPECT_FALSE(may_be_any());
    EXPECT_THAT(files(), ElementsAre("a.yaml"));
    write("sub/b.yaml", "y");
    fs::remove(folder_ / "c.yaml");
    EXPECT_TRUE(told());
    EXPECT_FALSE(may_be_any());
    EXPECT_THAT(files(), ElementsAre("c.yaml", "sub/b.yaml"));
    std::ofstream(home_ / "aside") << "z";
    fs::rename(home_ / "aside", folder_ / "sub/b.yaml");
    EXPECT_TRUE(told());
    EXPECT_FALSE(may_be_any());
    EXPECT_THAT(files(), ElementsAre("sub/b.yaml"));
}

TEST_F(FolderWatcherTest, DoesNotNameFilesWhereOthersAreConcerned) {
    watch();
    for (const char* const name : {"defaults.yml", "defaults.yaml", ".airflowignore"}) {
        write(name);
        EXPECT_TRUE(told()) << name;
        EXPECT_TRUE(may_be_any()) << name;
    }
    fs::create_directories(folder_ / "sub");
    EXPECT_TRUE(told());
    EXPECT_TRUE(may_be_any());
    fs::create_directories(home_ / "team");
    fs::create_directory_symlink(home_ / "team", folder_ / "team");
    EXPECT_TRUE(told());
    EXPECT_TRUE(may_be_any());
    std::ofstream(home_ / "team/a.yaml") << "x";
    EXPECT_TRUE(told()) << "what a new link leads to is watched";
    EXPECT_TRUE(may_be_any()) << "with links a file may have several paths";
}

TEST_F(FolderWatcherTest, TakesNoNoticeOfHiddenFiles) {
    watch();
    write(".a.yaml.swp");
    fs::create_directories(folder_ / ".git");
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, AFileThatALinkTakesThePlaceOfIsWatchedWhereItLies) {
    write("a.yaml");
    std::ofstream(home_ / "far.yaml") << "x";
    watch();
    fs::create_symlink(home_ / "far.yaml", home_ / "link");
    fs::rename(home_ / "link", folder_ / "a.yaml");
    EXPECT_TRUE(told());
    EXPECT_TRUE(may_be_any());
    std::ofstream(home_ / "far.yaml") << "y";
    EXPECT_TRUE(told());
}

TEST_F(FolderWatcherTest, TellsWithinASecondOfAnEdit) {
    write("a.yaml");
    watch();
    const auto start = std::chrono::steady_clock::now();
    write("a.yaml", "y");
    EXPECT_TRUE(told(1s));
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST_F(FolderWatcherTest, RemembersWhatHappenedBetweenTwoCalls) {
    watch();
    write("a.yaml");
    EXPECT_TRUE(told());
    write("a.yaml", "y");
    write("b.yaml");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, TellsManyChangesAtOnceOnlyOnce) {
    watch();
    for (int i = 0; i < 50; ++i) {
        write("f" + std::to_string(i) + ".yaml");
    }
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, FollowsAnEditorsDanceOfRenames) {
    write("a.yaml");
    watch();
    write(".a.yaml.swp", "new");
    fs::rename(folder_ / "a.yaml", folder_ / "a.yaml~");
    fs::rename(folder_ / ".a.yaml.swp", folder_ / "a.yaml");
    fs::remove(folder_ / "a.yaml~");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
    write("a.yaml", "again");
    EXPECT_TRUE(told());
}

TEST_F(FolderWatcherTest, WatchesSubfoldersOldAndNew) {
    fs::create_directories(folder_ / "old/deep");
    watch();
    write("old/deep/a.yaml");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
    fs::create_directories(folder_ / "new/deep");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
    write("new/deep/a.yaml");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, WatchesAFolderThatWasMovedIn) {
    fs::create_directories(home_ / "aside/deep");
    watch();
    fs::rename(home_ / "aside", folder_ / "aside");
    EXPECT_TRUE(told());
    write("aside/deep/a.yaml");
    EXPECT_TRUE(told());
}

TEST_F(FolderWatcherTest, WatchesFoldersAndFilesBehindLinks) {
    fs::create_directories(home_ / "far");
    std::ofstream(home_ / "far/single.yaml") << "x";
    fs::create_directories(home_ / "team");
    fs::create_directory_symlink(home_ / "team", folder_ / "team");
    fs::create_symlink(home_ / "far/single.yaml", folder_ / "single.yaml");
    fs::create_directory_symlink(folder_, folder_ / "itself");
    watch();
    std::ofstream(home_ / "team/a.yaml") << "x";
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
    std::ofstream(home_ / "far/single.yaml") << "y";
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, SurvivesTheFolderBeingDeletedAndMadeAgain) {
    watch();
    fs::remove_all(folder_);
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
    fs::create_directories(folder_);
    EXPECT_TRUE(told());
    write("a.yaml");
    EXPECT_TRUE(told());
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, WaitsForAFolderThatIsNotThereYet) {
    fs::remove_all(folder_);
    watch();
    EXPECT_TRUE(quiet());
    fs::create_directories(folder_);
    EXPECT_TRUE(told());
    write("a.yaml");
    EXPECT_TRUE(told());
}

TEST_F(FolderWatcherTest, TakesNoNoticeOfTheFoldersBesideIt) {
    fs::create_directories(home_ / "logs");
    watch();
    std::ofstream(home_ / "logs/task.log") << "x";
    fs::create_directories(home_ / "run");
    EXPECT_TRUE(quiet());
}

TEST_F(FolderWatcherTest, TakesAFolderWrittenWithASlashBehind) {
    folder_ = folder_.string() + "/";
    watch();
    fs::remove_all(folder_);
    EXPECT_TRUE(told());
    fs::create_directories(folder_);
    EXPECT_TRUE(told());
}

TEST_F(FolderWatcherTest, ReturnsWhenItsWaitIsCancelled) {
    watch();
    EXPECT_TRUE(quiet());
    stop_.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(told());
}

TEST_F(FolderWatcherTest, TellsFromTimeToTimeWhereThereIsNothingToWatch) {
    folder_ = home_ / "missing/dags";
    watch();
    EXPECT_TRUE(quiet());
    EXPECT_TRUE(told(8s));
}

}  // namespace
}  // namespace reel::dagfile
