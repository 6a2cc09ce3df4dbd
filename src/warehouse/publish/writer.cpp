#include "warehouse/publish/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "warehouse/count_of.hpp"
#include "warehouse/publish/compare_sql.hpp"
#include "warehouse/publish/missing_sql.hpp"
#include "warehouse/publish/target.hpp"
#include "warehouse/publish/version_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

core::Result<void> check_counts(const PublishSpec& spec, const PublishCounts& counts) {
    if (counts.balances()) {
        return {};
    }
    return core::fail(
        core::Errc::internal,
        fmt::format(
            "rows do not add up: {} in the source, but {} inserted + {} updated + {} unchanged + "
            "{} duplicates",
            counts.rows,
            counts.inserted,
            counts.updated,
            counts.unchanged,
            counts.duplicates
        ),
        "nothing was changed; a trigger or rule on the table may drop rows",
        spec.into.readable()
    );
}

/// A key or exclusion that is taken, a row that would be written twice, what the server lacks.
constexpr std::array<std::string_view, 4> left_to_conflict{"23505", "23P01", "21000", "0A000"};

bool exceeds(std::int64_t missing, std::int64_t live, const RejectLimit& limit) {
    return limit.share ? static_cast<double>(missing) > *limit.share * static_cast<double>(live)
                       : missing > static_cast<std::int64_t>(limit.count);
}

}  // namespace

core::Result<PublishCounts> TargetWriter::write(const PublishPlan& plan, std::int64_t rows) {
    counts_ = {};
    counts_.rows = rows;
    if (const auto inside = check_window(); !inside) {
        return std::unexpected(inside.error());
    }
    if (plan.strategy == Strategy::take_over) {
        counts_.inserted = take_over_staged(link_, spec_, shape_, rows);
    } else if (plan.strategy == Strategy::create) {
        counts_.inserted = make_target(link_, spec_, shape_, at_);
    } else {
        if (const auto cleared = clear(); !cleared) {
            return std::unexpected(cleared.error());
        }
        if (const auto done = put(plan); !done) {
            return std::unexpected(done.error());
        }
    }
    if (const auto whole = check_counts(spec_, counts_); !whole) {
        return std::unexpected(whole.error());
    }
    return counts_;
}

core::Result<void> TargetWriter::check_window() const {
    if (!spec_.window) {
        return {};
    }
    const auto outside = count_of(link_.exec(count_outside_sql(shape_, *spec_.window)), "outside");
    if (outside == 0) {
        return {};
    }
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format("{} rows of the source lie outside of the window", grouped(outside)),
        "the next load of the window would not replace them; leave them out, or widen the window",
        spec_.into.readable()
    );
}

core::Result<void> TargetWriter::clear() {
    if (spec_.mode == LoadMode::replace) {
        counts_.deleted = affected(delete_missing_sql(shape_));
    } else if (spec_.window) {
        counts_.deleted = affected(delete_window_sql(shape_, *spec_.window));
    } else if (spec_.missing != MissingRows::keep) {
        return clear_missing();
    }
    return {};
}

core::Result<void> TargetWriter::clear_missing() {
    const auto found = link_.exec(count_missing_sql(shape_, spec_));
    const auto live = count_of(found, "live");
    const auto missing = count_of(found, "missing");
    if (exceeds(missing, live, spec_.max_deleted)) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format(
                "the source lacks {} of the table's {} rows, more than max_deleted ({})",
                grouped(missing),
                grouped(live),
                spec_.max_deleted.readable()
            ),
            "nothing was changed; is the source whole? Else raise max_deleted",
            spec_.into.readable()
        );
    }
    if (missing > 0) {
        counts_.deleted = affected(
            spec_.missing == MissingRows::hard ? delete_missing_sql(shape_)
                                               : retire_missing_sql(shape_, spec_, at_)
        );
    }
    return {};
}

core::Result<void> TargetWriter::put(const PublishPlan& plan) {
    if (spec_.mode == LoadMode::scd2) {
        return add_versions();
    }
    if (plan.strategy == Strategy::insert) {
        insert();
    } else if (plan.strategy == Strategy::compare) {
        compare(plan.in_order);
    } else if (plan.strategy == Strategy::merge) {
        merge();
    } else {
        put_by_conflict(shape_);
    }
    return {};
}

