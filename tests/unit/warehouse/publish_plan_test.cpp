#include "warehouse/publish/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

/// Half a million rows into five million, of which nothing is known yet.
PublishFacts half_a_million() {
    PublishFacts facts;
    facts.source_rows = 500'000;
    facts.target_rows = 5'000'000;
    return facts;
}

PublishFacts with_overlap(std::int64_t matched, std::int64_t equal) {
    auto facts = half_a_million();
    facts.overlap = Overlap{1000, matched, equal};
    return facts;
}

Strategy strategy_for(const PublishFacts& facts) {
    return plan_publish(facts).strategy;
}

TEST(PublishPlanner, MakesANewTableOfTheRows) {
    for (const auto mode :
         {LoadMode::upsert,
          LoadMode::append,
          LoadMode::replace,
          LoadMode::delete_insert,
          LoadMode::scd2}) {
        PublishFacts facts;
        facts.mode = mode;
        facts.exists = false;
        const auto plan = plan_publish(facts);
        EXPECT_EQ(plan.strategy, Strategy::create) << to_string(mode);
        EXPECT_EQ(plan.reason, "the table is new");
    }
}

/// A new target of a staged table.
PublishFacts new_of_staged() {
    PublishFacts facts;
    facts.exists = false;
    facts.staged = StagedFacts{.has_one_reader = true};
    return facts;
}

TEST(PublishPlanner, TakesTheStagedTableForANewOne) {
    for (const auto mode :
         {LoadMode::upsert, LoadMode::append, LoadMode::replace, LoadMode::delete_insert}) {
        auto facts = new_of_staged();
        facts.mode = mode;
        const auto plan = plan_publish(facts);
        EXPECT_EQ(plan.strategy, Strategy::take_over) << to_string(mode);
        EXPECT_EQ(plan.reason, "the table is new; the staged one becomes it");
    }
}

TEST(PublishPlanner, CopiesAStagedTableThatCannotBeTaken) {
    const auto reason = [](auto change) {
        auto facts = new_of_staged();
        change(facts);
        const auto plan = plan_publish(facts);
        EXPECT_EQ(plan.strategy, Strategy::create) << plan.reason;
        return plan.reason;
    };
    EXPECT_EQ(
        reason([](auto& facts) { facts.staged->has_one_reader = false; }),
        "the table is new; others read the staged one, too"
    );
    EXPECT_EQ(
        reason([](auto& facts) { facts.staged->same_owner = false; }),
        "the table is new; the staged one is another role's"
    );
    EXPECT_EQ(
        reason([](auto& facts) { facts.staged->same_rights = false; }),
        "the table is new; its schema grants rights to tables that are made there"
    );
    EXPECT_EQ(
        reason([](auto& facts) { facts.staged->dead_share = 0.15; }),
        "the table is new; 15 % of the staged one is dead"
    );
    EXPECT_EQ(reason([](auto& facts) { facts.mode = LoadMode::scd2; }), "the table is new")
        << "versions have columns that no file has";
}

TEST(PublishPlanner, TakesAStagedTableOfWhichLittleIsDead) {
    auto facts = new_of_staged();
    facts.staged->dead_share = 0.1;
    EXPECT_EQ(strategy_for(facts), Strategy::take_over);
}

TEST(PublishPlanner, InsertsIntoAnEmptyTableWithoutLookingForConflicts) {
    auto facts = half_a_million();
    facts.is_empty = true;
    facts.target_rows = 0;
    EXPECT_FALSE(needs_overlap(facts));
    EXPECT_EQ(strategy_for(facts), Strategy::insert);
    EXPECT_EQ(plan_publish(facts).reason, "the table is empty");
}

TEST(PublishPlanner, LooksForConflictsWhereRowsAreFew) {
    auto facts = half_a_million();
    facts.source_rows = 4'999;
    EXPECT_FALSE(needs_overlap(facts));
    EXPECT_EQ(strategy_for(facts), Strategy::on_conflict);
    EXPECT_EQ(plan_publish(facts).reason, "4,999 rows are few");
    facts.source_rows = 5'000;
    EXPECT_TRUE(needs_overlap(facts));
}

