#include "postgres_assets.hpp"

#include <map>

#include "asset_references.hpp"
#include "postgres_store.hpp"
#include "reel/core/words.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Param;
using postgres::Rows;
using postgres::Transaction;

// $1 URIs, $2 names, $3 groups, $4 extras, $5 at
constexpr const char* insert_assets = R"sql(
    insert into reel.asset (uri, name, asset_group, extra, created_at, updated_at)
    select i.uri, i.name, i.asset_group, i.extra, reel.at_micros($5::bigint),
           reel.at_micros($5::bigint)
    from unnest($1::text[], $2::text[], $3::text[], $4::text[])
         with ordinality as i(uri, name, asset_group, extra, n)
    where not exists (select from reel.asset a where a.uri = i.uri)
    order by n)sql";

// … those of them that say more than a URI
constexpr const char* update_assets = R"sql(
    update reel.asset a
    set name = i.name, asset_group = i.asset_group, extra = i.extra,
        updated_at = reel.at_micros($5::bigint)
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as i(uri, name, asset_group, extra)
    where a.uri = i.uri
      and row(a.name, a.asset_group, a.extra) is distinct from row(i.name, i.asset_group, i.extra))sql";

// $1 names
constexpr const char* insert_aliases = R"sql(
    insert into reel.asset_alias (name)
    select i.name from unnest($1::text[]) with ordinality as i(name, n)
    where not exists (select from reel.asset_alias l where l.name = i.name)
    order by n)sql";

constexpr const char* read_aliases = "select id, name from reel.asset_alias order by id";

constexpr const char* read_aliased = R"sql(
    select n.asset_id, l.id, l.name
    from reel.asset_alias_asset n join reel.asset_alias l on l.id = n.alias_id order by l.id)sql";

// $1 DAGs
constexpr const char* forget_references =
    "delete from reel.asset_reference where dag_id = any($1::text[])";

// $1 DAGs, $2 uses, $3 tasks, $4 URIs
constexpr const char* insert_references = R"sql(
    insert into reel.asset_reference (asset_id, dag_id, kind, task_id)
    select a.id, i.dag_id, i.kind, i.task_id
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as i(dag_id, kind, task_id, uri)
    join reel.asset a on a.uri = i.uri)sql";

constexpr const char* read_assets = R"sql(
    select a.id, a.uri, a.name, a.asset_group, a.extra, reel.micros_of(a.created_at),
           reel.micros_of(a.updated_at), e.id, reel.micros_of(e.at)
    from reel.asset a left join lateral (
        select id, at from reel.asset_event where asset_id = a.id order by id desc limit 1
    ) e on true order by a.id)sql";

constexpr const char* read_references = R"sql(
    select r.asset_id, r.dag_id, r.kind, r.task_id, a.uri, d.is_stale
    from reel.asset_reference r join reel.asset a on a.id = r.asset_id
    join reel.dag d using (dag_id)
    order by r.dag_id, r.kind, r.task_id, r.asset_id)sql";

constexpr core::Words<AssetUse, 3> uses{{
    {AssetUse::schedule, "schedule"},
    {AssetUse::outlet, "outlet"},
    {AssetUse::inlet, "inlet"},
}};

postgres::Params asset_values(const std::vector<core::Asset>& assets, core::Timestamp at) {
    using Asset = const core::Asset&;
    return {
        column_of(assets, [](Asset asset) { return text_value(asset.uri); }),
        column_of(assets, [](Asset asset) { return text_value(asset.name); }),
        column_of(assets, [](Asset asset) { return text_value(asset.group); }),
        column_of(assets, [](Asset asset) { return text_value(asset.extra.text); }),
        time_value(at),
    };
}

AssetAliasRecord read_alias(RowReader& reader) {
    AssetAliasRecord alias;
    alias.id = reader.number();
    alias.name = reader.text();
    return alias;
}

