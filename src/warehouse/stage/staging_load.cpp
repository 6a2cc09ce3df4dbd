#include "warehouse/stage/staging_load.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reel/core/crash_point.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/stage/copy_targets.hpp"
#include "warehouse/stage/progress.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

/// A further connection, whose rows wait for the last transaction of the first one.
struct StagingLoad::Helper {
    explicit Helper(const std::string& uri) : link(uri, "reel stage"), transaction(link) {
        // That last transaction makes these durable as well, before its own.
        link.exec("SET LOCAL synchronous_commit = off");
    }

    postgres::Link link;
    postgres::LinkTransaction transaction;
};

StagingLoad::StagingLoad(postgres::Link& link, StagingLoadSetup setup)
    : link_(link),
      setup_(std::move(setup)),
      physical_(physical_names(setup_.context.identity, setup_.tables)),
      quarantine_(setup_.context.uri, setup_.context.identity, setup_.header),
      contracts_(setup_.tables),
      must_number_(physical_.size()) {
    announce();
    open_lanes();
}

StagingLoad::~StagingLoad() {
    lanes_.clear();
    helpers_.clear();
    transaction_.reset();
    if (!is_announced_) {
        return;
    }
    try {
        take_back();
    } catch (const postgres::DatabaseError&) {
        // The next attempt finds them.
        is_announced_ = false;
    }
}

void StagingLoad::announce() {
    const bool is_shared = setup_.memory.connections > 1;
    for (const auto& physical : physical_) {
        if (is_shared) {
            link_.exec(hold_staging_sql, {physical});
        }
    }
    transaction_.emplace(link_);
    for (std::size_t t = 0; t < physical_.size(); ++t) {
        const auto& spec = *setup_.tables[t].spec;
        link_.exec(create_sql(physical_[t], spec));
        announce_table(
            link_,
            setup_.context.identity,
            {physical_[t], spec.name, setup_.source, made_by(setup_.spec, spec.name)}
        );
    }
    if (!is_shared) {
        return;
    }
    const core::Durably durably(core::Durable::announce_staging);
    transaction_->commit();
    is_announced_ = true;
    transaction_.emplace(link_);
    // So that its statements see what the other connections have committed.
    link_.exec("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
}

void StagingLoad::open_lanes() {
    const LanePlan plan{
        setup_.tables,
        setup_.header,
        setup_.spec.format,
        setup_.spec.csv,
        copy_targets(setup_.tables, setup_.checks, physical_, must_number_)
    };
    lanes_.reserve(setup_.memory.connections);
    lanes_.push_back(std::make_unique<LoadLane>(link_, plan));
    while (lanes_.size() < setup_.memory.connections) {
        auto& helper = helpers_.emplace_back(std::make_unique<Helper>(setup_.context.uri));
        lanes_.push_back(std::make_unique<LoadLane>(helper->link, plan));
    }
    feed_.emplace(
        lanes_,
        [this](Rejects rejects) { reject(std::move(rejects)); },
        setup_.progress,
        setup_.memory.max_bytes_out
    );
}

core::Result<void> StagingLoad::read(const std::string& name, RecordFile& file) {
    const auto elapsed = stopwatch();
    if (!files_.files().empty()) {
        feed_->number_rows();  // they tell the file of a duplicate
    }
    files_.begin(name, feed_->blocks(), account_of(lanes_));
    if (auto done = feed_->read(file); !done) {
        const ReadCounts& counts = feed_->counts();
        done.error().message += fmt::format(
            " (behind record {}, byte {} of the content)", counts.records, counts.bytes
        );
        return done;
    }
    if (auto kept = contracts_.verdict(); !kept) return kept;
    return check_whole(files_.end(account_of(lanes_), in_seconds(elapsed())));
}

/// An open quote at the end may have swallowed any number of records, so no limit on rejects covers
/// it.
core::Result<void> StagingLoad::check_whole(const FileAccount& account) const {
    const ReadCounts& counts = feed_->counts();
    if (counts.unclosed_quote) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format(
                "a quote was still open when the file ended (line {}); the records behind it "
                "cannot be told apart",
                counts.last_line
            ),
            "reel.quarantine has the line on which that quote begins"
        );
    }
    if (counts.records != account.records_read + account.rejoined) {
        return core::fail(
            core::Errc::internal,
            fmt::format("{} records were read, {} taken", counts.records, account.records_read)
        );
    }
    return {};
}

void StagingLoad::reject(Rejects rejects) {
    const std::string& file = files_.current();
    for (auto& kept : rejects.told) {
        const Rejection told{kept.record, kept.table, kept.element, std::move(kept.violation)};
        contracts_.see(told, file);
        if (rejects_logged_ == Rejects::most_told) continue;
        setup_.context.log(reject_line(told, file));
        if (++rejects_logged_ == Rejects::most_told) {
            setup_.context.log("further rejects are in reel.quarantine only");
        }
    }
    quarantine_.add(std::move(rejects.rows), file);
}

