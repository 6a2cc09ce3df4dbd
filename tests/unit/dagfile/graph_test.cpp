#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "b<a; c<a,b": tasks in the file's order with what they depend on.
std::string tasks(const std::string& graph) {
    std::string text = "d:\n  tasks:\n";
    for (std::size_t start = 0; start < graph.size();) {
        const std::size_t end = std::min(graph.find(';', start), graph.size());
        const std::string one = graph.substr(start, end - start);
        const std::size_t arrow = std::min(one.find('<'), one.size());
        text += "    " + one.substr(0, arrow) + ": {operator: empty";
        if (arrow < one.size()) {
            text += ", dependencies: [" + one.substr(arrow + 1) + "]";
        }
        text += "}\n";
        start = end + 1;
    }
    return text;
}

TEST(Graph, LinksTasksBothWays) {
    //   a ─ b ┐
    //    └─ c ┴ e
    const core::Dag d = parse_one(tasks("a;b<a;c<a;e<c,b,b"));
    EXPECT_THAT(d.tasks[0].upstream, IsEmpty());
    EXPECT_THAT(d.tasks[0].downstream, ElementsAre(1, 2));
    EXPECT_THAT(d.tasks[3].upstream, ElementsAre(1, 2));
    EXPECT_THAT(d.tasks[3].downstream, IsEmpty());
}

TEST(Graph, TakesADependencyBeforeItsTask) {
    EXPECT_THAT(upstreams_of(parse_one(tasks("a<b;b")), "a"), ElementsAre("b"));
}

TEST(Graph, TakesASingleNameForAList) {
    const core::Dag d =
        parse_one("d: {tasks: {a: {operator: empty}, b: {operator: empty, dependencies: a}}}\n");
    EXPECT_THAT(upstreams_of(d, "b"), ElementsAre("a"));
}

TEST(Graph, ReportsEachUnknownDependencyWithWhatWasMeant) {
    const LoadedFile file = parse(tasks("extract;load<extrat,nobody"));
    EXPECT_THAT(
        mistakes_of(file),
        ElementsAre("4:44 unknown dependency 'extrat'", "4:51 unknown dependency 'nobody'")
    );
    EXPECT_EQ(file.diagnostics[0].hint, "did you mean 'extract'?");
    EXPECT_EQ(file.diagnostics[1].hint, "");
}

TEST(Graph, NamesTheWholeCycle) {
    EXPECT_THAT(mistakes_in(tasks("a<c;b<a;c<b")), ElementsAre("3:41 cycle a → b → c → a"));
    EXPECT_THAT(mistakes_in(tasks("a<a")), ElementsAre("3:41 cycle a → a"));
}

TEST(Graph, ReportsTwoCyclesThatDoNotTouch) {
    EXPECT_THAT(
        mistakes_in(tasks("a<b;b<a;x;c<e,x;e<c")),
        ElementsAre("3:41 cycle a → b → a", "6:41 cycle c → e → c")
    );
}

TEST(Graph, FindsACycleBehindATaskOutsideOfIt) {
    EXPECT_THAT(mistakes_in(tasks("a;b<a,c;c<b")), ElementsAre("4:43 cycle b → c → b"));
}

TEST(Graph, BearsALongChain) {
    std::string text = "d:\n  tasks:\n    t0: {operator: empty}\n";
    for (int i = 1; i < 600; ++i) {
        text += "    t" + std::to_string(i) + ": {operator: empty, dependencies: [t" +
                std::to_string(i - 1) + "]}\n";
    }
    const core::Dag d = parse_one(text);
    ASSERT_EQ(d.tasks.size(), 600U);
    EXPECT_THAT(d.tasks[599].upstream, ElementsAre(598));
}

}  // namespace
}  // namespace reel::dagfile
