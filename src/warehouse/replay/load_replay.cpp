#include "warehouse/replay/load_replay.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace reel::warehouse {

LoadReplay::LoadReplay(
    const StageSpec& spec,
    const std::vector<BoundTable>& tables,
    std::vector<std::string> columns,
    CopySink& copies
)
    : tables_(tables),
      copies_(copies),
      fields_(columns.size()),
      record_(spec, std::move(columns)),
      router_(tables_, *this) {}

void LoadReplay::take(const QuarantinedRecord& kept) {
    Record& record = record_.read(kept.bytes);
    record.number = kept.number;
    record.line = kept.line;
    record.offset = kept.offset;
    // One that was edited is what it is meant to be, and its place in the file is another's.
    const bool may_be_part = !kept.element && !kept.is_edited;
    if (front_ && may_be_part && join(kept, record)) return;
    end();
    if (record.is_short && may_be_part) {
        front_ = Front{RecordPart(record), kept.id, kept.file};
        return;
    }
    begin(kept.id, kept.element.has_value());
    kept.element ? take_element(record, kept) : router_.take(record);
    finish({kept.id});
}

void LoadReplay::end() {
    if (!front_) return;
    const Front front = *std::exchange(front_, std::nullopt);
    begin(front.id, false);
    router_.take(front.part.record());
    finish({front.id});
}

/// Both parts of a record were rejected, each by itself: they are mended as `stage` would do it.
bool LoadReplay::join(const QuarantinedRecord& kept, const Record& rest) {
    const bool are_parts = front_->file == kept.file && front_->part.pairs_with(rest, fields_);
    if (!are_parts) return false;
    const std::uint64_t between = rest.offset - front_->part.offset - front_->part.raw.size();
    const JoinedRecord joined(front_->part, rest, between == 2 ? "\r\n" : "\n");
    if (!router_.fits(joined.record())) return false;
    begin(front_->id, false);
    joined_bytes_ = joined.record().raw;
    router_.take(joined.record());
    finish({front_->id, kept.id});
    front_.reset();
    return true;
}

void LoadReplay::begin(const std::string& id, bool is_element) {
    id_ = id;
    is_element_ = is_element;
    is_kept_ = false;
    joined_bytes_.reset();
}

/// The quarantine's rows that the record at hand stands for.
void LoadReplay::finish(const std::vector<std::string>& ids) {
    outcome_.records += ids.size();
    if (is_kept_) {
        outcome_.kept += ids.size();
        return;
    }
    outcome_.replayed += ids.size();
    for (const auto& id : ids) copies_.add_row(tables_.size(), replayed_fields(id));
}

void LoadReplay::take_element(const Record& record, const QuarantinedRecord& kept) {
    const auto table = std::ranges::find_if(tables_, [&](const BoundTable& bound) {
        return bound.has_each() && bound.spec->name == kept.table;
    });
    if (table != tables_.end()) {
        const auto index = static_cast<std::size_t>(table - tables_.begin());
        return router_.take_element(record, index, *kept.element);
    }
    const auto reason = fmt::format("the spec has no table '{}' with `each`", kept.table);
    reject({record, kept.table, kept.element, {"", "element", reason, {}}});
}

void LoadReplay::add_row(std::size_t table, std::string_view fields) {
    copies_.add_row(table, fields);
}

void LoadReplay::reject(const Rejection& rejection) {
    // Of a record that goes in as a whole, an element may stay behind.
    if (!is_element_ && rejection.element) {
        copies_.add_row(tables_.size(), added_fields(id_, rejection, joined_bytes_));
        ++outcome_.added;
    } else {
        copies_.add_row(tables_.size(), kept_fields(id_, rejection));
        is_kept_ = true;
    }
}

}  // namespace reel::warehouse
