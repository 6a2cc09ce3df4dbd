#include "warehouse/stage/accounting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::warehouse {

namespace {

using testing::HasSubstr;

RejectLimit share(double value) {
    return {0, value};
}
RejectLimit count(std::uint64_t value) {
    return {value, std::nullopt};
}

FileAccount file(std::uint64_t records, std::uint64_t rejected) {
    FileAccount account;
    account.records_read = records;
    account.records_quarantined = rejected;
    return account;
}

TEST(FileAccount, IsAddedAndSubtracted) {
    const FileAccount part{5, 2, 1, {{"a", 5, 3, 1, 1, 0}, {"b", 9, 8, 0, 1, 0}}};
    FileAccount sum = part;
    add(sum, part);
    EXPECT_EQ(sum.records_read, 10U);
    EXPECT_EQ(sum.tables[1].staged, 16U);
    subtract(sum, part);
    EXPECT_EQ(sum.records_quarantined, 2U);
    EXPECT_EQ(sum.elements_quarantined, 1U);
    EXPECT_EQ(sum.tables[0].duplicates, 1U);
    EXPECT_EQ(sum.tables[1].elements_read, 9U);
}

TEST(CheckRejects, AllowsNoneByDefault) {
    EXPECT_TRUE(check_rejects(file(100, 0), {}).has_value());
    const auto failed = check_rejects(file(100, 1), {});
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, core::Errc::corrupt_data);
    EXPECT_THAT(failed.error().message, HasSubstr("1 of 100 records"));
    EXPECT_THAT(failed.error().message, HasSubstr("limit of 0"));
    EXPECT_THAT(failed.error().hint, HasSubstr("reel.quarantine"));
}

TEST(CheckRejects, AllowsExactlyTheShare) {
    EXPECT_TRUE(check_rejects(file(100, 1), share(0.01)).has_value());
    EXPECT_FALSE(check_rejects(file(100, 2), share(0.01)).has_value());
    EXPECT_FALSE(check_rejects(file(99, 1), share(0.01)).has_value());
}

TEST(CheckRejects, NamesTheShareThatWasFound) {
    const auto failed = check_rejects(file(1000, 50), share(0.01));
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("50 of 1,000 records were rejected (5%)"));
    EXPECT_THAT(failed.error().message, HasSubstr("limit of 1%"));
}

TEST(CheckRejects, CountsRecordsAndElementsTogether) {
    auto account = file(100, 2);
    account.elements_quarantined = 3;
    EXPECT_TRUE(check_rejects(account, count(5)).has_value());
    EXPECT_FALSE(check_rejects(account, count(4)).has_value());
}

TEST(CheckRejects, HoldsTheShareAgainstEachTablesElements) {
    auto account = file(1000, 0);
    account.elements_quarantined = 6;
    account.tables.push_back({"genres", 100, 94, 0, 6, 0});
    const auto failed = check_rejects(account, share(0.05));
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("6 of 100 rows for 'genres'"));
    EXPECT_TRUE(check_rejects(account, share(0.06)).has_value());
}

TEST(CheckRejects, AcceptsAnEmptyFile) {
    EXPECT_TRUE(check_rejects(file(0, 0), share(0.01)).has_value());
    EXPECT_TRUE(check_rejects(file(0, 0), {}).has_value());
}

TEST(TableAccount, BalancesWhenEveryElementWentSomewhere) {
    const TableAccount account{"t", 10, 6, 2, 1, 1};
    EXPECT_TRUE(account.balances());
    EXPECT_TRUE(check_balance(account, 6).has_value());
}

TEST(TableAccount, FailsWhenAnElementIsMissing) {
    const TableAccount account{"movies", 10, 6, 2, 1, 0};
    EXPECT_FALSE(account.balances());
    const auto failed = check_balance(account, 6);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, core::Errc::internal);
    EXPECT_THAT(failed.error().message, HasSubstr("'movies' do not add up: 10 read"));
}

TEST(TableAccount, FailsWhenTheDatabaseHasAnotherCount) {
    const TableAccount account{"movies", 10, 10, 0, 0, 0};
    const auto failed = check_balance(account, 9);
    ASSERT_FALSE(failed.has_value());
    EXPECT_THAT(failed.error().message, HasSubstr("10 staged (9 in the database)"));
}

}  // namespace

}  // namespace reel::warehouse
