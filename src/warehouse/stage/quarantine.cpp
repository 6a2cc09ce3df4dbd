#include "warehouse/stage/quarantine.hpp"

#include <span>

#include <fmt/format.h>

#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_value_characters = 1000;

constexpr std::string_view copy_statement =
    "COPY reel.quarantine (file, line, record_number, byte_offset, element, column_name, rule, "
    "reason, raw, raw_size, value, table_name, dag_id, run_id, task_id, map_index, try_number, "
    "attempt) FROM STDIN (FORMAT binary)";
constexpr std::uint16_t copy_fields = 18;

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

Quarantine::Quarantine(std::string uri, LoadIdentity identity)
    : uri_(std::move(uri)), identity_(std::move(identity)) {}

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

void Quarantine::send() {
    if (!session_) {
        session_ = std::make_unique<Session>(uri_);
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
    const Violation& violation = rejection.violation;
    std::string out;
    put_text(file, out);
    put_count(record.line, out);
    put_count(record.number, out);
    put_count(record.offset, out);
    rejection.element ? put_count(*rejection.element, out) : encode_null(out);
    violation.column.empty() ? encode_null(out) : put_text(violation.column, out);
    put_text(violation.rule, out);
    put_text(violation.reason, out);
    put_bytes(record.raw, out);
    put_count(record.raw_size, out);
    violation.value ? put_text(shortened(*violation.value, max_value_characters), out)
                    : encode_null(out);
    put_text(rejection.table, out);
    put_text(identity.key.dag_id.str(), out);
    put_text(identity.key.run_id.str(), out);
    put_text(identity.key.task_id.str(), out);
    put_int32(identity.key.map_index, out);
    put_int32(identity.try_number, out);
    put_int64(identity.attempt, out);
    return out;
}

}  // namespace reel::warehouse
