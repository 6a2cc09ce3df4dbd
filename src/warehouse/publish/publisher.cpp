#include "warehouse/publish/publisher.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "reel/core/crash_point.hpp"
#include "warehouse/publish/target.hpp"
#include "warehouse/quality/record.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/schema.hpp"

namespace reel::warehouse {

namespace {

constexpr std::int64_t analyze_from = 1000;

std::int64_t number_of(const postgres::Rows& rows, std::string_view column) {
    const std::string text = rows.at(0, column).value_or("0");
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

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

/// Staging left one row per key, so any key that holds the staged one is unique and not NULL.
bool is_unique_by_staging(const PublishSpec& spec, const OperationContext& context) {
    if (spec.from.empty()) {
        return false;
    }
    const auto staged = staged_key(context.staged.at(spec.from));
    return !staged.empty() && std::ranges::is_permutation(staged, spec.key);
}

}  // namespace

core::Result<Published> Publisher::run() {
    postgres::Link link(context_.uri, "reel upsert");
    ensure_schema(link);
    if (const auto known = identify(link); !known) {
        return std::unexpected(known.error());
    }
    try {
        auto published = publish_once(link);
        if (published && !published->already_loaded) {
            analyze(link, published->counts);
        }
        return published;
    } catch (const postgres::DatabaseError& failure) {
        if (failure.kind() != postgres::FailureKind::in_doubt) {
            throw;
        }
        return resolve_doubt(failure);
    }
}

core::Result<void> Publisher::identify(postgres::Link& link) {
    std::vector<std::string> ids;
    for (const auto& [name, table] : context_.staged) {
        const bool is_read =
            spec_.from.empty() ? spec_.query.contains(table.physical) : name == spec_.from;
        if (!is_read) {
            continue;
        }
        auto registered = find_registered(link, table.physical);
        if (!registered) {
            return core::fail(
                core::Errc::not_found,
                fmt::format("staged table '{}' is gone ({})", name, table.physical),
                "clear the stage task so that it runs again"
            );
        }
        ids.push_back(registered->staged_id);
        staged_ = std::move(registered);
    }
    if (ids.size() > 1) {
        staged_.reset();
    }
    load_id_ = load_id(spec_, context_.identity, ids);
    return {};
}

core::Result<Published> Publisher::publish_once(postgres::Link& link) {
    postgres::LinkTransaction transaction(link);
    lock_target(link, spec_);
    const auto started_at = link.exec("SELECT clock_timestamp() AS at").at(0, "at").value();
    if (const auto done = find_load(link, load_id_)) {
        return Published{*done, true, {}};
    }
    const auto source = prepare_source(link);
    auto checks = check_source(link);
    if (auto passed = verdict(checks); !passed) {
        // So far there are only results and the rows that failed, and those stay.
        transaction.commit();
        passed.error().where = spec_.into.readable();
        passed.error().hint = "nothing was published; " + passed.error().hint;
        return std::unexpected(passed.error());
    }
    const auto made = ensure_target(link, spec_, source);
    if (!made) {
        return std::unexpected(made.error());
    }
    if (*made) {
        context_.log(fmt::format("made table {}", spec_.into.readable()));
    }
    const auto shape = shape_merge(link, spec_, source);
    if (!shape) {
        return std::unexpected(shape.error());
    }
    const auto counts = change_target(link, *shape);
    if (!counts) {
        return std::unexpected(counts.error());
    }
    record_load(link, {load_id_, spec_, context_.identity, staged_, *counts, started_at});
    const core::Durably durably(core::Durable::publish);
    transaction.commit();
    return Published{*counts, false, std::move(checks)};
}

std::vector<CheckResult> Publisher::check_source(postgres::Link& link) const {
    if (spec_.checks.empty()) {
        return {};
    }
    auto results = inspect(link, spec_.checks, context_.identity);
    record(link, results, context_.identity);
    log_results(results, context_);
    return results;
}

std::string Publisher::prepare_source(postgres::Link& link) const {
    if (!spec_.from.empty()) {
        return context_.staged.at(spec_.from).physical;
    }
    // Once only: counting, checking and merging must see the same rows.
    link.exec(fmt::format("CREATE TEMP TABLE reel_query ON COMMIT DROP AS\n{}\n", spec_.query));
    link.exec(fmt::format("ANALYZE {}", query_relation));
    return std::string(query_relation);
}

core::Result<PublishCounts> Publisher::change_target(postgres::Link& link, const MergeShape& shape)
    const {
    PublishCounts counts;
    counts.rows = number_of(link.exec("SELECT count(*) AS total FROM " + shape.source), "total");
    if (const auto keys = check_keys(link, shape); !keys) {
        return std::unexpected(keys.error());
    }
    if (spec_.mode == LoadMode::replace) {
        const auto deleted = link.exec(delete_missing_sql(shape)).affected();
        counts.deleted = static_cast<std::int64_t>(deleted);
    }
    if (spec_.mode == LoadMode::append || shape.key.empty()) {
        const auto inserted = link.exec(append_sql(shape)).affected();
        counts.inserted = static_cast<std::int64_t>(inserted);
    } else {
        const auto merged = link.exec(merge_sql(shape));
        counts.inserted = number_of(merged, "inserted");
        counts.updated = number_of(merged, "updated");
        const auto rest = counts.rows - counts.inserted - counts.updated;
        // What was neither inserted nor updated must be there already.
        counts.unchanged = rest == 0 ? 0
                                     : number_of(link.exec(present_sql(shape)), "total") -
                                           counts.inserted - counts.updated;
    }
    if (const auto whole = check_counts(spec_, counts); !whole) {
        return std::unexpected(whole.error());
    }
    return counts;
}

core::Result<void> Publisher::check_keys(postgres::Link& link, const MergeShape& shape) const {
    if (shape.key.empty() || is_unique_by_staging(spec_, context_)) {
        return {};
    }
    if (const auto nulls = number_of(link.exec(null_keys_sql(shape)), "total"); nulls > 0) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format("{} rows have NULL in the key ({})", nulls, comma_list(shape.key)),
            "leave such rows out of the query, or declare the column not_null when staging",
            spec_.into.readable()
        );
    }
    const auto duplicates = link.exec(duplicate_keys_sql(shape));
    if (const auto total = number_of(duplicates, "total"); total > 0) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format(
                "{} keys ({}) come more than once: {}",
                total,
                comma_list(shape.key),
                duplicates.at(0, "sample").value_or("")
            ),
            "which row should win? say so with DISTINCT ON or GROUP BY",
            spec_.into.readable()
        );
    }
    return {};
}

core::Result<Published> Publisher::resolve_doubt(const postgres::DatabaseError& doubt) const {
    postgres::Link link(context_.uri, "reel upsert");
    const postgres::LinkTransaction transaction(link);
    lock_target(link, spec_);  // the lost transaction holds it until its fate is known
    if (const auto done = find_load(link, load_id_)) {
        context_.log("the answer to the commit was lost; the ledger shows that it happened");
        return Published{*done, false, {}};
    }
    return core::fail(
        core::Errc::unavailable,
        fmt::format(
            "the connection was lost while committing, nothing was loaded: {}", doubt.what()
        ),
        {},
        spec_.into.readable()
    );
}

void Publisher::analyze(postgres::Link& link, const PublishCounts& counts) const {
    if (counts.inserted + counts.updated + counts.deleted < analyze_from) {
        return;
    }
    try {
        link.exec("ANALYZE " + spec_.into.quoted());
    } catch (const postgres::DatabaseError& failure) {
        context_.log(fmt::format("loaded, but not analyzed: {}", failure.what()));
    }
}

}  // namespace reel::warehouse
