#include "reel/store/migrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "reel/core/states.hpp"

namespace reel::store {

namespace {

using testing::HasSubstr;

TEST(Migrations, AreNumberedFromOneWithoutGaps) {
    const auto& migrations = all_migrations();
    ASSERT_FALSE(migrations.empty());
    for (std::size_t i = 0; i < migrations.size(); ++i) {
        EXPECT_EQ(migrations[i].number, static_cast<int>(i) + 1);
    }
}

TEST(Migrations, HaveNamesOfTheirOwnAndSql) {
    std::set<std::string> names;
    for (const Migration& migration : all_migrations()) {
        EXPECT_TRUE(names.insert(migration.name).second) << migration.name;
        EXPECT_THAT(migration.sql, HasSubstr("reel."));
    }
    EXPECT_THAT(names, testing::Contains("create_runs"));
}

TEST(Migrations, KnowEveryWordOfTheStates) {
    std::string sql;
    for (const Migration& migration : all_migrations()) sql += migration.sql;
    for (const core::TaskState state : core::all_task_states) {
        if (state == core::TaskState::none) continue;
        EXPECT_THAT(sql, HasSubstr("'" + std::string(core::to_string(state)) + "'"));
    }
}

}  // namespace

}  // namespace reel::store