void TargetWriter::insert() {
    const auto all = [&] {
        counts_.inserted = affected(append_sql(shape_));
        return true;
    };
    if (!merges(spec_.mode) || shape_.key.empty()) {
        static_cast<void>(all());
    } else {
        put_else_by_conflict(all);
    }
}

/// The server's counters must tell of what this statement wrote, no more and no less, as a foreign
/// key's action would.
void TargetWriter::merge() {
    const auto before = link_.exec(written_sql(shape_));
    put_else_by_conflict([&] {
        const std::int64_t written = affected(merge_sql(shape_));
        const auto after = link_.exec(written_sql(shape_));
        const auto inserted = count_of(after, "inserted") - count_of(before, "inserted");
        const auto updated = count_of(after, "updated") - count_of(before, "updated");
        if (inserted + updated != written) {
            return false;
        }
        counts_.inserted += inserted;
        counts_.updated += updated;
        count_unchanged(shape_, written);
        return true;
    });
}

/// Where `put` says false, somebody else has put a row there meanwhile or the server lacks what it
/// takes, it is taken back and ON CONFLICT, which knows how to take all, does the work.
void TargetWriter::put_else_by_conflict(const std::function<bool()>& put) {
    link_.exec("SAVEPOINT putting");
    const bool done = put_alone(put);
    link_.exec(done ? "RELEASE SAVEPOINT putting" : "ROLLBACK TO SAVEPOINT putting");
    if (!done) {
        put_by_conflict(shape_);
    }
}

bool TargetWriter::put_alone(const std::function<bool()>& put) {
    try {
        return put();
    } catch (const postgres::DatabaseError& error) {
        if (std::ranges::find(left_to_conflict, error.sqlstate()) == left_to_conflict.end()) throw;
        return false;
    }
}

void TargetWriter::put_by_conflict(const MergeShape& shape) {
    const auto put = link_.exec(on_conflict_sql(shape));
    const auto inserted = count_of(put, "inserted");
    const auto updated = count_of(put, "updated");
    counts_.inserted += inserted;
    counts_.updated += updated;
    count_unchanged(shape, inserted + updated);
}

/// Rows of `shape` that are neither inserted nor updated are unchanged. Where nothing can drop a
/// row, that is what the statement says of them; else they must be found.
void TargetWriter::count_unchanged(const MergeShape& shape, std::int64_t written) {
    if (written + counts_.unchanged == counts_.rows) {
        return;
    }
    const auto settled =
        count(shape.may_drop_rows ? present_sql(shape) : source_rows_sql(shape), "total");
    counts_.unchanged += settled - written;
}

void TargetWriter::compare(bool in_order) {
    if (in_order) {
        // The server does not know that sorting what is sorted costs nothing.
        link_.exec("SET LOCAL enable_hashjoin = off");
    }
    const auto changes = find_changes("");
    link_.exec("SET LOCAL enable_hashjoin TO DEFAULT");
    // ON CONFLICT again, for somebody else may have written the same rows since.
    if (changes > 0) {
        put_by_conflict(from_changes(shape_));
    }
}

core::Result<void> TargetWriter::add_versions() {
    const auto changes = find_changes(current_versions);
    link_.exec(fmt::format("ANALYZE {}", changes_relation));
    const auto there = count(count_there_sql(), "there");
    counts_.updated = there == 0 ? 0 : affected(end_changed_sql(shape_, at_));
    if (counts_.updated != there) {
        return core::fail(
            core::Errc::conflict,
            "somebody else has changed current versions meanwhile",
            "nothing was changed; run it again",
            spec_.into.readable()
        );
    }
    if (changes > 0) {
        counts_.inserted = affected(insert_versions_sql(shape_, at_)) - there;
    }
    return {};
}

/// What the comparison leaves out is unchanged: it was found in the target, equal.
std::int64_t TargetWriter::find_changes(std::string_view among) {
    const auto changes = affected(find_changes_sql(shape_, among));
    counts_.unchanged = count(source_rows_sql(shape_), "total") - changes;
    return changes;
}

std::int64_t TargetWriter::affected(const std::string& statement) {
    return static_cast<std::int64_t>(link_.exec(statement).affected());
}

std::int64_t TargetWriter::count(const std::string& statement, std::string_view column) {
    return count_of(link_.exec(statement), column);
}

}  // namespace reel::warehouse
