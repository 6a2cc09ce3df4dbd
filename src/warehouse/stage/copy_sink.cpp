#include "warehouse/stage/copy_sink.hpp"

#include <span>
#include <utility>

#include <fmt/format.h>

#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t flush_bytes = 1U << 20U;

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

CopySink::CopySink(postgres::Link& link, std::vector<Target> targets) : link_(link) {
    for (auto& target : targets) {
        streams_.push_back({std::move(target), BinaryCopy(flush_bytes)});
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

void CopySink::add_row(std::size_t table, std::string_view fields) {
    auto& stream = streams_[table];
    if (!stream.target.numbered) {
        stream.rows.add_tuple(stream.target.fields, fields);
    } else {
        stream.rows.begin_tuple(static_cast<std::uint16_t>(stream.target.fields + 1));
        stream.rows.buffer() += fields;
        put_int64(++stream.row_number, stream.rows.buffer());
        stream.rows.commit_tuple();
    }
    if (stream.rows.wants_flush()) {
        send(table);
    }
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
    stream.rows = BinaryCopy(flush_bytes);
    if (stored != sent) {
        throw postgres::DatabaseError(
            postgres::FailureKind::bug,
            "",
            fmt::format("COPY was sent {} rows, but the server counted {}", sent, stored)
        );
    }
}

}  // namespace reel::warehouse
