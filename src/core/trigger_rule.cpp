#include "reel/core/trigger_rule.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "reel/core/words.hpp"

namespace reel::core {

namespace {

constexpr Words<TriggerRule, 13> words{{
    {TriggerRule::all_success, "all_success"},
    {TriggerRule::all_failed, "all_failed"},
    {TriggerRule::all_done, "all_done"},
    {TriggerRule::all_done_min_one_success, "all_done_min_one_success"},
    {TriggerRule::all_skipped, "all_skipped"},
    {TriggerRule::one_success, "one_success"},
    {TriggerRule::one_failed, "one_failed"},
    {TriggerRule::one_done, "one_done"},
    {TriggerRule::none_failed, "none_failed"},
    {TriggerRule::none_failed_min_one_success, "none_failed_min_one_success"},
    {TriggerRule::none_skipped, "none_skipped"},
    {TriggerRule::always, "always"},
    {TriggerRule::all_done_setup_success, "all_done_setup_success"},
}};

void count(UpstreamCounts& counts, TaskState state, int by) {
    switch (state) {
        case TaskState::success:
        case TaskState::removed:
            counts.success += by;
            return;
        case TaskState::failed:
            counts.failed += by;
            return;
        case TaskState::upstream_failed:
            counts.upstream_failed += by;
            return;
        case TaskState::skipped:
            counts.skipped += by;
            return;
        default:
            return;
    }
}

void count_setup(UpstreamCounts& counts, TaskState state, int by) {
    if (!is_finished(state)) return;
    counts.setups_done += by;
    const bool good = state == TaskState::success || state == TaskState::removed;
    if (good) counts.setups_success += by;
    if (state == TaskState::skipped) counts.setups_skipped += by;
}

Verdict run_if(bool met) {
    return met ? Verdict::run : Verdict::wait;
}

/// The facts that the rules speak of.
struct Standing {
    explicit Standing(const UpstreamCounts& counts)
        : total(counts.total),
          success(counts.success),
          failed(counts.failed),
          bad(counts.failed + counts.upstream_failed),
          skipped(counts.skipped),
          done(counts.done() >= counts.total) {}
    int total;
    int success;
    int failed;
    int bad;  ///< failed or upstream_failed
    int skipped;
    bool done;
};

Verdict none_may_fail(const Standing& up, bool needs_success) {
    if (up.bad > 0) return Verdict::upstream_failed;
    if (needs_success && up.skipped == up.total) return Verdict::skip;
    return run_if(up.done);
}

Verdict one_success(const Standing& up) {
    if (up.success > 0) return Verdict::run;
    if (!up.done) return Verdict::wait;
    return up.skipped == up.total ? Verdict::skip : Verdict::upstream_failed;
}

/// Waits for the first upstream that counts; skips when all are done and none did.
Verdict first_of(const Standing& up, bool seen) {
    if (seen) return Verdict::run;
    return up.done ? Verdict::skip : Verdict::wait;
}

Verdict all_success(const Standing& up) {
    if (up.bad > 0) return Verdict::upstream_failed;
    if (up.skipped > 0) return Verdict::skip;
    return run_if(up.done);
}

Verdict all_done_min_one_success(const Standing& up) {
    if (up.skipped > 0) return Verdict::skip;
    if (!up.done) return Verdict::wait;
    return up.success > 0 ? Verdict::run : Verdict::upstream_failed;
}

Verdict all_done_setup_success(const UpstreamCounts& counts) {
    const bool setups_are_done = counts.setups_done >= counts.setups;
    if (counts.setups > 0 && setups_are_done && counts.setups_success == 0) {
        return counts.setups_skipped == counts.setups ? Verdict::skip : Verdict::upstream_failed;
    }
    return run_if(counts.done() >= counts.total);
}

}  // namespace

std::string_view to_string(TriggerRule rule) {
    return find_word(words, rule);
}

std::optional<TriggerRule> parse_trigger_rule(std::string_view text) {
    return find_value(words, text);
}

void UpstreamCounts::add(TaskState state, bool is_setup) {
    count(*this, state, 1);
    if (is_setup) count_setup(*this, state, 1);
}

void UpstreamCounts::remove(TaskState state, bool is_setup) {
    count(*this, state, -1);
    if (is_setup) count_setup(*this, state, -1);
}

UpstreamCounts& UpstreamCounts::operator+=(const UpstreamCounts& other) {
    total += other.total;
    success += other.success;
    failed += other.failed;
    upstream_failed += other.upstream_failed;
    skipped += other.skipped;
    setups += other.setups;
    setups_success += other.setups_success;
    setups_skipped += other.setups_skipped;
    setups_done += other.setups_done;
    return *this;
}

Verdict evaluate(TriggerRule rule, const UpstreamCounts& upstreams) {
    if (upstreams.total == 0) return Verdict::run;
    const Standing up(upstreams);
    switch (rule) {
        case TriggerRule::always:
            return Verdict::run;
        case TriggerRule::all_success:
            return all_success(up);
        case TriggerRule::all_failed:
            return up.success + up.skipped > 0 ? Verdict::skip : run_if(up.done);
        case TriggerRule::all_done:
            return run_if(up.done);
        case TriggerRule::all_done_min_one_success:
            return all_done_min_one_success(up);
        case TriggerRule::all_skipped:
            return up.success + up.bad > 0 ? Verdict::skip : run_if(up.done);
        case TriggerRule::one_success:
            return one_success(up);
        case TriggerRule::one_failed:
            return first_of(up, up.bad > 0);
        case TriggerRule::one_done:
            return first_of(up, up.success + up.failed > 0);
        case TriggerRule::none_failed:
            return none_may_fail(up, false);
        case TriggerRule::none_failed_min_one_success:
            return none_may_fail(up, true);
        case TriggerRule::none_skipped:
            return up.skipped > 0 ? Verdict::skip : run_if(up.done);
        case TriggerRule::all_done_setup_success:
            return all_done_setup_success(upstreams);
    }
    return Verdict::wait;
}

}  // namespace reel::core
