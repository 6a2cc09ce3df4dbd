#include "warehouse/stage/staging_load.hpp"

#include <fmt/format.h>

#include "reel/core/crash_point.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_rejects_in_log = 10;

// $1…$6 identity, $7 physical, $8 table, $9 file, $10 hash, $11 rows
constexpr std::string_view insert_registered = R"(
INSERT INTO reel.staged_tables (dag_id, run_id, task_id, map_index, try_number, attempt, physical,
    table_name, source_file, content_hash, rows)
VALUES ($1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8, $9, $10, $11::bigint))";

// $1…$6 identity, $7 file, $8 hash, $9 bytes, $10 records read, $11 records quarantined, $12 table,
// $13 physical, $14 elements read, $15 staged, $16 duplicates, $17 quarantined, $18 filtered,
// $19 status
constexpr std::string_view insert_report = R"(
INSERT INTO reel.stage_reports (dag_id, run_id, task_id, map_index, try_number, attempt, file,
    content_hash, bytes, records_read, records_quarantined, table_name, physical, elements_read,
    staged, duplicates, quarantined, filtered, status)
VALUES ($1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8, $9::bigint, $10::bigint,
    $11::bigint, $12, $13, $14::bigint, $15::bigint, $16::bigint, $17::bigint, $18::bigint, $19))";

std::string text(std::uint64_t value) {
    return fmt::format("{}", value);
}

std::vector<std::string> physical_names(const StagingLoadSetup& setup) {
    std::vector<std::string> names;
    names.reserve(setup.tables.size());
    for (const auto& table : setup.tables) {
        names.push_back(staging_table(setup.context.identity, table.spec->name));
    }
    return names;
}

std::vector<CopySink::Target> copy_targets(
    const StagingLoadSetup& setup, const std::vector<std::string>& physical
) {
    std::vector<CopySink::Target> targets;
    targets.reserve(physical.size());
    for (std::size_t t = 0; t < physical.size(); ++t) {
        const auto& spec = *setup.tables[t].spec;
        targets.push_back(
            {copy_sql(physical[t], spec),
             static_cast<std::uint16_t>(spec.columns.size()),
             !spec.key.empty()}
        );
    }
    return targets;
}

}  // namespace

StagingLoad::StagingLoad(postgres::Link& link, StagingLoadSetup setup)
    : link_(link),
      setup_(std::move(setup)),
      physical_(physical_names(setup_)),
      transaction_(link),
      copies_(link, copy_targets(setup_, physical_)),
      quarantine_(setup_.context.uri, setup_.context.identity, setup_.file),
      router_(setup_.tables, *this) {
    for (std::size_t t = 0; t < physical_.size(); ++t) {
        link_.exec(create_sql(physical_[t], *setup_.tables[t].spec));
    }
}

StagingLoad::~StagingLoad() = default;

void StagingLoad::add_row(std::size_t table, std::string_view fields) {
    copies_.add_row(table, fields);
}

void StagingLoad::reject(const Rejection& rejection) {
    quarantine_.add(rejection);
    if (++rejects_logged_ > max_rejects_in_log) {
        return;
    }
    const auto& violation = rejection.violation;
    setup_.context.log(fmt::format(
        "rejected: {} line {}, record {}{}{}: {}{}",
        setup_.file,
        rejection.record.line,
        rejection.record.number,
        violation.column.empty() ? "" : ", column ",
        violation.column,
        violation.reason,
        violation.value ? fmt::format(" ({})", printable(shortened(*violation.value, 80)))
                        : std::string()
    ));
    if (rejects_logged_ == max_rejects_in_log) {
        setup_.context.log("further rejects are in reel.quarantine only");
    }
}

core::Result<core::JsonText> StagingLoad::finish(const FileContent& content) {
    copies_.finish();
    FileAccount account = router_.account();
    const StageOutcome outcome{
        setup_.file, content, account, setup_.tables, setup_.context.identity
    };
    const auto allowed = check_rejects(account, setup_.rejects);
    for (std::size_t t = 0; t < physical_.size(); ++t) {
        if (const auto settled = settle(t, account.tables[t]); !settled) {
            quarantine_.commit();
            return std::unexpected(settled.error());
        }
    }
    log_account(account);
    if (!allowed) {
        quarantine_.commit();
        postgres::Link own(setup_.context.uri, "reel stage report");
        record_report(own, outcome, "too_many_rejects");
        return std::unexpected(allowed.error());
    }
    register_tables(outcome);
    record_report(link_, outcome, "staged");
    const core::Durably durably(core::Durable::stage);
    // The rejects go first: a load without them would have lost rows.
    quarantine_.commit();
    transaction_.commit();
    return stage_report(outcome);
}

core::Result<void> StagingLoad::settle(std::size_t table, TableAccount& account) {
    const auto& spec = *setup_.tables[table].spec;
    if (!spec.key.empty()) {
        account.duplicates = link_.exec(dedupe_sql(physical_[table], spec.key)).affected();
        account.staged -= account.duplicates;
        link_.exec(drop_hidden_column_sql(physical_[table]));
    }
    const auto counted = link_.exec("SELECT count(*) FROM " + physical_[table]);
    return check_balance(account, std::stoull(counted.at(0, std::size_t{0}).value()));
}

void StagingLoad::register_tables(const StageOutcome& outcome) const {
    for (std::size_t t = 0; t < physical_.size(); ++t) {
        link_.exec("ANALYZE " + physical_[t]);
        auto params = identity_params(outcome.identity);
        params.insert(
            params.end(),
            {physical_[t],
             setup_.tables[t].spec->name,
             outcome.file,
             outcome.content.sha256,
             text(outcome.account.tables[t].staged)}
        );
        link_.exec(insert_registered, params);
    }
}

void StagingLoad::record_report(
    postgres::Link& link, const StageOutcome& outcome, const std::string& status
) const {
    const bool kept = status == "staged";
    for (std::size_t t = 0; t < physical_.size(); ++t) {
        const auto& account = outcome.account.tables[t];
        auto params = identity_params(outcome.identity);
        params.insert(
            params.end(),
            {outcome.file,
             outcome.content.sha256,
             text(outcome.content.bytes),
             text(outcome.account.records_read),
             text(outcome.account.records_quarantined),
             account.table,
             kept ? postgres::Param(physical_[t]) : std::nullopt,
             text(account.elements_read),
             text(account.staged),
             text(account.duplicates),
             text(account.quarantined),
             text(account.filtered),
             status}
        );
        link.exec(insert_report, params);
    }
}

void StagingLoad::log_account(const FileAccount& account) const {
    setup_.context.log(fmt::format(
        "{} records read, {} rejected",
        grouped(static_cast<std::int64_t>(account.records_read)),
        grouped(static_cast<std::int64_t>(account.records_quarantined))
    ));
    for (const auto& line : account_lines(account)) {
        setup_.context.log(line);
    }
}

}  // namespace reel::warehouse
