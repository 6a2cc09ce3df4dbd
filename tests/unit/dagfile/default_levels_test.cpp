#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Where a task's argument may come from, the weakest first.
constexpr std::array levels{"file", "block", "dag", "outer", "inner", "task"};

/// `field: level` where the level's bit is set, else nothing; for the inside of a flow map.
std::string said(const std::string& field, unsigned mask, unsigned level) {
    return (mask >> level & 1U) != 0 ? fmt::format("{}: {}", field, levels[level]) : "";
}

/// A task in a group in a group, with the field said on each level whose bit is set.
LoadedFile parse_levels(const std::array<std::string, 6>& fields, unsigned mask) {
    const auto at = [&](unsigned level) { return said(fields[level], mask, level); };
    const std::string text = fmt::format(
        R"(default: {{default_args: {{{}}}}}
d:
  default_args: {{{}}}
  task_groups:
    outer: {{default_args: {{{}}}}}
    inner: {{parent_group_name: outer, default_args: {{{}}}}}
  tasks:
    t: {{operator: sql, sql: x, task_group_name: inner{}}}
)",
        at(1),
        at(2),
        at(3),
        at(4),
        at(5).empty() ? "" : ", " + at(5)
    );
    return parse(text, {{"defaults.yml", fmt::format("default_args: {{{}}}\n", at(0))}});
}

/// The strongest level of a mask that is not nothing.
std::string strongest(unsigned mask) {
    return levels[static_cast<std::size_t>(std::bit_width(mask)) - 1];
}

TEST(DefaultLevels, TheInnermostThatSaysAnythingCounts) {
    std::array<std::string, 6> fields;
    fields.fill("owner");
    for (unsigned mask = 0; mask < 64; ++mask) {
        const LoadedFile file = parse_levels(fields, mask);
        ASSERT_THAT(mistakes_of(file), IsEmpty()) << mask;
        const std::string wanted = mask == 0 ? "airflow" : strongest(mask);
        EXPECT_EQ(task_of(file.dags.at(0), "outer.inner.t").owner, wanted) << mask;
    }
}

TEST(DefaultLevels, AnOperatorsArgumentIsTheSameUnderItsOtherName) {
    for (unsigned renamed = 0; renamed < 64; renamed += 21) {
        std::array<std::string, 6> fields;
        for (unsigned level = 0; level < fields.size(); ++level) {
            fields[level] = (renamed >> level & 1U) != 0 ? "postgres_conn_id" : "conn_id";
        }
        for (unsigned mask = 1; mask < 64; ++mask) {
            const LoadedFile file = parse_levels(fields, mask);
            ASSERT_THAT(mistakes_of(file), IsEmpty()) << mask << " " << renamed;
            const auto args = args_of(file.dags.at(0), "outer.inner.t");
            EXPECT_EQ(args["conn_id"], strongest(mask)) << mask << " " << renamed;
            EXPECT_FALSE(args.contains("postgres_conn_id"));
        }
    }
}

struct OtherName {
    const char* under;
    const char* over;
    int wanted;
};

TEST(DefaultLevels, ADagsFieldIsTheSameUnderItsOtherName) {
    const OtherName cases[] = {
        {"max_active_tasks: 5", "concurrency: 3", 3},
        {"concurrency: 5", "max_active_tasks: 3", 3},
        {"concurrency: 5", "concurrency: 3", 3},
        {"concurrency: 5", "catchup: false", 5},
        {"max_active_tasks: 5", "concurrency: null", 5},
    };
    for (const OtherName& one : cases) {
        const core::Dag d = parse_one(fmt::format(
            "default: {{{}}}\nd: {{{}, tasks: {{t: {{operator: empty}}}}}}\n", one.under, one.over
        ));
        EXPECT_EQ(d.max_active_tasks, one.wanted) << one.under << " under " << one.over;
    }
}

TEST(DefaultLevels, BothNamesOnOneLevelAreAMistakeOfThatLevel) {
    EXPECT_THAT(
        mistakes_in("default: {max_active_tasks: 5, concurrency: 3}\n"
                    "d: {concurrency: 2, tasks: {t: {operator: empty}}}\n"),
        ElementsAre("1:32 'concurrency' and 'max_active_tasks' are the same; keep one")
    );
    EXPECT_THAT(
        mistakes_in("default: {max_active_tasks: 5}\n"
                    "d: {concurrency: 2, max_active_tasks: 2, tasks: {t: {operator: empty}}}\n"),
        ElementsAre("2:5 'concurrency' and 'max_active_tasks' are the same; keep one")
    );
}

}  // namespace
}  // namespace reel::dagfile