AssetRecord read_asset_record(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    AssetRecord record;
    record.id = reader.number();
    record.asset.uri = reader.text();
    record.asset.name = reader.text();
    record.asset.group = reader.text();
    record.asset.extra.text = reader.text();
    record.created_at = reader.time();
    record.updated_at = reader.time();
    const Param& event = reader.next();
    if (event) record.last_event_id = std::stoll(*event);
    record.last_event_at = reader.optional_time();
    return record;
}

postgres::Params reference_values(const DagRefs& dags) {
    std::vector<std::pair<core::DagId, AssetReference>> places;
    for (const core::Dag& dag : dags) {
        for (AssetReference& place : asset_references(dag)) {
            places.emplace_back(dag.dag_id, std::move(place));
        }
    }
    using Place = const std::pair<core::DagId, AssetReference>&;
    return {
        column_of(places, [](Place place) { return text_value(place.first.str()); }),
        column_of(
            places,
            [](Place place) {
                return text_value(std::string(core::find_word(uses, place.second.use)));
            }
        ),
        column_of(places, [](Place place) { return text_value(place.second.task_id.str()); }),
        column_of(places, [](Place place) { return text_value(place.second.uri); }),
    };
}

}  // namespace

std::vector<postgres::Statement> write_assets(const DagRefs& dags, core::Timestamp at) {
    std::vector<postgres::Statement> statements;
    const auto add = [&statements](const char* sql, postgres::Params params) {
        statements.push_back({.sql = sql, .params = std::move(params)});
    };
    std::vector<core::Asset> all;
    std::vector<core::Asset> described;
    for (auto& [uri, asset] : named_assets(dags)) {
        all.push_back(asset);
        if (!core::is_bare(asset)) described.push_back(asset);
    }
    if (!all.empty()) add(insert_assets, asset_values(all, at));
    if (!described.empty()) add(update_assets, asset_values(described, at));
    if (const auto aliases = named_aliases(dags); !aliases.empty()) {
        const std::vector<std::string> names(aliases.begin(), aliases.end());
        add(insert_aliases,
            {column_of(names, [](const std::string& name) { return text_value(name); })});
    }
    add(forget_references,
        {column_of(dags, [](const core::Dag& dag) { return text_value(dag.dag_id.str()); })});
    if (!all.empty()) add(insert_references, reference_values(dags));
    return statements;
}

std::vector<AssetRecord> PostgresStore::list_assets() {
    std::vector<AssetRecord> records;
    database_->transact([&](Transaction& transaction) {
        transaction.exec("set transaction isolation level repeatable read");
        records = read_all(transaction.exec(read_assets), read_asset_record);
        std::map<std::int64_t, AssetRecord*> by_id;
        for (AssetRecord& record : records) by_id[record.id] = &record;
        const Rows places = transaction.exec(read_references);
        for (std::size_t row = 0; row < places.size(); ++row) {
            RowReader reader(places, row);
            AssetRecord& record = *by_id.at(reader.number());
            const core::DagId dag_id(reader.text());
            AssetReference reference;
            reference.use = core::find_value(uses, reader.text()).value();
            reference.task_id = core::TaskId(reader.text());
            reference.uri = reader.text();
            add_reference(record, dag_id, reference);
            record.is_active = record.is_active || !reader.boolean();
        }
        const Rows aliased = transaction.exec(read_aliased);
        for (std::size_t row = 0; row < aliased.size(); ++row) {
            RowReader reader(aliased, row);
            AssetRecord& record = *by_id.at(reader.number());
            record.aliases.push_back(read_alias(reader));
            record.is_active = true;
        }
    });
    return records;
}

std::vector<AssetAliasRecord> PostgresStore::list_asset_aliases() {
    return read_all(database_->read(read_aliases), [](const Rows& rows, std::size_t row) {
        RowReader reader(rows, row);
        return read_alias(reader);
    });
}

}  // namespace reel::store
