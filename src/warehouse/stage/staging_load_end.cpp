// How a load ends, once all rows are with the server.

#include <algorithm>
#include <optional>
#include <vector>

#include "reel/core/crash_point.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/stage/shared_work.hpp"
#include "warehouse/stage/staging_helper.hpp"
#include "warehouse/stage/staging_load.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

core::Result<core::JsonText> StagingLoad::finish() {
    end_copies();
    FileAccount account = account_of(lanes_);
    const FileContent content = whole_content(files_.files());
    StageOutcome outcome{
        setup_.source, files_.files(), content, account, setup_.tables, setup_.context.identity
    };
    const auto allowed = check_rejects(account, setup_.spec.rejects);
    if (const auto settled = settle_all(account); !settled) {
        quarantine_.commit();
        return std::unexpected(settled.error());
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
    if (is_announced_) {
        const core::Durably durably(core::Durable::fill_staging);
        transaction_->commit();
        transaction_.reset();
    }
}

void StagingLoad::begin_last() {
    transaction_.emplace(link_);
    // So that its statements see what other connections have committed.
    link_.exec("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
}

core::Result<void> StagingLoad::settle_all(FileAccount& account) {
    std::vector<core::Result<void>> settled(physical_.size());
    std::vector<postgres::Link*> links{&link_};
    for (const auto& helper : helpers_) {
        links.push_back(&helper->link);
    }
    share_work(links, physical_.size(), [&](postgres::Link& link, std::size_t table) {
        std::optional<postgres::LinkTransaction> own;
        if (is_announced_) {
            own.emplace(link);
            link.exec(wait_for_no_disk);
        }
        settled[table] = settle(link, table, account.tables[table]);
        if (own && settled[table]) {
            own->commit();
        }
    });
    if (is_announced_) {
        begin_last();
    }
    const auto failed = std::ranges::find_if(settled, [](const auto& done) { return !done; });
    return failed == settled.end() ? core::Result<void>() : *failed;
}

core::Result<void> StagingLoad::settle(
    postgres::Link& link, std::size_t table, TableAccount& account
) {
    const std::uint64_t sent_again = sum_of(lanes_, &CopySink::sent_again, table);
    std::uint64_t stored = sum_of(lanes_, &CopySink::stored, table) - sent_again;
    const auto& spec = *setup_.tables[table].spec;
    if (!spec.key.empty()) {
        if (!feed_->keys()[table].ascends) {
            const auto dropped =
                files_.drop_duplicates(link, table, physical_[table], spec.key, sent_again);
            account.duplicates += dropped;
            account.staged -= dropped;
            stored -= dropped;
        }
        link.exec(drop_hidden_column_sql(physical_[table]));
    }
    // Enough to plan a publish by, and a tenth of the time.
    link.exec("SET LOCAL default_statistics_target = 10");
    link.exec("ANALYZE " + physical_[table]);
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
    for (std::size_t t = 0; t < physical_.size(); ++t) {
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
