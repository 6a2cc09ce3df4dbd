#include <gtest/gtest.h>

#include <map>

#include "contract/store/fixture.hpp"
#include "contract/store/random_steps.hpp"
#include "contract/store/step_words.hpp"

namespace reel::store {

namespace {

constexpr unsigned seeds = 25;
constexpr int steps_per_seed = 40;

/// The answer, or how the store broke down: a wrong commit is the caller's mistake, and neither
/// store may throw because of it.
Answer answer_of(const Step& step, RunStore& store) {
    try {
        return step.take(store);
    } catch (const std::exception& failure) {
        return {.code = core::Errc::internal, .words = std::string("threw ") + failure.what()};
    }
}

void compare(unsigned seed, std::map<std::optional<core::Errc>, int>& tally) {
    const auto memory = make_empty_store("memory");
    const auto postgres = make_empty_store("postgres");
    RandomSteps steps(seed, *memory);
    for (int number = 1; number <= steps_per_seed; ++number) {
        const Step step = steps.next();
        SCOPED_TRACE(
            "seed " + std::to_string(seed) + ", step " + std::to_string(number) + ": " + step.words
        );
        const Answer expected = answer_of(step, *memory);
        ++tally[expected.code];
        ASSERT_EQ(answer_of(step, *postgres), expected);
        if (number % 5 == 0) {
            ASSERT_EQ(everything(*postgres), everything(*memory));
        }
    }
}

TEST(RunStores, GiveTheSameAnswersToAnySequenceOfCallsInOrderOrNot) {
    std::map<std::optional<core::Errc>, int> tally;
    for (unsigned seed = 1; seed <= seeds; ++seed) compare(seed, tally);
    using core::Errc;
    EXPECT_GT(tally[std::nullopt], 100) << "calls that are in order";
    for (const Errc code :
         {Errc::not_found, Errc::already_exists, Errc::conflict, Errc::invalid_argument}) {
        EXPECT_GT(tally[code], 10) << "refusals of kind " << static_cast<int>(code);
    }
    EXPECT_EQ(tally.size(), 5U) << "and no others";
}

}  // namespace

}  // namespace reel::store
