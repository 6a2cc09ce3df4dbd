#include <gtest/gtest.h>

#include "warehouse/stage/progress.hpp"

namespace reel::warehouse {

namespace {

using namespace std::chrono_literals;

ReadCounts counts_of(std::uint64_t records, std::uint64_t bytes) {
    return {.records = records, .bytes = bytes};
}

TEST(ProgressLine, TellsRatesShareAndWhatIsLeft) {
    EXPECT_EQ(
        progress_line(counts_of(1'200'000, 96'000'000), {42, 100}, 3s),
        "1,200,000 records (400,000/s), 96.0 MB (32.0 MB/s), 42%, 5s left"
    );
}

TEST(ProgressLine, LeavesOutWhatNobodyKnows) {
    EXPECT_EQ(progress_line(counts_of(7, 70), {}, 1s), "7 records (7/s), 70 B (70 B/s)");
    EXPECT_EQ(progress_line(counts_of(7, 70), {0, 100}, 1s), "7 records (7/s), 70 B (70 B/s), 0%");
    EXPECT_EQ(
        progress_line(counts_of(7, 70), {1, 1'000'000'000}, 9s), "7 records (0/s), 70 B (7 B/s), 0%"
    ) << "285 years";
}

TEST(ProgressLine, TellsNoRateOfAMoment) {
    EXPECT_EQ(progress_line(counts_of(9, 90), {1, 2}, 499ms), "9 records, 90 B, 50%");
    EXPECT_EQ(progress_line(counts_of(9, 90), {1, 2}, 0ms), "9 records, 90 B, 50%");
}

TEST(ProgressLine, IsNeverBeyondTheEnd) {
    EXPECT_EQ(progress_line(counts_of(1, 1), {100, 100}, 1s), "1 records (1/s), 1 B (1 B/s), 100%");
    EXPECT_EQ(progress_line(counts_of(1, 1), {101, 100}, 1s), "1 records (1/s), 1 B (1 B/s), 100%");
    EXPECT_EQ(
        progress_line(counts_of(1, 1), {999, 1000}, 1s),
        "1 records (1/s), 1 B (1 B/s), 99%, 1s left"
    );
}

TEST(ProgressLine, OfADownloadHasNoRecords) {
    EXPECT_EQ(
        download_line({96'000'000, 192'000'000}, 90s),
        "downloaded 96.0 MB (1.1 MB/s), 50%, 1m 30s left"
    );
    EXPECT_EQ(download_line({1'000, 0}, 100ms), "downloaded 1.0 kB");
}

TEST(TotalsLine, TellsWhatWasReadAndHowFast) {
    EXPECT_EQ(
        totals_line(26'000'000, 720'000'000, 8s),
        "26,000,000 records, 720.0 MB in 8.0 s: 3,250,000 records/s, 90.0 MB/s"
    );
    EXPECT_EQ(totals_line(3, 30, 12ms), "3 records, 30 B in 0.0 s");
}

TEST(ProgressPace, GivesALineEachInterval) {
    ProgressPace pace(5s);
    EXPECT_FALSE(pace.is_due(0s));
    EXPECT_FALSE(pace.is_due(4999ms));
    EXPECT_TRUE(pace.is_due(5s));
    EXPECT_FALSE(pace.is_due(9s));
    EXPECT_TRUE(pace.is_due(23s)) << "it was held up";
    EXPECT_FALSE(pace.is_due(25s)) << "and makes up for nothing";
    EXPECT_TRUE(pace.is_due(28s));
}

TEST(TellProgress, ShowsALineWheneverOneIsDue) {
    std::vector<std::string> log;
    std::vector<std::string> in_place;
    core::Duration now = 0s;
    const auto tell = [&](const ProgressLines& lines) {
        const auto told = tell_progress(lines, [] { return ReadShare{1, 2}; }, [&] { return now; });
        for (now = 0s; now < 11s; now += 100ms) told(counts_of(1, 1));
    };
    const ProgressLines::Say add = [&](const std::string& line) { log.push_back(line); };
    tell({add});
    EXPECT_EQ(log.size(), 2U) << "every five seconds";
    EXPECT_EQ(log.at(0), "1 records (0/s), 1 B (0 B/s), 50%, 5s left");
    tell({add, [&](const std::string& line) { in_place.push_back(line); }});
    EXPECT_EQ(log.size(), 2U);
    EXPECT_EQ(in_place.size(), 54U) << "five times in a second";
}

TEST(ProgressLines, GoInPlaceWhereThereIsOneAndElseToTheLog) {
    std::string log;
    std::string in_place;
    ProgressLines lines{[&](const std::string& line) { log += line; }};
    lines.show("a");
    EXPECT_EQ(lines.interval(), 5s);
    lines.in_place = [&](const std::string& line) { in_place += line; };
    lines.show("b");
    EXPECT_EQ(lines.interval(), 200ms);
    EXPECT_EQ(log + "|" + in_place, "a|b");
}

}  // namespace

}  // namespace reel::warehouse
