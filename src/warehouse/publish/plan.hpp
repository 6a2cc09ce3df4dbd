#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// How rows get into the target.
enum class Strategy {
    take_over,    ///< the staged table becomes the target, then its key
    create,       ///< a new table made of the rows, then its key
    insert,       ///< plain INSERT
    merge,        ///< MERGE of what differs; by on_conflict where somebody else is in its way
    on_conflict,  ///< INSERT … ON CONFLICT DO UPDATE of what differs
    compare,      ///< one join finds what differs, only that is written (by on_conflict)
    unchanged,    ///< nothing: all of it is there already, untouched since
};

[[nodiscard]] std::string_view to_string(Strategy strategy);

/// What a look at some of the source's rows has found in the target.
struct Overlap {
    std::int64_t sampled = 0;
    std::int64_t matched = 0;  ///< by key
    std::int64_t equal = 0;    ///< of those, the ones that need no update
};

/// What decides whether a staged table can become the target.
struct StagedFacts {
    bool has_one_reader = false;  ///< nobody will look for its rows where they were staged
    bool same_owner = true;       ///< it belongs to the role that publishes
    bool same_rights = true;      ///< no schema grants rights of its own to new tables
    double dead_share = 0;        ///< of its bytes: what is no part of a row any more
};

/// What is known before anything is written.
struct PublishFacts {
    LoadMode mode = LoadMode::upsert;
    bool has_key = true;
    bool exists = true;              ///< the target was there before
    bool is_empty = false;           ///< it has no row
    bool can_compare = true;         ///< the target's types take every value as the source has it
    bool can_merge = false;          ///< the server has MERGE, and can tell what it has written
    std::int64_t source_rows = 0;    ///< exact
    std::int64_t target_rows = 0;    ///< by the server's statistics
    bool in_order = false;           ///< both lie in the order of the key's index
    std::optional<Overlap> overlap;  ///< unset where nobody looked
    std::optional<StagedFacts> staged;  ///< unset where the rows are a query's
};

struct PublishPlan {
    Strategy strategy = Strategy::on_conflict;
    std::string reason;     ///< for people
    bool in_order = false;  ///< compare: side by side, instead of by hash
};

/// Whether a sample of the source would change the plan, so that it is worth its time.
[[nodiscard]] bool needs_overlap(const PublishFacts& facts);

/// Whether what the publish leaves is worth remembering, so that the same content need not even be
/// compared the next time. Of a table that was there before, its rows have to be counted for that.
[[nodiscard]] bool is_worth_a_state(const PublishFacts& facts, const PublishPlan& plan);

/// Pure: equal facts give an equal plan. The rows that end up in the target are the same with each
/// strategy; only the time it takes differs.
[[nodiscard]] PublishPlan plan_publish(const PublishFacts& facts);

}  // namespace reel::warehouse
