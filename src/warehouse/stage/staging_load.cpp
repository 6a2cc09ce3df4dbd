#include "warehouse/stage/staging_load.hpp"

#include <fmt/format.h>

#include "reel/core/crash_point.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/stage/copy_targets.hpp"
#include "warehouse/stage/progress.hpp"
#include "warehouse/stage/staging_helper.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

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
    link_.exec(wait_for_no_disk);
    const core::Durably durably(core::Durable::announce_staging);
    transaction_->commit();
    is_announced_ = true;
    transaction_.emplace(link_);
    link_.exec(wait_for_no_disk);
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

void StagingLoad::take_back() {
    postgres::LinkTransaction transaction(link_);
    for (const auto& physical : physical_) {
        take_back_table(link_, physical);
    }
    transaction.commit();
}

}  // namespace reel::warehouse
