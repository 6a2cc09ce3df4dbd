#include <gmock/gmock.h>
#include <unistd.h>

#include <set>

#include "dag_folder.hpp"
#include "dagfile/folder_walk.hpp"
#include "reel/dagfile/load.hpp"

namespace reel::dagfile {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Files are written now; a reading an hour later trusts their times.
const core::Timestamp later = core::SystemClock().now() + std::chrono::hours(1);

std::string dag(const std::string& id, const std::string& description) {
    return id + ":\n  description: " + description + "\n  tasks: [{task_id: a, operator: empty}]\n";
}

class FolderReaderTest : public testing::Test {
  protected:
    LoadedFiles read(core::Timestamp now = later) { return reader_.read(now); }
    LoadedFiles read_changed(std::set<fs::path> files, core::Timestamp now = later) {
        return reader_.read(now, {.may_be_any = false, .files = std::move(files)});
    }

    /// What a reading gives that knows nothing from before.
    void expect_as_if_read_once(const LoadedFiles& files) const {
        const LoadedFiles fresh = load_dag_folder(folder_.path(), LoadOptions{.now = later});
        ASSERT_EQ(files.size(), fresh.size());
        for (const auto& [name, file] : fresh) {
            ASSERT_TRUE(files.contains(name)) << name;
            EXPECT_EQ(files.at(name)->dags, file->dags) << name;
            ASSERT_EQ(files.at(name)->diagnostics.size(), file->diagnostics.size()) << name;
        }
    }

