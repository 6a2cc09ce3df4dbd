#include "postgres/server_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/postgres/scratch_folder.hpp"

namespace reel::postgres {

namespace {

using core::Errc;
using testing::HasSubstr;
using testing::Not;

core::Error explain(const std::string& text) {
    return explain_failure("PostgreSQL did not start", text, "/home/pg/server.log");
}

TEST(ServerLog, IsReadFromWhereItStood) {
    const ScratchFolder folder;
    folder.write("server.log", "old\nnew\n");
    const auto log = folder.path() / "server.log";
    EXPECT_EQ(read_log(log, 4), "new\n");
    EXPECT_EQ(read_log(log, 99), "");
    EXPECT_EQ(read_log(folder.path() / "missing", 0), "");
}

TEST(ExplainFailure, NamesAFullDisk) {
    const core::Error error =
        explain("FATAL:  could not write to file \"x\": No space left on device\n");
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.message, HasSubstr("PostgreSQL did not start: the disk is full"));
    EXPECT_THAT(error.hint, HasSubstr("free some space"));
    EXPECT_EQ(error.where, "/home/pg/server.log");
}

TEST(ExplainFailure, NamesDataOfAnotherVersion) {
    const core::Error error = explain("FATAL:  database files are incompatible with server\n");
    EXPECT_EQ(error.code, Errc::unsupported);
    EXPECT_THAT(error.message, HasSubstr("another major version"));
}

TEST(ExplainFailure, NamesAServerThatHoldsTheFolder) {
    const core::Error error = explain("FATAL:  lock file \"postmaster.pid\" already exists\n");
    EXPECT_EQ(error.code, Errc::conflict);
}

TEST(ExplainFailure, NamesAPermission) {
    const core::Error error = explain("FATAL:  could not open file \"x\": Permission denied\n");
    EXPECT_EQ(error.code, Errc::permission_denied);
}

TEST(ExplainFailure, ShowsTheLastLinesOfAnythingElse) {
    std::string text;
    for (int i = 1; i <= 20; ++i) text += "line <" + std::to_string(i) + ">\n";
    const core::Error error = explain(text);
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.message, HasSubstr("line <20>"));
    EXPECT_THAT(error.message, HasSubstr("line <15>"));
    EXPECT_THAT(error.message, Not(HasSubstr("line <14>")));
}

TEST(ExplainFailure, SaysSoWhenThereIsNothingToShow) {
    EXPECT_THAT(explain("").message, HasSubstr("it said: nothing"));
    EXPECT_THAT(explain("one line").message, HasSubstr("it said:\none line"));
}

TEST(IsStillEnding, KnowsTheWordsOfTheSharedMemoryBlock) {
    EXPECT_TRUE(is_still_ending("FATAL:  pre-existing shared memory block (key 1) is in use"));
    EXPECT_FALSE(is_still_ending("FATAL:  something else"));
}

}  // namespace

}  // namespace reel::postgres
