#include "dagfile/diagnostics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> messages(Diagnostics& diagnostics, const std::string& file = "f") {
    std::vector<std::string> result;
    for (const Diagnostic& diagnostic : diagnostics.take(file)) {
        result.push_back(diagnostic.message);
    }
    return result;
}

TEST(Diagnostics, ComeInTheOrderOfTheFileWhateverTheOrderTheyWereFound) {
    Diagnostics diagnostics;
    diagnostics.add({"f", 3, 1}, "third");
    diagnostics.add({"f", 1, 9}, "second");
    diagnostics.add({"f", 1, 2}, "first");
    diagnostics.add({"f", 10, 1}, "last");
    EXPECT_THAT(messages(diagnostics), ElementsAre("first", "second", "third", "last"));
}

TEST(Diagnostics, OfOnePlaceAreInTheOrderOfTheirText) {
    Diagnostics diagnostics;
    diagnostics.add({"f", 1, 1}, "b");
    diagnostics.add({"f", 1, 1}, "a");
    EXPECT_THAT(messages(diagnostics), ElementsAre("a", "b"));
}

TEST(Diagnostics, OfOtherFilesStandBehindThoseOfTheFile) {
    Diagnostics diagnostics;
    diagnostics.add({"a/defaults.yml", 1, 1}, "of another");
    diagnostics.add({"f", 9, 9}, "of the file");
    EXPECT_THAT(messages(diagnostics), ElementsAre("of the file", "of another"));
}

TEST(Diagnostics, AreToldOncePerPlaceAndText) {
    Diagnostics diagnostics;
    diagnostics.add({"f", 1, 1}, "same", "first hint");
    diagnostics.add({"f", 1, 1}, "same", "second hint");
    diagnostics.add({"f", 1, 2}, "same");
    const auto found = diagnostics.take("f");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].hint, "first hint");
}

TEST(Diagnostics, AreGoneOnceTheyAreTaken) {
    Diagnostics diagnostics;
    EXPECT_TRUE(diagnostics.empty());
    diagnostics.add({"f", 1, 1}, "m");
    EXPECT_FALSE(diagnostics.empty());
    EXPECT_THAT(messages(diagnostics), ElementsAre("m"));
    EXPECT_TRUE(diagnostics.empty());
    EXPECT_THAT(messages(diagnostics), IsEmpty());
}

TEST(Diagnostics, BelongToTheDagThatIsBeingRead) {
    Diagnostics diagnostics;
    diagnostics.set_dag("d");
    EXPECT_EQ(diagnostics.dag(), "d");
    diagnostics.add({"f", 1, 1}, "of d");
    diagnostics.set_dag("e");
    diagnostics.add({"f", 2, 1}, "of e");
    EXPECT_TRUE(diagnostics.concern("d"));
    EXPECT_TRUE(diagnostics.concern("e"));
    EXPECT_FALSE(diagnostics.concern("g"));
    EXPECT_EQ(diagnostics.take("f")[0].dag_id, "d");
}

TEST(Diagnostics, OfTheWholeFileConcernEveryDag) {
    Diagnostics diagnostics;
    EXPECT_FALSE(diagnostics.concern("d"));
    diagnostics.add({"f", 1, 1}, "of all");
    EXPECT_TRUE(diagnostics.concern("d"));
    EXPECT_TRUE(diagnostics.concern("anything"));
}

TEST(Diagnostics, CanBeGivenToTheirDagsAfterwards) {
    Diagnostics diagnostics;
    diagnostics.add({"f", 1, 1}, "m");
    diagnostics.add({"f", 5, 1}, "n");
    diagnostics.assign([](const core::SourcePosition& at) {
        return std::string(at.line < 3 ? "one" : "two");
    });
    const auto found = diagnostics.take("f");
    EXPECT_EQ(found[0].dag_id, "one");
    EXPECT_EQ(found[1].dag_id, "two");
}

TEST(Diagnostic, IsDescribedWithoutLineWhereItIsOfAWholeFile) {
    Diagnostic diagnostic{.at = {"f.yaml", 0, 0}, .message = "m", .hint = "", .dag_id = ""};
    EXPECT_EQ(diagnostic.describe(), "f.yaml: m");
    diagnostic.at = {"f.yaml", 7, 0};
    EXPECT_EQ(diagnostic.describe(), "f.yaml:7:0: m");
    diagnostic.hint = "h";
    EXPECT_EQ(diagnostic.describe(), "f.yaml:7:0: m\n  hint: h");
}

}  // namespace
}  // namespace reel::dagfile