    DagFolder folder_;
    FolderReader reader_{folder_.path(), {}};
};

TEST_F(FolderReaderTest, AFileThatIsAsItWasIsTheSameObject) {
    folder_.write("one.yaml", dag("one", "first"));
    folder_.write("sub/two.yaml", dag("two", "first"));
    const auto before = read();
    const auto after = read();
    ASSERT_THAT(after, SizeIs(2));
    EXPECT_EQ(before, after);
}

TEST_F(FolderReaderTest, ManyFilesAreReadAtOnceAndGiveWhatTheyGiveOneByOne) {
    constexpr int count = 300;
    for (int i = 0; i < count; ++i) {
        const std::string name = "dag" + std::to_string(i);
        folder_.write(name + ".yaml", i % 7 == 0 ? name + ": {tasks: 3}\n" : dag(name, name));
    }
    const auto files = read();
    ASSERT_THAT(files, SizeIs(count));
    for (int i = 0; i < count; ++i) {
        const std::string name = "dag" + std::to_string(i);
        const auto alone = load_dag_file(
            folder_.path() / (name + ".yaml"), folder_.path(), LoadOptions{.now = later}
        );
        EXPECT_EQ(files.at(name + ".yaml")->dags, alone.dags) << name;
        EXPECT_EQ(files.at(name + ".yaml")->diagnostics.size(), alone.diagnostics.size()) << name;
        EXPECT_EQ(alone.dags.empty(), i % 7 == 0) << name;
    }
    folder_.write("dag1.yaml", dag("dag1", "other"));
    const auto after = read();
    EXPECT_EQ(after.at("dag1.yaml")->dags.at(0).description, "other");
    EXPECT_EQ(after.at("dag299.yaml"), files.at("dag299.yaml"));
}

TEST_F(FolderReaderTest, OnlyWhatWasWrittenIsAnotherObject) {
    folder_.write("one.yaml", dag("one", "first"));
    folder_.write("two.yaml", dag("two", "first"));
    const auto before = read();
    folder_.write("two.yaml", dag("two", "other"));
    const auto after = read();
    EXPECT_EQ(before.at("one.yaml"), after.at("one.yaml"));
    EXPECT_EQ(after.at("two.yaml")->dags.at(0).description, "other");
    EXPECT_EQ(before.at("two.yaml")->dags.at(0).description, "first") << "who holds it keeps it";
}

TEST_F(FolderReaderTest, TwoChangesWithinATickAreBothSeen) {
    folder_.write("one.yaml", dag("one", "first"));
    const core::Timestamp at_once = core::SystemClock().now();
    EXPECT_EQ(read(at_once).at("one.yaml")->dags.at(0).description, "first");
    // The same size, the same file, and as far as the kernel's ticks tell, the same time.
    folder_.write("one.yaml", dag("one", "other"));
    EXPECT_EQ(read(at_once).at("one.yaml")->dags.at(0).description, "other");
}

TEST_F(FolderReaderTest, AFileThatIsRenamedIntoItsPlaceIsRead) {
    folder_.write("one.yaml", dag("one", "first"));
    (void)read();
    folder_.write("new", dag("one", "other"));
    fs::rename(folder_.path() / "new", folder_.path() / "one.yaml");
    EXPECT_EQ(read().at("one.yaml")->dags.at(0).description, "other");
}

TEST_F(FolderReaderTest, DefaultsConcernEveryFileBelowThem) {
    folder_.write("one.yaml", dag("one", "first"));
    folder_.write("sub/two.yaml", dag("two", "first"));
    folder_.write("sub/deep/three.yaml", dag("three", "first"));
    const auto before = read();
    folder_.write("sub/defaults.yml", "default_args: {owner: team}\n");
    const auto with_defaults = read();
    EXPECT_EQ(before.at("one.yaml"), with_defaults.at("one.yaml"));
    for (const char* const name : {"sub/two.yaml", "sub/deep/three.yaml"}) {
        EXPECT_EQ(with_defaults.at(name)->dags.at(0).tasks.at(0).owner, "team") << name;
    }
    folder_.write("sub/defaults.yml", "default_args: {owner: none}\n");
    EXPECT_EQ(read().at("sub/two.yaml")->dags.at(0).tasks.at(0).owner, "none");
    fs::remove(folder_.path() / "sub/defaults.yml");
    expect_as_if_read_once(read());
}

TEST_F(FolderReaderTest, WhatIsGoneIsForgotten) {
    folder_.write("one.yaml", dag("one", "first"));
    (void)read();
    fs::remove(folder_.path() / "one.yaml");
    EXPECT_THAT(read(), IsEmpty());
    folder_.write("one.yaml", dag("one", "again"));
    EXPECT_EQ(read().at("one.yaml")->dags.at(0).description, "again");
}

TEST_F(FolderReaderTest, DoublesComeAndGoWithoutEitherFileBeingWritten) {
    folder_.write("one.yaml", dag("d", "first"));
    const auto alone = read();
    folder_.write("two.yaml", dag("d", "second"));
    const auto doubled = read();
    EXPECT_THAT(doubled.at("one.yaml")->dags, IsEmpty());
    EXPECT_THAT(
        doubled.at("one.yaml")->diagnostics.at(0).message, HasSubstr("is also in two.yaml")
    );
    EXPECT_THAT(read().at("one.yaml")->diagnostics, SizeIs(1)) << "and once, however often";
    fs::remove(folder_.path() / "two.yaml");
    EXPECT_EQ(read(), alone);
}

TEST_F(FolderReaderTest, AnIgnoredFileIsLeftOutAndComesBack) {
    folder_.write("one.yaml", dag("one", "first"));
    const auto before = read();
    folder_.write(".airflowignore", "one.yaml\n");
    EXPECT_THAT(read(), IsEmpty());
    fs::remove(folder_.path() / ".airflowignore");
    EXPECT_EQ(read().at("one.yaml")->dags, before.at("one.yaml")->dags);
}

TEST_F(FolderReaderTest, ALinkIsWhatItLeadsTo) {
    const DagFolder elsewhere;
    elsewhere.write("real.yaml", dag("one", "first"));
    elsewhere.write("other.yaml", dag("one", "other"));
    fs::create_symlink(elsewhere.path() / "real.yaml", folder_.path() / "one.yaml");
    EXPECT_EQ(read().at("one.yaml")->dags.at(0).description, "first");
    elsewhere.write("real.yaml", dag("one", "written"));
    EXPECT_EQ(read().at("one.yaml")->dags.at(0).description, "written");
    fs::remove(folder_.path() / "one.yaml");
    fs::create_symlink(elsewhere.path() / "other.yaml", folder_.path() / "one.yaml");
    EXPECT_EQ(read().at("one.yaml")->dags.at(0).description, "other");
}

TEST_F(FolderReaderTest, ARelativeDateCountsFromWhenItsFileWasParsed) {
    folder_.write(
        "one.yaml", "one:\n  start_date: 2 days\n  tasks: [{task_id: a, operator: empty}]\n"
    );
    const auto before = read();
    EXPECT_EQ(read(later + std::chrono::hours(48)), before);
    folder_.write(
        "one.yaml", "one:\n  start_date: 2 day\n  tasks: [{task_id: a, operator: empty}]\n"
    );
    const auto after = read(later + std::chrono::hours(48));
    const auto& moved = after.at("one.yaml")->dags.at(0).start_date;
    EXPECT_EQ(*moved - *before.at("one.yaml")->dags.at(0).start_date, std::chrono::hours(48));
}

// --- where it is known what has changed

TEST_F(FolderReaderTest, LooksOnlyAtTheFilesThatAreSaidToHaveChanged) {
    folder_.write("one.yaml", dag("one", "first"));
    folder_.write("sub/two.yaml", dag("two", "first"));
    const auto before = read();
    folder_.write("one.yaml", dag("one", "other"));
    folder_.write("sub/two.yaml", dag("two", "other"));
    const auto after = read_changed({"sub/two.yaml"});
    EXPECT_EQ(after.at("one.yaml"), before.at("one.yaml")) << "nobody said so";
    EXPECT_EQ(after.at("sub/two.yaml")->dags.at(0).description, "other");
    EXPECT_EQ(read_changed({"sub/two.yaml"}), after) << "it is as it was";
    EXPECT_EQ(read().at("one.yaml")->dags.at(0).description, "other");
    expect_as_if_read_once(read_changed({}));
}

TEST_F(FolderReaderTest, AChangedFileThatIsGoneIsForgotten) {
    folder_.write("one.yaml", dag("one", "first"));
    folder_.write("two.yaml", dag("two", "first"));
    (void)read();
    fs::remove(folder_.path() / "one.yaml");
    expect_as_if_read_once(read_changed({"one.yaml"}));
    folder_.write("one.yaml", dag("one", "again"));
    expect_as_if_read_once(read_changed({"one.yaml"}));
}

TEST_F(FolderReaderTest, AChangedFileThatNobodyKnewIsFoundAsAnyOther) {
    folder_.write(".airflowignore", "two.yaml\n");
    folder_.write("defaults.yml", "default_args: {owner: team}\n");
    (void)read();
    folder_.write("one.yaml", dag("one", "first"));
    folder_.write("two.yaml", dag("two", "first"));
    const auto files = read_changed({"one.yaml", "two.yaml"});
    ASSERT_THAT(files, SizeIs(1));
    EXPECT_EQ(files.at("one.yaml")->dags.at(0).tasks.at(0).owner, "team");
    folder_.write("one.yaml", dag("one", "other"));
    EXPECT_EQ(read_changed({"one.yaml"}).at("one.yaml")->dags.at(0).tasks.at(0).owner, "team");
    EXPECT_THAT(read_changed({"two.yaml", "three.yaml", "notes.txt"}), SizeIs(1));
}

TEST_F(FolderReaderTest, WhateverMayHaveChangedIsLookedAt) {
    folder_.write("one.yaml", dag("one", "first"));
    (void)read();
    folder_.write("one.yaml", dag("one", "other"));
    folder_.write("two.yaml", dag("two", "first"));
    expect_as_if_read_once(reader_.read(later, {.may_be_any = true, .files = {}}));
}

TEST_F(FolderReaderTest, TwoTellingsWithinATickAreBothRead) {
    folder_.write("one.yaml", dag("one", "first"));
    const core::Timestamp at_once = core::SystemClock().now();
    (void)read(at_once);
    // The same size, the same file, and as far as the kernel's ticks tell, the same time.
    folder_.write("one.yaml", dag("one", "other"));
    const auto after = read_changed({"one.yaml"}, at_once);
    EXPECT_EQ(after.at("one.yaml")->dags.at(0).description, "other");
}

TEST_F(FolderReaderTest, DoublesComeAndGoWithOneChangedFile) {
    folder_.write("one.yaml", dag("d", "first"));
    folder_.write("two.yaml", dag("e", "second"));
    const auto apart = read();
    folder_.write("two.yaml", dag("d", "second"));
    const auto doubled = read_changed({"two.yaml"});
    EXPECT_THAT(doubled.at("one.yaml")->dags, IsEmpty());
    EXPECT_THAT(doubled.at("two.yaml")->dags, IsEmpty());
    folder_.write("two.yaml", dag("e", "second"));
    EXPECT_EQ(read_changed({"two.yaml"}).at("one.yaml"), apart.at("one.yaml"));
}

TEST(FileStamps, TellAFileThatIsNotThere) {
    EXPECT_EQ(stamp_of("/nonexistent/file"), FileStamp{});
}

TEST(FileStamps, AreTrustedOnceTheKernelsTickIsOver) {
    const auto at = core::Timestamp(std::chrono::seconds(1'000));
    const FileStamp stamp{.device = 1, .inode = 2, .size = 3, .changed_ns = 1'000'000'000'000};
    EXPECT_FALSE(stamp.is_settled(at));
    EXPECT_FALSE(stamp.is_settled(at + std::chrono::milliseconds(10)));
    EXPECT_TRUE(stamp.is_settled(at + std::chrono::milliseconds(30)));
    EXPECT_FALSE(stamp.is_settled(at - std::chrono::hours(1))) << "the clock was set back";
}

TEST(WalkDagFolder, GivesOneStampMoreForEachFileOfDefaults) {
    const DagFolder folder;
    folder.write_dag("b.yaml", "b");
    folder.write_dag("a/c.yaml", "c");
    folder.write("defaults.yml", "");
    folder.write("a/defaults.yaml", "");
    const auto found = walk_dag_folder(folder.path());
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].path, "a/c.yaml");
    EXPECT_THAT(found[0].stamps, SizeIs(3));
    EXPECT_EQ(found[0].stamps[1], stamp_of(folder.path() / "defaults.yml"));
    EXPECT_EQ(found[0].stamps[2], stamp_of(folder.path() / "a/defaults.yaml"));
    EXPECT_EQ(found[1].path, "b.yaml");
    EXPECT_THAT(found[1].stamps, SizeIs(2));
}

}  // namespace
}  // namespace reel::dagfile
