#include <gmock/gmock.h>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Words = std::vector<std::string>;

/// `reel db clean` as far as it goes without a database.
class CleanCases : public CliTest {};

}  // namespace

TEST_F(CleanCases, AreCalledOffByAnythingButYes) {
    int databases = 0;
    server_.database_uri = [&](const config::Config&, const std::string&) {
        ++databases;
        return core::Result<std::string>(core::fail(core::Errc::unavailable, "it is away"));
    };
    terminal_ = true;
    for (const char* answer : {"", "\n", "n\n", "no\n", "yess\n", " y\n"}) {
        input_ = answer;
        EXPECT_EQ(run({"db", "clean", "--clean-before-timestamp", "2025-12-01"}), 1) << answer;
        EXPECT_THAT(err_, HasSubstr("nothing was removed")) << answer;
    }
    EXPECT_EQ(databases, 0);
    for (const char* answer : {"y\n", "Y\n", "yes\n"}) {
        input_ = answer;
        EXPECT_EQ(run({"db", "clean", "--clean-before-timestamp", "2025-12-01"}), 1);
        EXPECT_THAT(err_, HasSubstr("it is away")) << answer;
    }
    EXPECT_EQ(databases, 3);
}

TEST_F(CleanCases, AskForWhatItWouldRemove) {
    terminal_ = true;
    const Words all{"db", "clean", "--clean-before-timestamp", "2025-12-01"};
    EXPECT_EQ(run(all), 1);
    EXPECT_THAT(
        err_,
        HasSubstr(
            "Remove what is older than 2025-12-01T00:00:00+00:00 from dag_run, xcom, "
            "skipped_fires, backfill, callback, asset_event, dag_version, task_log, staged? [y/N]"
        )
    );
    Words some = all;
    some.insert(some.end(), {"-t", "xcom", "-t", "task_log,backfill"});
    EXPECT_EQ(run(some), 1);
    EXPECT_THAT(err_, HasSubstr("from xcom, task_log, backfill? [y/N]"));
}

TEST_F(CleanCases, ComplainOfTablesThatItDoesNotKnow) {
    for (const char* tables : {"dag", "xcom,dag", "DAG_RUN", "task_instance"}) {
        const Words words{
            "db", "clean", "--clean-before-timestamp", "2025-12-01", "-y", "-t", tables
        };
        EXPECT_EQ(run(words), 2) << tables;
        EXPECT_THAT(err_, HasSubstr("--tables")) << tables;
    }
}

TEST_F(CleanCases, StopAtAMomentThatCannotBeRead) {
    for (const char* moment : {"yesterday", "2026-02-30", "2026-01-01T99:00:00Z"}) {
        EXPECT_EQ(run({"db", "clean", "-y", "--clean-before-timestamp", moment}), 1) << moment;
        EXPECT_THAT(err_, HasSubstr("--clean-before-timestamp: ")) << moment;
        EXPECT_THAT(err_, HasSubstr("write it as 2026-01-31")) << moment;
    }
    EXPECT_EQ(run({"db", "clean", "-y"}), 2);
    EXPECT_THAT(err_, HasSubstr("--clean-before-timestamp"));
}

TEST_F(CleanCases, ReadTheMomentInTheZoneOfTheConfiguration) {
    environment_["REEL__CORE__DEFAULT_TIMEZONE"] = "America/New_York";
    terminal_ = true;
    EXPECT_EQ(run({"db", "clean", "--clean-before-timestamp", "2026-07-01"}), 1);
    EXPECT_THAT(err_, HasSubstr("older than 2026-07-01T04:00:00+00:00"));
}

TEST_F(CleanCases, AskNobodyForADryRunOrWithYes) {
    server_.database_uri = [](const config::Config&, const std::string& which) {
        return core::Result<std::string>(
            core::fail(core::Errc::unavailable, which + " is away", "start it")
        );
    };
    for (const char* flag : {"--dry-run", "-y", "--yes"}) {
        EXPECT_EQ(run({"db", "clean", "--clean-before-timestamp", "2026-01-01", flag}), 1) << flag;
        EXPECT_THAT(err_, HasSubstr("metadata is away")) << flag;
        EXPECT_THAT(err_, HasSubstr("start it")) << flag;
        EXPECT_THAT(out_, IsEmpty()) << flag;
    }
    EXPECT_THAT(calls_, IsEmpty()) << "it needs no server";
}

}  // namespace reel::cli
