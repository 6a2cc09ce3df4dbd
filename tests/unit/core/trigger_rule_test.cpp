#include "reel/core/trigger_rule.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

namespace reel::core {
namespace {

using enum TriggerRule;

constexpr std::array all_rules{
    all_success,
    all_failed,
    all_done,
    all_done_min_one_success,
    all_skipped,
    one_success,
    one_failed,
    one_done,
    none_failed,
    none_failed_min_one_success,
    none_skipped,
    always,
};

/// "sfu-" is four upstreams: success, failed, upstream_failed, not done; k is skipped.
UpstreamCounts counts_of(const std::string& upstreams) {
    const std::map<char, TaskState> states{
        {'s', TaskState::success},
        {'f', TaskState::failed},
        {'u', TaskState::upstream_failed},
        {'k', TaskState::skipped},
        {'-', TaskState::running},
    };
    UpstreamCounts counts;
    for (const char upstream : upstreams) {
        ++counts.total;
        counts.add(states.at(upstream));
    }
    return counts;
}

char letter(Verdict verdict) {
    switch (verdict) {
        case Verdict::wait:
            return '.';
        case Verdict::run:
            return 'R';
        case Verdict::skip:
            return 'S';
        case Verdict::upstream_failed:
            return 'U';
    }
    return '?';
}

/// Every mix of two upstreams, and what each rule of `all_rules` says: wait '.', Run, Skip,
/// Upstream_failed.
//                  a  all  all  all  all  one  one  one  none none_f none  al
//                  s  fail done d_m1 skip succ fail done fail min_1  skip  ways
constexpr std::array<std::pair<const char*, const char*>, 15> pairs_table{{
    {"--", "...........R"},
    {"-s", ".S..SR.R...R"},
    {"-f", "U...S.RRUU.R"},
    {"-u", "U...S.R.UU.R"},
    {"-k", "SS.S......SR"},
    {"ss", "RSRRSRSRRRRR"},
    {"sf", "USRRSRRRUURR"},
    {"su", "USRRSRRRUURR"},
    {"sk", "SSRSSRSRRRSR"},
    {"ff", "URRUSURRUURR"},
    {"fu", "URRUSURRUURR"},
    {"fk", "USRSSURRUUSR"},
    {"uu", "URRUSURSUURR"},
    {"uk", "USRSSURSUUSR"},
    {"kk", "SSRSRSSSRSSR"},
}};

TEST(TriggerRules, JudgeEveryPairOfUpstreamsAsAirflowDoes) {
    for (const auto& [upstreams, expected] : pairs_table) {
        std::string verdicts;
        for (const TriggerRule rule : all_rules) {
            verdicts += letter(evaluate(rule, counts_of(upstreams)));
        }
        EXPECT_EQ(verdicts, expected) << upstreams;
    }
}

TEST(TriggerRules, RunWithoutUpstreams) {
    for (const TriggerRule rule : all_rules) {
        EXPECT_EQ(evaluate(rule, UpstreamCounts{}), Verdict::run) << to_string(rule);
    }
}

/// A second telling of the rules, from Airflow's documentation, held against the first over all
/// mixes of up to four upstreams.
struct Facts {
    int pending, success, failed, upstream_failed, skipped;
    [[nodiscard]] int total() const {
        return pending + success + failed + upstream_failed + skipped;
    }
};

bool may_ever_run(TriggerRule rule, const Facts& f) {
    const int bad = f.failed + f.upstream_failed;
    switch (rule) {
        case all_success:
            return bad + f.skipped == 0;
        case all_failed:
            return f.success + f.skipped == 0;
        case all_done:
        case always:
        case all_done_setup_success:  // none of these is a setup
            return true;
        case all_done_min_one_success:
            return f.skipped == 0 && f.success + f.pending > 0;
        case all_skipped:
            return f.success + bad == 0;
        case one_success:
            return f.success + f.pending > 0;
        case one_failed:
            return bad + f.pending > 0;
        case one_done:
            return f.success + f.failed + f.pending > 0;
        case none_failed:
            return bad == 0;
        case none_failed_min_one_success:
            return bad == 0 && f.success + f.pending > 0;
        case none_skipped:
            return f.skipped == 0;
    }
    return false;
}

bool needs_all_done(TriggerRule rule) {
    return rule != one_success && rule != one_failed && rule != one_done && rule != always;
}

bool has_its_one(TriggerRule rule, const Facts& f) {
    switch (rule) {
        case one_success:
            return f.success > 0;
        case one_failed:
            return f.failed + f.upstream_failed > 0;
        case one_done:
            return f.success + f.failed > 0;
        default:
            return true;
    }
}

void expect_agreement(const Facts& f) {
    const UpstreamCounts counts{
        .total = f.total(),
        .success = f.success,
        .failed = f.failed,
        .upstream_failed = f.upstream_failed,
        .skipped = f.skipped,
    };
    for (const TriggerRule rule : all_rules) {
        const Verdict verdict = evaluate(rule, counts);
        const bool over = verdict == Verdict::skip || verdict == Verdict::upstream_failed;
        EXPECT_EQ(over, !may_ever_run(rule, f)) << to_string(rule);
        if (over) continue;
        const bool ready =
            rule == always || (needs_all_done(rule) ? f.pending == 0 : has_its_one(rule, f));
        EXPECT_EQ(verdict == Verdict::run, ready) << to_string(rule);
    }
}

TEST(TriggerRules, RunWaitOrGiveUpConsistentlyForAllMixesOfFourUpstreams) {
    constexpr int most = 4;
    for (int code = 0; code < 5 * 5 * 5 * 5 * 5; ++code) {
        const Facts facts{
            .pending = code % 5,
            .success = code / 5 % 5,
            .failed = code / 25 % 5,
            .upstream_failed = code / 125 % 5,
            .skipped = code / 625,
        };
        if (facts.total() == 0 || facts.total() > most) continue;
        SCOPED_TRACE(code);
        expect_agreement(facts);
    }
}

TEST(TriggerRules, EveryWordReadsBackAsItsRule) {
    for (const TriggerRule rule : all_rules) {
        EXPECT_EQ(parse_trigger_rule(to_string(rule)), rule);
    }
    EXPECT_EQ(to_string(none_failed_min_one_success), "none_failed_min_one_success");
    EXPECT_EQ(parse_trigger_rule("all_succes"), std::nullopt);
}

TEST(UpstreamCounts, RemoveUndoesAdd) {
    UpstreamCounts counts{.total = 13};
    for (const TaskState state : all_task_states) counts.add(state);
    EXPECT_EQ(counts.success, 2);  // removed counts as success
    EXPECT_EQ(counts.failed, 1);
    EXPECT_EQ(counts.upstream_failed, 1);
    EXPECT_EQ(counts.skipped, 1);
    EXPECT_EQ(counts.done(), 5);
    for (const TaskState state : all_task_states) counts.remove(state);
    EXPECT_EQ(counts.done(), 0);
}

}  // namespace
}  // namespace reel::core
