// What stands between too many tasks may not be absent from some runs.

#include <gmock/gmock.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// So many tasks, then those in the middle, then as many again.
std::string around(int count, const std::string& middle, const char* last) {
    std::string before;
    std::string behind;
    for (int i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        before += "    u" + number + ": {operator: empty}\n";
        behind += "    d" + number + ": {operator: empty, dependencies: [" + last + "]}\n";
    }
    return "d:\n  tasks:\n" + before + middle + behind;
}

std::string list_of(int count) {
    std::string names;
    for (int i = 0; i < count; ++i) names += (i == 0 ? "u" : ", u") + std::to_string(i);
    return "[" + names + "]";
}

TEST(SpanChecks, WhatIsAbsentDoesNotStandBetweenTooManyOthers) {
    const std::string join = "    join: {operator: empty, start_date: 2024-06-01, dependencies: ";
    EXPECT_THAT(
        mistakes_in(around(400, join + list_of(400) + "}\n", "join")),
        ElementsAre("1:1 the tasks that runs of 2024-05-31T23:59:59.999999+00:00 go without stand "
                    "between too many others: more than 100000 dependencies would take their place")
    );
    EXPECT_THAT(mistakes_in(around(200, join + list_of(200) + "}\n", "join")), IsEmpty());
    const std::string gate = "    gate: {operator: empty, dependencies: " + list_of(400) + "}\n";
    EXPECT_THAT(mistakes_in(around(400, gate + join + "[gate]}\n", "join")), IsEmpty());
}

TEST(SpanChecks, ALongChainOfThemIsNone) {
    std::string text = "d:\n  tasks:\n    t0: {operator: empty}\n";
    for (int i = 1; i < 1000; ++i) {
        const std::string day = "2024-0" + std::to_string(1 + i % 9) + "-01";
        text += "    t" + std::to_string(i) + ": {operator: empty, start_date: " + day +
                ", dependencies: [t" + std::to_string(i - 1) + "]}\n";
    }
    EXPECT_THAT(mistakes_in(text), IsEmpty());
}

}  // namespace
}  // namespace reel::dagfile
