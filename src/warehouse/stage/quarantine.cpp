#include "warehouse/stage/quarantine.hpp"

#include <span>

#include <fmt/format.h>

#include "warehouse/registry.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_value_characters = 1000;

constexpr std::string_view copy_statement =
    "COPY reel.quarantine (file, line, record_number, byte_offset, element, raw, raw_size, "
    "column_name, rule, reason, value, table_name, dag_id, run_id, task_id, map_index, try_number, "
    "attempt) FROM STDIN (FORMAT binary)";
constexpr std::uint16_t copy_fields = 18;

// $1 dag, $2 run, $3 task, $4 map index, $5 attempt, $6 the columns of its files
constexpr std::string_view insert_header = R"(
INSERT INTO reel.quarantine_headers (dag_id, run_id, task_id, map_index, attempt, columns)
VALUES ($1, $2, $3, $4::integer, $5::bigint, $6::text[])
ON CONFLICT (dag_id, run_id, task_id, map_index, attempt) DO UPDATE SET columns = excluded.columns)";

void put_text(std::string_view text, std::string& out) {
    put_bytes(printable(text), out);
}

void put_count(std::uint64_t value, std::string& out) {
    put_int64(static_cast<std::int64_t>(value), out);
}

}  // namespace

/// The transaction is declared behind the link, so that it ends before it.
struct Quarantine::Session {
    explicit Session(const std::string& uri) : link(uri, "reel quarantine"), transaction(link) {}

    postgres::Link link;
    postgres::LinkTransaction transaction;
};

Quarantine::Quarantine(std::string uri, LoadIdentity identity, std::vector<std::string> header)
    : uri_(std::move(uri)), identity_(std::move(identity)), header_(std::move(header)) {}

Quarantine::~Quarantine() = default;

void Quarantine::add(const Rejection& rejection, const std::string& file) {
    rows_.add_tuple(copy_fields, quarantine_fields(rejection, identity_, file));
    if (rows_.wants_flush()) {
        send();
    }
}

void Quarantine::commit() {
    if (rows_.tuples() > 0) {
        send();
    }
    if (session_) {
        session_->transaction.commit();
        session_.reset();
    }
}

/// What a replay needs to know beside the records goes in front of them.
void Quarantine::connect() {
    session_ = std::make_unique<Session>(uri_);
    auto params = task_params(identity_);
    params.emplace_back(postgres::array_literal({header_.begin(), header_.end()}));
    session_->link.exec(insert_header, params);
}

void Quarantine::send() {
    if (!session_) {
        connect();
    }
    const std::uint64_t sent = rows_.tuples();
    rows_.finish();
    const std::string bytes = rows_.take();
    rows_ = BinaryCopy();
    session_->link.copy_begin(copy_statement);
    session_->link.copy_data(std::as_bytes(std::span(bytes)));
    if (const auto stored = session_->link.copy_end(); stored != sent) {
        throw postgres::DatabaseError(
            postgres::FailureKind::bug,
            "",
            fmt::format("quarantine was sent {} rows, but the server counted {}", sent, stored)
        );
    }
}

std::string quarantine_fields(
    const Rejection& rejection, const LoadIdentity& identity, const std::string& file
) {
    const Record& record = rejection.record;
    std::string out;
    put_text(file, out);
    put_count(record.line, out);
    put_count(record.number, out);
    put_count(record.offset, out);
    rejection.element ? put_count(*rejection.element, out) : encode_null(out);
    put_bytes(record.raw, out);
    put_count(record.raw_size, out);
    put_reason(rejection, out);
    put_text(identity.key.dag_id.str(), out);
    put_text(identity.key.run_id.str(), out);
    put_text(identity.key.task_id.str(), out);
    put_int32(identity.key.map_index, out);
    put_int32(identity.try_number, out);
    put_int64(identity.attempt, out);
    return out;
}

void put_reason(const Rejection& rejection, std::string& out) {
    const Violation& violation = rejection.violation;
    violation.column.empty() ? encode_null(out) : put_text(violation.column, out);
    put_text(violation.rule, out);
    put_text(violation.reason, out);
    violation.value ? put_text(shortened(*violation.value, max_value_characters), out)
                    : encode_null(out);
    put_text(rejection.table, out);
}

}  // namespace reel::warehouse
