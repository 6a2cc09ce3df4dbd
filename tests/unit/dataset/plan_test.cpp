#include <gmock/gmock.h>

#include "dataset/options.hpp"

namespace reel::dataset {
namespace {

Plan planned(const Options& options) {
    const auto made = plan(options);
    EXPECT_TRUE(made.has_value()) << made.error().describe();
    return made.value_or(Plan{});
}

std::string refused(const Options& options) {
    const auto made = plan(options);
    return made.has_value() ? "" : made.error().describe();
}

TEST(Plans, FillInWhatIsNotSaid) {
    const Plan full = planned({.movies = 45'000, .ratings = 26'000'000});
    EXPECT_EQ(full.split_records, 3);
    EXPECT_EQ(full.repeated_records, 30);
    EXPECT_EQ(full.users, 270'833);
    const Plan small = planned({.movies = 100});
    EXPECT_EQ(small.ratings, 4'000);
    EXPECT_EQ(small.users, 41);
    EXPECT_EQ(small.split_records, 1);
    EXPECT_EQ(small.repeated_records, 2);
    EXPECT_EQ(small.bad_records, 0);
}

TEST(Plans, KeepWhatIsSaid) {
    const Plan said =
        planned({.movies = 100, .ratings = 50, .users = 10, .split_records = 0, .bad_percent = 5});
    EXPECT_EQ(said.ratings, 50);
    EXPECT_EQ(said.users, 10);
    EXPECT_EQ(said.split_records, 0);
    EXPECT_EQ(said.bad_records, 5);
}

TEST(Plans, HaveEnoughUsersForManyRatingsOfFewMovies) {
    EXPECT_EQ(planned({.movies = 1, .ratings = 5}).users, 5);
}

TEST(Plans, RefuseWhatCannotBeMade) {
    using testing::HasSubstr;
    EXPECT_THAT(refused({.movies = 0}), HasSubstr("--movies"));
    EXPECT_THAT(refused({.movies = 45'001}), HasSubstr("45000"));
    EXPECT_THAT(refused({.ratings = -1}), HasSubstr("--ratings"));
    EXPECT_THAT(refused({.split_records = -1}), HasSubstr("--split"));
    EXPECT_THAT(refused({.bad_percent = 101}), HasSubstr("--bad-percent"));
    EXPECT_THAT(refused({.bad_percent = -0.1}), HasSubstr("--bad-percent"));
    EXPECT_THAT(refused({.movies = 10, .ratings = 21, .users = 2}), HasSubstr("hint: everybody"));
    EXPECT_THAT(refused({.movies = 10, .ratings = 5, .users = 6}), HasSubstr("6 users cannot"));
}

}  // namespace
}  // namespace reel::dataset
