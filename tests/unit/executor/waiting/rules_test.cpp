#include "executor/waiting/rules.hpp"

#include <gtest/gtest.h>

namespace reel::executor {

using namespace std::chrono_literals;

namespace {

WaitRules rules_of(const Json& args) {
    return parse_wait_rules(args, sensor_timeout).value();
}

}  // namespace

TEST(WaitRules, AreAirflowsWhereNothingIsSaid) {
    const WaitRules rules = rules_of(Json::object());
    EXPECT_EQ(rules.poke_interval, 60s);
    EXPECT_EQ(rules.timeout, core::Duration(7 * 24h));
    EXPECT_FALSE(rules.over_all_tries);
    EXPECT_FALSE(rules.soft_fail || rules.never_fail || rules.silent_fail);
    EXPECT_EQ(parse_wait_rules(Json::object(), std::nullopt)->timeout, std::nullopt);
}

TEST(WaitRules, ComeFromTheArguments) {
    const WaitRules rules = rules_of(
        {{"poke_interval", 0.5},
         {"timeout", "2h"},
         {"mode", "reschedule"},
         {"soft_fail", true},
         {"silent_fail", "True"},
         {"exponential_backoff", true},
         {"max_wait", 300}}
    );
    EXPECT_EQ(rules.poke_interval, 500ms);
    EXPECT_EQ(rules.timeout, 2h);
    EXPECT_TRUE(rules.over_all_tries);
    EXPECT_TRUE(rules.soft_fail);
    EXPECT_TRUE(rules.silent_fail);
    EXPECT_EQ(rules.max_wait, 5min);
}

TEST(WaitRules, RefuseWhatIsNoDuration) {
    const auto rules = parse_wait_rules({{"timeout", "soon"}}, sensor_timeout);
    ASSERT_FALSE(rules);
    EXPECT_EQ(rules.error().code, core::Errc::invalid_argument);
    EXPECT_TRUE(rules.error().message.starts_with("'timeout': ")) << rules.error().message;
    EXPECT_FALSE(parse_wait_rules({{"max_wait", Json::array()}}, sensor_timeout));
}

TEST(PauseAfter, IsTheIntervalWithoutBackoff) {
    for (const int looks : {1, 2, 100})
        EXPECT_EQ(pause_after(rules_of({{"poke_interval", 5}}), looks), 5s);
}

TEST(PauseAfter, DoublesWithBackoffUpToItsCap) {
    const WaitRules rules =
        rules_of({{"poke_interval", 5}, {"exponential_backoff", true}, {"max_wait", 30}});
    EXPECT_EQ(pause_after(rules, 1), 5s);
    EXPECT_EQ(pause_after(rules, 2), 10s);
    EXPECT_EQ(pause_after(rules, 3), 20s);
    EXPECT_EQ(pause_after(rules, 4), 30s);
    EXPECT_EQ(pause_after(rules, 1'000'000), 30s);
    const WaitRules endless = rules_of({{"poke_interval", 5}, {"exponential_backoff", true}});
    EXPECT_EQ(pause_after(endless, 1'000'000), core::Duration(7 * 24h)) << "no overflow";
}

TEST(PauseAfter, IsNeverSoShortThatLookingIsAllThatIsDone) {
    EXPECT_EQ(pause_after(rules_of({{"poke_interval", 0}}), 1), 100ms);
    EXPECT_EQ(pause_after(rules_of({{"exponential_backoff", true}, {"max_wait", 0}}), 3), 100ms);
}

TEST(WordsOf, AreTextsAndNumbersAloneOrInAList) {
    EXPECT_EQ(words_of({{"a", "x"}}, "a"), std::vector<std::string>{"x"});
    EXPECT_EQ(words_of({{"a", {"x", 404}}}, "a"), (std::vector<std::string>{"x", "404"}));
    EXPECT_TRUE(words_of(Json::object(), "a").empty());
}

}  // namespace reel::executor