/// The whole table is sent again.
PublishFacts all_again(std::int64_t matched, std::int64_t equal) {
    auto facts = with_overlap(matched, equal);
    facts.source_rows = facts.target_rows;
    return facts;
}

TEST(PublishPlanner, ComparesWhereMostRowsAreUnchanged) {
    EXPECT_EQ(strategy_for(all_again(1000, 1000)), Strategy::compare);
    EXPECT_EQ(strategy_for(all_again(1000, 800)), Strategy::compare);
    EXPECT_EQ(strategy_for(all_again(900, 800)), Strategy::compare);
}

TEST(PublishPlanner, LooksForConflictsWhereMostRowsHaveChanged) {
    EXPECT_EQ(strategy_for(all_again(1000, 0)), Strategy::on_conflict);
    EXPECT_EQ(strategy_for(all_again(1000, 100)), Strategy::on_conflict);
}

TEST(PublishPlanner, LooksForConflictsWhereTheTableIsMuchLarger) {
    // Reading it all to compare a tenth of it costs more than the index.
    EXPECT_EQ(strategy_for(with_overlap(800, 400)), Strategy::on_conflict);
    EXPECT_EQ(strategy_for(with_overlap(1000, 1000)), Strategy::on_conflict);
    auto third = with_overlap(1000, 1000);
    third.source_rows = third.target_rows / 3;
    EXPECT_EQ(strategy_for(third), Strategy::compare);
}

PublishFacts where_merge_is_known(PublishFacts facts) {
    facts.can_merge = true;
    return facts;
}

TEST(PublishPlanner, MergesInsteadOfLookingForConflictsWhereItCan) {
    EXPECT_EQ(strategy_for(where_merge_is_known(with_overlap(800, 400))), Strategy::merge);
    EXPECT_EQ(strategy_for(where_merge_is_known(with_overlap(0, 0))), Strategy::merge);
    EXPECT_EQ(strategy_for(where_merge_is_known(all_again(1000, 0))), Strategy::merge);
    auto few = where_merge_is_known(half_a_million());
    few.source_rows = 10;
    EXPECT_EQ(strategy_for(few), Strategy::on_conflict);
}

TEST(PublishPlanner, MergesWhereOneJoinIsEnough) {
    // A fifth of a whole table: what differs need not be kept aside.
    EXPECT_EQ(strategy_for(all_again(1000, 800)), Strategy::compare);
    EXPECT_EQ(strategy_for(where_merge_is_known(all_again(1000, 800))), Strategy::merge);
    EXPECT_EQ(strategy_for(where_merge_is_known(all_again(1000, 1000))), Strategy::compare);
    // Side by side, a comparison is half the work.
    auto sorted = where_merge_is_known(all_again(1000, 800));
    sorted.in_order = true;
    EXPECT_EQ(strategy_for(sorted), Strategy::compare);
}

TEST(PublishPlanner, SaysWhatItHasSeen) {
    EXPECT_EQ(
        plan_publish(with_overlap(800, 400)).reason,
        "of 1,000 sampled rows 20 % are new, 40 % changed, 40 % unchanged; the table has about "
        "5,000,000"
    );
}

TEST(PublishPlanner, ComparesSideBySideWhatLiesInOrder) {
    auto facts = all_again(1000, 1000);
    EXPECT_FALSE(plan_publish(facts).in_order);
    facts.in_order = true;
    const auto plan = plan_publish(facts);
    EXPECT_TRUE(plan.in_order);
    EXPECT_THAT(plan.reason, testing::EndsWith("5,000,000; both lie in the order of the key"));
    // It is worth more changes then.
    facts.overlap = Overlap{1000, 1000, 700};
    EXPECT_EQ(strategy_for(facts), Strategy::compare);
    facts.in_order = false;
    EXPECT_EQ(strategy_for(facts), Strategy::on_conflict);
}

