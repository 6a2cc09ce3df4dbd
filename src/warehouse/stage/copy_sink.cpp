#include "warehouse/stage/copy_sink.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

/// A piece that is still in the nearest caches when the kernel copies it.
constexpr std::size_t flush_alone = 128U << 10U;
/// Changing tables ends a COPY, which costs more.
constexpr std::size_t flush_in_turns = 1U << 20U;

constexpr std::size_t field_count_bytes = 2;
constexpr std::int32_t null_field = -1;

std::size_t flush_bytes_of(std::size_t tables) {
    return tables == 1 ? flush_alone : flush_in_turns;
}

}  // namespace

void put_int64(std::int64_t value, std::string& out) {
    append_wire(out, std::int32_t{8});
    append_wire(out, value);
}

void put_int32(std::int32_t value, std::string& out) {
    append_wire(out, std::int32_t{4});
    append_wire(out, value);
}

void put_bytes(std::string_view bytes, std::string& out) {
    append_wire(out, static_cast<std::int32_t>(bytes.size()));
    out += bytes;
}

CopySink::CopySink(postgres::Link& link, std::vector<Target> targets)
    : link_(link), flush_bytes_(flush_bytes_of(targets.size())) {
    streams_.reserve(targets.size());
    for (auto& target : targets) {
        streams_.push_back({std::move(target), BinaryCopy(flush_bytes_)});
    }
}

CopySink::~CopySink() {
    if (!open_) {
        return;
    }
    try {
        link_.copy_abort("the load was given up");
    } catch (const postgres::DatabaseError&) {
        // The connection is gone, and the COPY with it.
        open_.reset();
    }
}

std::size_t CopySink::buffer_bytes(std::size_t tables) {
    return tables * flush_bytes_of(tables);
}

std::int64_t CopySink::first_row(std::uint64_t sequence) {
    constexpr unsigned bits_within = 32;  // a block has fewer bytes, hence fewer rows
    return static_cast<std::int64_t>(sequence << bits_within);
}

void CopySink::begin_block(std::uint64_t sequence) {
    for (auto& stream : streams_) {
        stream.row_number = std::max(stream.row_number, first_row(sequence));
        stream.has_number = stream.target.must_number == nullptr || *stream.target.must_number;
        stream.unnumbered = 0;
        stream.left.reset();
        if (stream.target.order) {
            stream.target.order->restart();
        }
        if (stream.target.repeats) {
            stream.target.repeats->restart();
        }
    }
}

void CopySink::number_rows(std::size_t table) {
    if (auto* const must_number = streams_[table].target.must_number; must_number != nullptr) {
        *must_number = true;
    }
}

void CopySink::begin_again(std::uint64_t sequence, std::span<const std::uint64_t> rows) {
    for (std::size_t t = 0; t < streams_.size(); ++t) {
        streams_[t].row_number = first_row(sequence);
        streams_[t].has_number = true;
        streams_[t].left = rows[t];
        if (streams_[t].target.repeats) {
            streams_[t].target.repeats->restart();
        }
    }
}

void CopySink::add_row(std::size_t table, std::string_view fields) {
    const bool written = append_row(table, fields.size(), [fields](char* into) {
        return std::ranges::copy(fields, into).out;
    });
    if (written) {
        commit(table);
    }
}

char* CopySink::begin_row(const Stream& stream, char* into) {
    const int fields = stream.target.fields + (stream.target.numbered ? 1 : 0);
    return std::ranges::copy(to_wire(static_cast<std::int16_t>(fields)), into).out;
}

char* CopySink::end_row(const Stream& stream, char* into) {
    if (!stream.target.numbered) {
        return into;
    }
    if (!stream.has_number) {
        return std::ranges::copy(to_wire(null_field), into).out;
    }
    into = std::ranges::copy(to_wire(std::int32_t{8}), into).out;
    return std::ranges::copy(to_wire(stream.row_number + 1), into).out;
}

void CopySink::commit(std::size_t table) {
    auto& stream = streams_[table];
    if (stream.left == 0U) {
        return drop(table);
    }
    if (stream.target.repeats && stream.target.repeats->see(fields_of(stream))) {
        stream.repeated += stream.left ? 0 : 1;
        return drop(table);
    }
    ++stream.row_number;
    if (stream.left) {
        --*stream.left;
        ++stream.sent_again;
    } else {
        look_at_row(stream);
    }
    ++(stream.has_number ? stream.numbered : stream.unnumbered);
    stream.rows.commit_tuple();
    if (stream.rows.wants_flush()) {
        send(table);
    }
}

/// Without the hidden row number.
std::string_view CopySink::fields_of(const Stream& stream) {
    auto fields = stream.rows.open_tuple().substr(field_count_bytes);
    if (stream.target.numbered) {
        const std::size_t value = stream.has_number ? sizeof stream.row_number : 0;
        fields.remove_suffix(sizeof null_field + value);
    }
    return fields;
}

void CopySink::look_at_row(Stream& stream) {
    if (stream.target.checks) {
        stream.target.checks->see(stream.rows.open_tuple().substr(field_count_bytes));
    }
    if (stream.target.order) {
        watch(stream);
    }
}

/// The row that does not ascend is the first one to need its number.
void CopySink::watch(Stream& stream) {
    auto& order = *stream.target.order;
    order.see(stream.rows.open_tuple().substr(field_count_bytes));
    if (stream.has_number || order.range().ascends) {
        return;
    }
    auto& row = stream.rows.buffer();
    row.resize(row.size() - sizeof null_field);
    put_int64(stream.row_number, row);
    stream.has_number = true;
}

void CopySink::finish() {
    end_open();
    for (std::size_t t = 0; t < streams_.size(); ++t) {
        if (streams_[t].rows.tuples() > 0) {
            send(t);
            end_open();
        }
    }
}

void CopySink::send(std::size_t table) {
    if (open_ != table) {
        end_open();
        link_.copy_begin(streams_[table].target.copy_statement);
        open_ = table;
    }
    push(streams_[table]);
}

void CopySink::push(Stream& stream) {
    const std::string bytes = stream.rows.take();
    const auto open = std::exchange(open_, std::nullopt);  // a failed COPY is over
    link_.copy_data(std::as_bytes(std::span(bytes)));
    open_ = open;
}

void CopySink::end_open() {
    if (!open_) {
        return;
    }
    auto& stream = streams_[*open_];
    const std::uint64_t sent = stream.rows.tuples();
    stream.rows.finish();
    push(stream);
    open_.reset();
    const std::uint64_t stored = link_.copy_end();
    stream.rows = BinaryCopy(flush_bytes_);
    stream.stored += stored;
    if (stored != sent) {
        throw postgres::DatabaseError(
            postgres::FailureKind::bug,
            "",
            fmt::format("COPY was sent {} rows, but the server counted {}", sent, stored)
        );
    }
}

}  // namespace reel::warehouse
