#include "warehouse/source/members.hpp"

#include <gmock/gmock.h>

namespace reel::warehouse {
namespace {

using Names = std::vector<std::string>;
using testing::HasSubstr;

const Names several = {"ml/ratings.csv", "ml/links.csv", "README.txt", "old/links.csv"};

core::Error refused(const Names& names, const std::string& member) {
    const auto chosen = choose_members(names, member);
    EXPECT_FALSE(chosen) << testing::PrintToString(*chosen);
    return chosen ? core::Error{} : chosen.error();
}

TEST(ChooseMembers, TakesTheOnlyOneUnasked) {
    EXPECT_EQ(choose_members({"a.csv"}, "").value(), Names{"a.csv"});
}

TEST(ChooseMembers, ListsThemWhereNoneIsNamed) {
    const auto error = refused(several, "");
    EXPECT_EQ(error.code, core::Errc::invalid_argument);
    EXPECT_EQ(error.message, "the archive holds 4 files, and source.member names none");
    EXPECT_EQ(
        error.hint,
        "name one of them, or several by a pattern: ml/ratings.csv, ml/links.csv, README.txt, "
        "old/links.csv"
    );
}

TEST(ChooseMembers, TakesANameWithOrWithoutItsFolder) {
    EXPECT_EQ(choose_members(several, "ml/links.csv").value(), Names{"ml/links.csv"});
    EXPECT_EQ(choose_members(several, "ratings.csv").value(), Names{"ml/ratings.csv"});
    EXPECT_EQ(choose_members({"a.csv", "x/a.csv"}, "a.csv").value(), Names{"a.csv"});
}

TEST(ChooseMembers, DoesNotChooseBetweenFolders) {
    const auto error = refused(several, "links.csv");
    EXPECT_EQ(error.message, "'links.csv' is in several folders of the archive");
    EXPECT_THAT(error.hint, HasSubstr("ml/links.csv, old/links.csv"));
}

TEST(ChooseMembers, TakesAllThatFitAPatternInTheirOrder) {
    EXPECT_EQ(
        choose_members(several, "*.csv").value(),
        (Names{"ml/ratings.csv", "ml/links.csv", "old/links.csv"})
    );
    EXPECT_EQ(choose_members(several, "ml/*").value(), (Names{"ml/ratings.csv", "ml/links.csv"}));
    EXPECT_EQ(choose_members(several, "**/l*.csv").value().size(), 2U);
}

TEST(ChooseMembers, GuessesWhatWasMeant) {
    const auto error = refused(several, "ml/rating.csv");
    EXPECT_EQ(error.code, core::Errc::not_found);
    EXPECT_EQ(
        error.message, "the archive has no file 'ml/rating.csv' (did you mean 'ml/ratings.csv'?)"
    );
    EXPECT_THAT(error.hint, HasSubstr("there are: ml/ratings.csv, "));
    EXPECT_EQ(refused(several, "*.json").message, "no file of the archive fits '*.json'");
}

TEST(ChooseMembers, RefusesTwoOfOneName) {
    EXPECT_EQ(
        refused({"a.csv", "b.csv", "a.csv"}, "a.csv").message,
        "the archive has two files of the name 'a.csv'"
    );
    EXPECT_EQ(choose_members({"a.csv", "b.csv", "a.csv"}, "b.csv").value(), Names{"b.csv"});
}

TEST(ChooseMembers, CutsALongListAndShowsOddNames) {
    Names many;
    for (int i = 0; i < 25; ++i) many.push_back("file" + std::to_string(100 + i));
    many[0] = "a\n\xff";
    const auto error = refused(many, "");
    EXPECT_THAT(error.hint, HasSubstr("file119 and 5 more"));
    EXPECT_THAT(error.hint, HasSubstr("\\xff"));
}

TEST(ChooseMembers, RefusesAnArchiveWithoutFiles) {
    EXPECT_EQ(refused({}, "").message, "the archive holds no file");
    EXPECT_EQ(refused({}, "a.csv").code, core::Errc::corrupt_data);
}

}  // namespace
}  // namespace reel::warehouse