TEST(PublishPlanner, NeverComparesWhatIsStoredOtherwise) {
    auto facts = all_again(1000, 1000);
    facts.can_compare = false;
    EXPECT_FALSE(needs_overlap(facts));
    const auto plan = plan_publish(facts);
    EXPECT_EQ(plan.strategy, Strategy::on_conflict);
    EXPECT_THAT(plan.reason, HasSubstr("type differs"));
}

TEST(PublishPlanner, NeedsASampleToCompare) {
    EXPECT_EQ(strategy_for(half_a_million()), Strategy::on_conflict);
    auto unlucky = half_a_million();
    unlucky.overlap = Overlap{};
    EXPECT_EQ(strategy_for(unlucky), Strategy::on_conflict);
    EXPECT_EQ(plan_publish(unlucky).reason, "nothing is known of the overlap");
}

TEST(PublishPlanner, InsertsWhereTheModeLeavesNothingToMeet) {
    auto facts = half_a_million();
    facts.mode = LoadMode::append;
    EXPECT_EQ(strategy_for(facts), Strategy::insert);
    facts.mode = LoadMode::delete_insert;
    EXPECT_EQ(strategy_for(facts), Strategy::insert);
    facts.mode = LoadMode::replace;
    facts.has_key = false;
    EXPECT_EQ(strategy_for(facts), Strategy::insert);
    EXPECT_EQ(plan_publish(facts).reason, "the table is emptied first");
    EXPECT_FALSE(needs_overlap(facts));
}

TEST(PublishPlanner, ReplacesByKeyAsItMerges) {
    auto facts = all_again(1000, 1000);
    facts.mode = LoadMode::replace;
    EXPECT_TRUE(needs_overlap(facts));
    EXPECT_EQ(strategy_for(facts), Strategy::compare);
}

TEST(PublishPlanner, FindsVersionsByComparing) {
    auto facts = half_a_million();
    facts.mode = LoadMode::scd2;
    EXPECT_FALSE(needs_overlap(facts));
    EXPECT_EQ(strategy_for(facts), Strategy::compare);
    facts.source_rows = 1;
    EXPECT_EQ(strategy_for(facts), Strategy::compare);
}

bool is_remembered(const PublishFacts& facts) {
    return is_worth_a_state(facts, plan_publish(facts));
}

TEST(PublishPlanner, RemembersWhatMayComeAgain) {
    EXPECT_TRUE(is_remembered(new_of_staged()));
    EXPECT_TRUE(is_remembered(all_again(1000, 900)));
    EXPECT_FALSE(is_remembered(all_again(1000, 890))) << "its rows would be counted for nothing";
    EXPECT_FALSE(is_remembered(with_overlap(800, 400)));
    auto few = half_a_million();
    few.source_rows = 10;
    few.target_rows = 100'000;
    EXPECT_TRUE(is_remembered(few));
    few.mode = LoadMode::append;
    EXPECT_FALSE(is_remembered(few)) << "once more, it would be there twice";
    auto appended = new_of_staged();
    appended.mode = LoadMode::append;
    EXPECT_FALSE(is_remembered(appended));
}

TEST(PublishPlanner, HasAWordForEachStrategy) {
    EXPECT_EQ(to_string(Strategy::take_over), "take_over");
    EXPECT_EQ(to_string(Strategy::create), "create");
    EXPECT_EQ(to_string(Strategy::insert), "insert");
    EXPECT_EQ(to_string(Strategy::merge), "merge");
    EXPECT_EQ(to_string(Strategy::on_conflict), "on_conflict");
    EXPECT_EQ(to_string(Strategy::compare), "compare");
    EXPECT_EQ(to_string(Strategy::unchanged), "unchanged");
}

}  // namespace

}  // namespace reel::warehouse