core::Result<core::JsonText> StagingLoad::finish() {
    end_copies();
    FileAccount account = account_of(lanes_);
    const FileContent content = whole_content(files_.files());
    StageOutcome outcome{
        setup_.source, files_.files(), content, account, setup_.tables, setup_.context.identity
    };
    const auto allowed = check_rejects(account, setup_.spec.rejects);
    for (std::size_t t = 0; t < physical_.size(); ++t) {
        if (const auto settled = settle(t, account.tables[t]); !settled) {
            quarantine_.commit();
            return std::unexpected(settled.error());
        }
    }
    log_account(account);
    if (!allowed) {
        keep_report_of_rejects(outcome);
        return std::unexpected(allowed.error());
    }
    const auto checked = check_staged_rows(
        link_, setup_.checks, seen_rows(lanes_, setup_.checks), account, setup_.context
    );
    if (auto passed = verdict(checked); !passed) {
        keep_results_alone(outcome);
        passed.error().hint = "nothing was staged; " + passed.error().hint;
        return std::unexpected(passed.error());
    }
    if (const auto completed = complete_tables(outcome); !completed) {
        return std::unexpected(completed.error());
    }
    record_report(link_, outcome, "staged", physical_);
    const core::Durably durably(core::Durable::stage);
    // The rejects go first: a load without them would have lost rows.
    quarantine_.commit();
    is_announced_ = false;  // also when the answer is lost: then they may be whole
    transaction_->commit();
    const auto elapsed = elapsed_();
    outcome.seconds = in_seconds(elapsed);
    setup_.context.log(totals_line(account.records_read, content.bytes, elapsed));
    return stage_report(outcome, checked);
}

void StagingLoad::end_copies() {
    for (const auto& lane : lanes_) {
        lane->copies().finish();
    }
    for (const auto& helper : helpers_) {
        const core::Durably durably(core::Durable::fill_staging);
        helper->transaction.commit();
    }
}

core::Result<void> StagingLoad::settle(std::size_t table, TableAccount& account) {
    const std::uint64_t sent_again = sum_of(lanes_, &CopySink::sent_again, table);
    std::uint64_t stored = sum_of(lanes_, &CopySink::stored, table) - sent_again;
    const auto& spec = *setup_.tables[table].spec;
    if (!spec.key.empty()) {
        if (!feed_->keys()[table].ascends) {
            const auto dropped =
                files_.drop_duplicates(link_, table, physical_[table], spec.key, sent_again);
            account.duplicates += dropped;
            account.staged -= dropped;
            stored -= dropped;
        }
        link_.exec(drop_hidden_column_sql(physical_[table]));
    }
    return check_balance(account, stored);
}

/// Of a load with too many rejects: on a connection of its own, since what this one did goes.
void StagingLoad::keep_report_of_rejects(const StageOutcome& outcome) {
    quarantine_.commit();
    postgres::Link own(setup_.context.uri, "reel stage report");
    record_report(own, outcome, "too_many_rejects", {});
}

/// Of a load whose checks have failed: what they found, and nothing that could be published.
void StagingLoad::keep_results_alone(const StageOutcome& outcome) {
    for (const auto& physical : physical_) {
        take_back_table(link_, physical);
    }
    record_report(link_, outcome, "checks_failed", {});
    quarantine_.commit();
    is_announced_ = false;
    transaction_->commit();
}

StoredRows StagingLoad::stored_rows(std::size_t table, const TableAccount& account) const {
    const bool has_numbers = !setup_.tables[table].spec->key.empty();
    const auto numbered = has_numbers ? sum_of(lanes_, &CopySink::numbered, table) : 0;
    const auto never_sent = sum_of(lanes_, &CopySink::repeated, table);
    return {
        account.staged,
        account.duplicates - never_sent + sum_of(lanes_, &CopySink::sent_again, table),
        numbered * sizeof(std::int64_t)
    };
}

core::Result<void> StagingLoad::complete_tables(const StageOutcome& outcome) const {
    // Enough to plan a publish by, and a tenth of the time.
    link_.exec("SET LOCAL default_statistics_target = 10");
    for (std::size_t t = 0; t < physical_.size(); ++t) {
        link_.exec("ANALYZE " + physical_[t]);
        const auto rows = stored_rows(t, outcome.account.tables[t]);
        if (!complete_table(link_, physical_[t], outcome.content, rows)) {
            return core::fail(
                core::Errc::conflict,
                "another attempt of the same task has dropped what this one staged"
            );
        }
    }
    return {};
}

void StagingLoad::take_back() {
    postgres::LinkTransaction transaction(link_);
    for (const auto& physical : physical_) {
        take_back_table(link_, physical);
    }
    transaction.commit();
}

void StagingLoad::log_account(const FileAccount& account) const {
    setup_.context.log(records_line(account));
    for (const auto& line : account_lines(account)) {
        setup_.context.log(line);
    }
    for (const auto& missing : missing_keys(lanes_)) {
        setup_.context.log("no object has the key of " + missing + ", so the column is NULL");
    }
}

}  // namespace reel::warehouse
