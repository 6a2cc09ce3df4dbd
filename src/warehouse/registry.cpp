#include "warehouse/registry.hpp"

#include <fmt/format.h>

#include "warehouse/count_of.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/schema.hpp"

namespace reel::warehouse {

namespace {

// $1 physical
constexpr std::string_view select_one = R"(
SELECT staged_id::text AS staged_id, physical, source_file, content_hash, rows, made_by,
    dead_share
FROM reel.staged_tables WHERE physical = $1 AND content_hash <> '')";

// $1 dag, $2 run, $3 task, $4 map index, $5 attempt
constexpr std::string_view select_later = R"(
SELECT max(attempt)::text AS attempt FROM reel.staged_tables
WHERE dag_id = $1 AND run_id = $2 AND task_id = $3 AND map_index = $4::integer
  AND attempt > $5::bigint)";

// $1 dag, $2 run, $3 task, $4 map index, $5 attempt
constexpr std::string_view delete_earlier = R"(
DELETE FROM reel.staged_tables
WHERE dag_id = $1 AND run_id = $2 AND task_id = $3 AND map_index = $4::integer
  AND attempt <= $5::bigint
  AND (content_hash <> '' OR
       pg_try_advisory_xact_lock(hashtextextended('reel.staging ' || physical, 0)))
RETURNING physical)";

// $1 dag, $2 run, $3 seconds
constexpr std::string_view delete_of_run = R"(
DELETE FROM reel.staged_tables
WHERE ((dag_id = $1 AND run_id = $2) OR staged_at < now() - make_interval(secs => $3::float8))
  AND (content_hash <> '' OR
       pg_try_advisory_xact_lock(hashtextextended('reel.staging ' || physical, 0)))
RETURNING physical)";

// $1 microseconds since 1970, $2 and $3 dags and runs that are spared
constexpr std::string_view staged_before = R"(
FROM reel.staged_tables s
WHERE s.staged_at < to_timestamp(0) + make_interval(secs => $1::float8 / 1000000)
  AND (content_hash <> '' OR
       pg_try_advisory_xact_lock(hashtextextended('reel.staging ' || physical, 0)))
  AND NOT EXISTS (SELECT FROM unnest($2::text[], $3::text[]) AS i(dag_id, run_id)
                  WHERE i.dag_id = s.dag_id AND i.run_id = s.run_id))";

int drop_tables(postgres::Link& link, const postgres::Rows& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        link.exec("DROP TABLE IF EXISTS " + names.at(i, "physical").value());
    }
    return static_cast<int>(names.size());
}

}  // namespace

postgres::Params identity_params(const LoadIdentity& identity) {
    const auto& key = identity.key;
    return {
        key.dag_id.str(),
        key.run_id.str(),
        key.task_id.str(),
        fmt::format("{}", key.map_index),
        fmt::format("{}", identity.try_number),
        fmt::format("{}", identity.attempt)
    };
}

postgres::Params task_params(const LoadIdentity& identity) {
    auto params = identity_params(identity);
    params.erase(params.begin() + 4);
    return params;
}

std::optional<RegisteredTable> find_registered(postgres::Link& link, const std::string& physical) {
    const auto rows = link.exec(select_one, {physical});
    if (rows.empty()) {
        return std::nullopt;
    }
    const auto text = [&](std::string_view column) { return rows.at(0, column).value_or(""); };
    return RegisteredTable{
        text("staged_id"),
        text("physical"),
        text("source_file"),
        text("content_hash"),
        count_of(rows, "rows"),
        text("made_by"),
        std::stod(text("dead_share"))
    };
}

core::Result<int> drop_earlier_attempts(postgres::Link& link, const LoadIdentity& identity) {
    const auto later = link.exec(select_later, task_params(identity));
    if (const auto& attempt = later.at(0, "attempt")) {
        return core::fail(
            core::Errc::conflict,
            fmt::format(
                "attempt {} is stale: attempt {} of the same task has staged already",
                identity.attempt,
                *attempt
            )
        );
    }
    postgres::LinkTransaction transaction(link);
    const int dropped = drop_tables(link, link.exec(delete_earlier, task_params(identity)));
    transaction.commit();
    return dropped;
}

core::Result<int> drop_staged(
    const std::string& uri,
    const core::DagId& dag_id,
    const core::RunId& run_id,
    core::Duration keep_failed
) {
    return guarded("dropping staged tables", [&]() -> core::Result<int> {
        postgres::Link link(uri);
        if (!schema_exists(link)) {
            return 0;
        }
        const double seconds = std::chrono::duration<double>(keep_failed).count();
        postgres::LinkTransaction transaction(link);
        const auto names =
            link.exec(delete_of_run, {dag_id.str(), run_id.str(), fmt::format("{:.6f}", seconds)});
        const int dropped = drop_tables(link, names);
        transaction.commit();
        return dropped;
    });
}

core::Result<int> drop_staged_before(
    const std::string& uri,
    core::Timestamp before,
    const std::vector<std::pair<core::DagId, core::RunId>>& spared,
    bool dry_run
) {
    std::vector<postgres::Param> dags;
    std::vector<postgres::Param> runs;
    for (const auto& [dag_id, run_id] : spared) {
        dags.emplace_back(dag_id.str());
        runs.emplace_back(run_id.str());
    }
    const postgres::Params params{
        fmt::format("{}", before.time_since_epoch().count()),
        postgres::array_literal(dags),
        postgres::array_literal(runs)
    };
    return guarded("dropping staged tables", [&]() -> core::Result<int> {
        postgres::Link link(uri);
        if (!schema_exists(link)) {
            return 0;
        }
        if (dry_run) {
            const auto count =
                link.exec(fmt::format("SELECT count(*) AS staged {}", staged_before), params);
            return std::stoi(count.at(0, "staged").value());
        }
        postgres::LinkTransaction transaction(link);
        const auto names =
            link.exec(fmt::format("DELETE {} RETURNING physical", staged_before), params);
        const int dropped = drop_tables(link, names);
        transaction.commit();
        return dropped;
    });
}

}  // namespace reel::warehouse
