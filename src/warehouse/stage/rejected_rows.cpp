#include "warehouse/stage/rejected_rows.hpp"

#include <algorithm>

#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/text_table.hpp"
#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_value_characters = 1000;

constexpr std::int16_t field_count = 13;
// Where the first fields lie in a row, each behind its length.
constexpr std::size_t batch_at = 2 + 4;
constexpr std::size_t place_at = batch_at + 4 + 4;
constexpr std::size_t line_at = place_at + 4 + 4;
constexpr std::size_t number_at = line_at + 8 + 4;

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// Nearly all of it is what printable() leaves as it is.
void put_text(std::string_view text, std::string& out) {
    is_plain(text) ? put_bytes(text, out) : put_bytes(printable(text), out);
}

void put_value(std::string_view value, std::string& out) {
    value.size() <= max_value_characters ? put_text(value, out)
                                         : put_text(shortened(value, max_value_characters), out);
}

void put_count(std::uint64_t value, std::string& out) {
    put_int64(static_cast<std::int64_t>(value), out);
}

void add_at(std::string& bytes, std::size_t at, std::uint64_t more) {
    replace_wire(bytes, at, read_wire<std::uint64_t>(std::string_view(bytes).substr(at)) + more);
}

}  // namespace

void RejectedRows::add(const Rejection& rejection) {
    const Record& record = rejection.record;
    starts_.push_back(bytes_.size());
    append_wire(bytes_, field_count);
    put_int32(0, bytes_);
    put_int32(0, bytes_);
    put_count(record.line, bytes_);
    put_count(record.number, bytes_);
    put_count(record.offset, bytes_);
    rejection.element ? put_count(*rejection.element, bytes_) : encode_null(bytes_);
    put_bytes(record.raw, bytes_);
    record.raw_size == record.raw.size() ? encode_null(bytes_) : put_count(record.raw_size, bytes_);
    put_reason(rejection, bytes_);
}

void RejectedRows::move_behind(std::uint64_t records, std::uint64_t lines) {
    for (const std::size_t start : starts_) {
        add_at(bytes_, start + line_at, lines);
        add_at(bytes_, start + number_at, records);
    }
}

void RejectedRows::put_into(
    std::int32_t batch, std::int32_t place, std::size_t first, std::size_t count
) {
    for (std::size_t i = first; i < first + count; ++i) {
        replace_wire(bytes_, starts_[i] + batch_at, batch);
        replace_wire(bytes_, starts_[i] + place_at, place++);
    }
}

std::string_view RejectedRows::bytes(std::size_t first, std::size_t count) const {
    const auto start = [&](std::size_t row) {
        return row < starts_.size() ? starts_[row] : bytes_.size();
    };
    return std::string_view(bytes_).substr(start(first), start(first + count) - start(first));
}

void put_reason(const Rejection& rejection, std::string& out) {
    const Violation& violation = rejection.violation;
    violation.column.empty() ? encode_null(out) : put_text(violation.column, out);
    put_text(violation.rule, out);
    put_text(violation.reason, out);
    violation.value ? put_value(*violation.value, out) : encode_null(out);
    put_text(rejection.table, out);
}

}  // namespace reel::warehouse
