#include "warehouse/stage/load_lane.hpp"

#include <utility>

#include "warehouse/stage/contract_watch.hpp"

namespace reel::warehouse {

LoadLane::LoadLane(postgres::Link& link, const LanePlan& plan)
    : tables_(plan.tables),
      columns_(plan.header.size()),
      reader_(plan.header, plan.csv),
      plain_(PlainRows::of(plan.tables, plan.csv.quote)),
      copies_(link, plan.targets),
      router_(plan.tables, *this) {
    if (plan.format != Format::csv) json_.emplace(json_layout(plan.format));
    if (plan.csv.rejoin) rejoiner_.emplace(router_, columns_);
    take_by_own();
}

BlockOutcome LoadLane::load(BlockOrder order) {
    if (!order.again.empty()) return load_again(std::move(order));
    TextBlock& block = order.block;
    block_ = &block;
    copies_.begin_block(block.sequence);
    json_ ? take_json(block) : take_csv(block);
    block_ = nullptr;
    BlockOutcome outcome;
    outcome.counts = json_ ? json_->counts() : reader_.counts();
    outcome.line_ends = json_ ? json_->line_ends() : reader_.line_ends();
    outcome.rejects = std::exchange(rejects_, {});
    outcome.keys = keys();
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        outcome.unnumbered.push_back(copies_.unnumbered(t));
    }
    outcome.block = std::move(block);
    return outcome;
}

/// Whoever judges the block now has an account that nobody reads.
BlockOutcome LoadLane::load_again(BlockOrder order) {
    RecordRouter router(tables_, *this);
    std::optional<Rejoiner> rejoiner;
    if (rejoiner_) rejoiner.emplace(router, columns_);
    const std::uint64_t plain_records = plain_records_;
    block_ = &order.block;
    taking_ = &router;
    rejoining_ = rejoiner ? &*rejoiner : nullptr;
    copies_.begin_again(order.block.sequence, order.again);
    json_ ? take_json(order.block) : take_csv(order.block);
    take_by_own();
    block_ = nullptr;
    plain_records_ = plain_records;
    rejects_ = {};
    BlockOutcome outcome;
    outcome.block = std::move(order.block);
    outcome.is_again = true;
    return outcome;
}

void LoadLane::take_by_own() {
    taking_ = &router_;
    rejoining_ = rejoiner_ ? &*rejoiner_ : nullptr;
}

void LoadLane::take_csv(const TextBlock& block) {
    reader_.start(block);
    while (reader_.next()) {
        if (plain_ && reader_.is_plain()) {
            if (rejoining_ != nullptr) rejoining_->flush();
            if (add_plain(block)) continue;
        }
        reader_.read(record_);
        take(record_);
    }
    if (rejoining_ != nullptr) rejoining_->flush();
}

void LoadLane::take(const Record& record) {
    if (rejoining_ == nullptr) return taking_->take(record);
    std::string_view behind;
    if (const auto& front = rejoining_->front(); front && block_ != nullptr) {
        behind = block_->text().substr(front->offset + front->raw.size() - block_->offset);
    }
    rejoining_->take(record, behind);
}

void LoadLane::take_json(const TextBlock& block) {
    json_->start(block);
    while (json_->next()) {
        json_->read(record_);
        taking_->take(record_);
    }
}

Rejects LoadLane::load(const Record& record, std::uint64_t sequence) {
    copies_.begin_block(sequence);
    take(record);
    return std::exchange(rejects_, {});
}

Rejects LoadLane::end_records() {
    if (!rejoiner_) return {};
    rejoiner_->flush();
    return std::exchange(rejects_, {});
}

std::vector<KeyRange> LoadLane::keys() const {
    std::vector<KeyRange> keys;
    keys.reserve(tables_.size());
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const KeyRange* const seen = copies_.keys(t);
        keys.push_back(seen != nullptr ? *seen : KeyRange{.ascends = false});
    }
    return keys;
}

bool LoadLane::watches_keys() const {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        if (copies_.keys(t) != nullptr) return true;
    }
    return false;
}

FileAccount LoadLane::account() const {
    FileAccount account = router_.account();
    account.records_read += plain_records_;
    account.rejoined = rejoiner_ ? rejoiner_->rejoined() : 0;
    for (std::size_t t = 0; t < account.tables.size(); ++t) {
        TableAccount& table = account.tables[t];
        table.elements_read += plain_ ? plain_records_ : 0;
        table.staged += plain_ ? plain_records_ : 0;
        table.duplicates += copies_.repeated(t);
        table.staged -= copies_.repeated(t);
    }
    return account;
}

bool LoadLane::add_plain(const TextBlock& block) {
    bool fits = true;
    for (std::size_t t = 0; fits && t < tables_.size(); ++t) fits = append_plain(t, block);
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        fits ? copies_.commit(t) : copies_.drop(t);
    }
    plain_records_ += fits ? 1 : 0;
    return fits;
}

bool LoadLane::append_plain(std::size_t table, const TextBlock& block) {
    const auto ends = reader_.ends();
    const std::size_t begin = reader_.begin();
    const std::size_t most = plain_->most_bytes(table, ends.back() - begin);
    return copies_.append_row(table, most, [&](char* into) {
        return plain_->encode(table, block, begin, ends, into);
    });
}

void LoadLane::add_row(std::size_t table, std::string_view fields) {
    copies_.add_row(table, fields);
}

void LoadLane::reject(const Rejection& rejection) {
    rejects_.rows.add(rejection);
    const bool is_told = rejects_.told.size() < Rejects::most_told;
    if (!is_told && !breaks_frozen_contract(tables_, rejection)) return;
    Record place;
    place.number = rejection.record.number;
    place.line = rejection.record.line;
    rejects_.told.push_back(
        {std::move(place), rejection.table, rejection.element, rejection.violation}
    );
}

void Rejects::move_behind(std::uint64_t records, std::uint64_t lines) {
    rows.move_behind(records, lines);
    for (auto& kept : told) {
        kept.record.number += records;
        kept.record.line += lines;
    }
}

}  // namespace reel::warehouse
