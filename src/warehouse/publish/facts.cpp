#include "warehouse/publish/facts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/count_of.hpp"
#include "warehouse/publish/compare_sql.hpp"

namespace reel::warehouse {

namespace {

// $1 the table's quoted name. Of a partitioned table, the sum of its partitions. A table that was
// never analyzed is taken to have sixty rows in each page.
constexpr std::string_view estimate_rows = R"(
WITH RECURSIVE tree(oid) AS (
    SELECT $1::regclass::oid
    UNION ALL SELECT i.inhrelid FROM pg_inherits AS i JOIN tree AS t ON i.inhparent = t.oid)
SELECT coalesce(sum(CASE WHEN c.reltuples > 0 AND c.relpages > 0
                         THEN c.reltuples / c.relpages ELSE 60 END
                    * (pg_relation_size(c.oid) / current_setting('block_size')::float8)),
                0)::bigint AS rows
FROM tree JOIN pg_class AS c ON c.oid = tree.oid WHERE c.relkind = 'r')";

// $1 the target, $2 the source, $3 the key's columns as text[]. Whether both lie in the order of an
// index of the key, as far as its first column tells.
constexpr std::string_view select_order = R"(
SELECT count(*) > 0 AS found FROM (
    SELECT FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    JOIN pg_class AS c ON c.oid IN ($1::regclass, $2::regclass)
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_stats AS s ON s.schemaname = n.nspname AND s.tablename = c.relname
     AND s.attname = a.attname
    WHERE i.indrelid = $1::regclass AND i.indisunique AND a.attname = ANY ($3::text[])
      AND s.correlation > 0.95 AND NOT s.inherited
    GROUP BY i.indexrelid HAVING count(*) = 2) AS sorted)";

// $1 the staged table, $2 the schema of the target. Tables get the rights that their schema grants
// by default when they are made, and keep them wherever they go.
constexpr std::string_view select_staged = R"(
SELECT coalesce((SELECT relowner FROM pg_class WHERE oid = to_regclass($1)) =
                current_user::regrole, true) AS same_owner,
       NOT EXISTS (
           SELECT FROM pg_default_acl AS d JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
           WHERE d.defaclobjtype = 'r' AND d.defaclrole = current_user::regrole
             AND n.nspname IN ($2, 'reel_staging')) AS same_rights)";

/// Before 15 there is no MERGE, and until 17 only the server's counters tell inserts from updates.
bool can_merge(postgres::Link& link, const MergeShape& shape) {
    constexpr int first_with_merge = 150'000;
    if (!shape.is_plain || link.server_version() < first_with_merge) {
        return false;
    }
    return link.exec("SELECT current_setting('track_counts') AS value").at(0, "value") == "on";
}

bool lie_in_order(postgres::Link& link, const MergeShape& shape) {
    const auto key = postgres::array_literal({shape.key.begin(), shape.key.end()});
    const auto found = link.exec(select_order, {shape.target, shape.source, key});
    return found.at(0, "found") == "t";
}

}  // namespace

PublishFacts look_at_target(
    postgres::Link& link, const MergeShape& shape, LoadMode mode, std::int64_t source_rows
) {
    PublishFacts facts;
    facts.mode = mode;
    facts.has_key = !shape.key.empty();
    facts.can_compare = std::ranges::all_of(shape.columns, &MergeColumn::exact);
    facts.source_rows = source_rows;
    if (!merges(mode)) {
        return facts;
    }
    const auto any = link.exec(fmt::format("SELECT FROM {} LIMIT 1", shape.target));
    facts.is_empty = any.empty();
    facts.target_rows =
        facts.is_empty ? 0 : count_of(link.exec(estimate_rows, {shape.target}), "rows");
    if (needs_overlap(facts)) {
        facts.can_merge = can_merge(link, shape);
        facts.in_order = lie_in_order(link, shape);
        const auto sample = link.exec(sample_sql(shape, static_cast<double>(source_rows)));
        facts.overlap = Overlap{
            count_of(sample, "sampled"), count_of(sample, "matched"), count_of(sample, "equal")
        };
    }
    return facts;
}

StagedFacts look_at_staged(postgres::Link& link, const TableName& into, const StagedTable& staged) {
    StagedFacts facts;
    facts.has_one_reader = staged.has_one_reader;
    if (!facts.has_one_reader) {
        return facts;
    }
    const auto found = link.exec(select_staged, {staged.physical, into.schema});
    facts.same_owner = found.at(0, "same_owner") == "t";
    facts.same_rights = found.at(0, "same_rights") == "t";
    return facts;
}

}  // namespace reel::warehouse
