#include "reel/store/migrations.hpp"

#include <fmt/format.h>

#include "reel/core/crash_point.hpp"
#include "reel/postgres/link.hpp"

namespace reel::store {

namespace {

using postgres::DatabaseError;
using postgres::FailureKind;
using postgres::Link;
using postgres::LinkTransaction;

constexpr int oldest_server = 130000;

// Any number will do as long as it never changes: "reel" in ASCII.
constexpr const char* take_lock = "select pg_advisory_lock(1919247724)";

constexpr const char* create_ledger = R"sql(
    create table reel.migration (
        number     integer primary key,
        name       text not null,
        applied_at timestamptz not null default now()
    ))sql";

// $1 number, $2 name
constexpr const char* record_migration =
    "insert into reel.migration (number, name) values ($1::int, $2)";

bool exists(Link& link, const char* sql) {
    return link.exec(sql).at(0, 0).has_value();
}

int level_of(Link& link) {
    if (!exists(link, "select to_regclass('reel.migration')")) return 0;
    return std::stoi(
        link.exec("select coalesce(max(number), 0) from reel.migration").at(0, 0).value()
    );
}

void prepare(Link& link) {
    const core::Durably durably(core::Durable::migration);
    // "create schema if not exists" would ask for a privilege that a second start may lack.
    if (!exists(link, "select to_regnamespace('reel')")) link.exec("create schema reel");
    if (!exists(link, "select to_regclass('reel.migration')")) link.exec(create_ledger);
}

void apply(Link& link, const Migration& migration) {
    const core::Durably durably(core::Durable::migration);
    LinkTransaction transaction(link);
    link.exec_script(migration.sql);
    link.exec(record_migration, {fmt::to_string(migration.number), migration.name});
    transaction.commit();
}

core::Error refusal(const DatabaseError& error, const std::string& where) {
    const bool may_not = error.sqlstate() == "42501";
    return {
        may_not ? core::Errc::permission_denied : core::Errc::internal,
        error.what(),
        where,
        may_not ? "the database user must own the metadata database or be allowed to create a "
                  "schema in it"
                : ""
    };
}

core::Result<std::vector<std::string>> migrate_locked(Link& link) {
    const auto known = static_cast<int>(all_migrations().size());
    const int level = level_of(link);
    if (level > known) {
        return core::fail(
            core::Errc::unsupported,
            fmt::format(
                "the metadata database is at level {}, this program knows only {} levels",
                level,
                known
            ),
            "it was migrated by a newer Reel; use that one, or another database"
        );
    }
    std::string where = "preparing schema reel";
    std::vector<std::string> applied;
    try {
        prepare(link);
        for (const Migration& migration : all_migrations()) {
            if (migration.number <= level) continue;
            where = fmt::format("migration {} {}", migration.number, migration.name);
            apply(link, migration);
            applied.push_back(migration.name);
        }
    } catch (const DatabaseError& error) {
        if (error.kind() != FailureKind::bug) throw;
        return std::unexpected(refusal(error, where));
    }
    return applied;
}

}  // namespace

bool is_up_to_date(postgres::Database& database) {
    try {
        const auto level = database.read("select max(number) from reel.migration").at(0, 0);
        return level && std::stoi(*level) == static_cast<int>(all_migrations().size());
    } catch (const DatabaseError& error) {
        // What answers is what there is: no schema, no ledger.
        if (error.kind() != FailureKind::bug) throw;
        return false;
    }
}

core::Result<std::vector<std::string>> migrate(const std::string& uri) {
    Link link(uri, "reel migrate");
    if (link.server_version() < oldest_server) {
        return core::fail(
            core::Errc::unsupported,
            fmt::format(
                "the metadata database runs on PostgreSQL {}", link.server_version() / 10000
            ),
            "Reel needs 13 or later"
        );
    }
    link.exec(take_lock);
    return migrate_locked(link);
}

int migration_level(const std::string& uri) {
    Link link(uri, "reel migrate");
    return level_of(link);
}

core::Result<void> reset(const std::string& uri) {
    Link link(uri, "reel migrate");
    link.exec(take_lock);
    try {
        link.exec("drop schema if exists reel cascade");
    } catch (const DatabaseError& error) {
        if (error.kind() != FailureKind::bug) throw;
        return std::unexpected(refusal(error, "dropping schema reel"));
    }
    auto applied = migrate_locked(link);
    if (!applied) return std::unexpected(applied.error());
    return {};
}

}  // namespace reel::store
