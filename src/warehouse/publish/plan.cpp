#include "warehouse/publish/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

/// Below this all is a matter of milliseconds, and looking around costs as much as the work.
constexpr std::int64_t few_rows = 5000;

/// Microseconds of the server's CPU per row, as measured (docs/architecture/performance.md); only
/// their ratios matter.
namespace cost {
constexpr double conflict_insert = 2.1;
constexpr double conflict_update = 4.0;
constexpr double conflict_equal = 1.7;  // an unchanged row is locked before it is compared
constexpr double merge_insert = 1.7;
constexpr double merge_update = 3.9;
constexpr double merge_equal = 1.6;
constexpr double joined_update = 4.6;  // by MERGE, behind a join
constexpr double joined_equal = 0.05;
constexpr double kept_insert = 2.5;  // kept aside first, once it was found to be new
constexpr double kept_update = 6.0;
constexpr double hashed = 0.4;    // of the source, to be compared
constexpr double scanned = 0.3;   // of the target
constexpr double in_order = 0.5;  // of these two, where nothing has to be hashed
}  // namespace cost

/// More than that is worth writing the rows once more.
constexpr double most_dead = 0.1;

/// A file of which so much is there already comes again and again.
constexpr double mostly = 0.9;
constexpr std::int64_t quickly_counted = 100'000;

/// Shares of the source's rows.
struct Shares {
    double added;
    double changed;
    double equal;
};

Shares shares_of(const Overlap& overlap) {
    const auto all = static_cast<double>(overlap.sampled);
    return {
        static_cast<double>(overlap.sampled - overlap.matched) / all,
        static_cast<double>(overlap.matched - overlap.equal) / all,
        static_cast<double>(overlap.equal) / all
    };
}

/// The cheapest that can be done.
Strategy cheapest(const PublishFacts& facts, const Shares& shares) {
    const auto source = static_cast<double>(facts.source_rows);
    const auto per_row = [&](double added, double changed, double equal) {
        return source * (shares.added * added + shares.changed * changed + shares.equal * equal);
    };
    const double join =
        static_cast<double>(facts.target_rows) * cost::scanned + source * cost::hashed;
    const double comparing = join * (facts.in_order ? cost::in_order : 1) +
                             per_row(cost::kept_insert, cost::kept_update, 0);
    const double on_conflict =
        per_row(cost::conflict_insert, cost::conflict_update, cost::conflict_equal);
    // The server chooses how it finds the rows.
    const double merging = std::min(
        per_row(cost::merge_insert, cost::merge_update, cost::merge_equal),
        join + per_row(cost::merge_insert, cost::joined_update, cost::joined_equal)
    );
    const bool merges = facts.can_merge && merging <= on_conflict;
    if (comparing < (merges ? merging : on_conflict)) return Strategy::compare;
    return merges ? Strategy::merge : Strategy::on_conflict;
}

std::string percent(double share) {
    return fmt::format("{:.0f} %", share * 100);
}

PublishPlan plan_by_overlap(const PublishFacts& facts, const Overlap& overlap) {
    const Shares shares = shares_of(overlap);
    const auto found = fmt::format(
        "of {} sampled rows {} are new, {} changed, {} unchanged; the table has about {}{}",
        grouped(overlap.sampled),
        percent(shares.added),
        percent(shares.changed),
        percent(shares.equal),
        grouped(facts.target_rows),
        facts.in_order ? "; both lie in the order of the key" : ""
    );
    const Strategy strategy = cheapest(facts, shares);
    return {strategy, found, strategy == Strategy::compare && facts.in_order};
}

PublishPlan plan_merge(const PublishFacts& facts) {
    if (facts.is_empty) {
        return {Strategy::insert, "the table is empty"};
    }
    if (facts.source_rows < few_rows) {
        return {Strategy::on_conflict, fmt::format("{} rows are few", grouped(facts.source_rows))};
    }
    if (!facts.can_compare) {
        return {
            Strategy::on_conflict,
            "a column's type differs between source and table, so values compare only once stored"
        };
    }
    if (!facts.overlap || facts.overlap->sampled == 0) {
        return {Strategy::on_conflict, "nothing is known of the overlap"};
    }
    return plan_by_overlap(facts, *facts.overlap);
}

/// Why a staged table cannot become the target; "" where it can.
std::string reason_to_copy(const StagedFacts& staged) {
    if (!staged.has_one_reader) {
        return "others read the staged one, too";
    }
    if (!staged.same_owner) {
        return "the staged one is another role's";
    }
    if (!staged.same_rights) {
        return "its schema grants rights to tables that are made there";
    }
    if (staged.dead_share > most_dead) {
        return fmt::format("{} of the staged one is dead", percent(staged.dead_share));
    }
    return "";
}

PublishPlan plan_new(const PublishFacts& facts) {
    // Each version needs columns that are not staged.
    if (!facts.staged || facts.mode == LoadMode::scd2) {
        return {Strategy::create, "the table is new"};
    }
    if (const auto why = reason_to_copy(*facts.staged); !why.empty()) {
        return {Strategy::create, "the table is new; " + why};
    }
    return {Strategy::take_over, "the table is new; the staged one becomes it"};
}

}  // namespace

std::string_view to_string(Strategy strategy) {
    switch (strategy) {
        case Strategy::take_over:
            return "take_over";
        case Strategy::create:
            return "create";
        case Strategy::insert:
            return "insert";
        case Strategy::merge:
            return "merge";
        case Strategy::on_conflict:
            return "on_conflict";
        case Strategy::compare:
            return "compare";
        case Strategy::unchanged:
            return "unchanged";
    }
    return "on_conflict";
}

bool needs_overlap(const PublishFacts& facts) {
    return merges(facts.mode) && facts.has_key && facts.exists && !facts.is_empty &&
           facts.can_compare && facts.source_rows >= few_rows;
}

bool is_worth_a_state(const PublishFacts& facts, const PublishPlan& plan) {
    if (!facts.exists) {
        return merges(facts.mode);
    }
    // Rows that were written behind a savepoint (merge, insert) do not show this transaction's id.
    const bool writes_by_key =
        plan.strategy == Strategy::compare || plan.strategy == Strategy::on_conflict;
    const bool is_there =
        facts.overlap && facts.overlap->sampled > 0 && shares_of(*facts.overlap).equal >= mostly;
    return merges(facts.mode) && writes_by_key &&
           (is_there || facts.target_rows <= quickly_counted);
}

PublishPlan plan_publish(const PublishFacts& facts) {
    if (!facts.exists) {
        return plan_new(facts);
    }
    switch (facts.mode) {
        case LoadMode::append:
            return {Strategy::insert, "mode append adds every row"};
        case LoadMode::delete_insert:
            return {Strategy::insert, "the window is emptied first"};
        case LoadMode::scd2:
            return {Strategy::compare, "mode scd2 adds versions of what differs"};
        case LoadMode::replace:
            return facts.has_key ? plan_merge(facts)
                                 : PublishPlan{Strategy::insert, "the table is emptied first"};
        case LoadMode::upsert:
            return plan_merge(facts);
    }
    return plan_merge(facts);
}

}  // namespace reel::warehouse
