#include "link_state.hpp"

#include <fmt/format.h>

#include <charconv>

#include "failure.hpp"
#include "pipeline.hpp"

namespace reel::postgres {

std::string error_field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

Rows rows_of(PGresult* result) {
    std::vector<std::string> columns;
    const int width = PQnfields(result);
    columns.reserve(static_cast<std::size_t>(width));
    for (int i = 0; i < width; ++i) columns.emplace_back(PQfname(result, i));
    std::vector<std::vector<Param>> rows(static_cast<std::size_t>(PQntuples(result)));
    for (int row = 0; row < PQntuples(result); ++row) {
        for (int i = 0; i < width; ++i) {
            const auto size = static_cast<std::size_t>(PQgetlength(result, row, i));
            rows[static_cast<std::size_t>(row)].push_back(
                PQgetisnull(result, row, i) == 1 ? Param()
                                                 : Param({PQgetvalue(result, row, i), size})
            );
        }
    }
    std::size_t affected = 0;
    const std::string_view tag = PQcmdTuples(result);
    std::from_chars(tag.data(), tag.data() + tag.size(), affected);
    return {std::move(columns), std::move(rows), affected};
}

bool is_failure(const PGresult* result) {
    switch (PQresultStatus(result)) {
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
        case PGRES_COPY_IN:
        case PGRES_COPY_OUT:
        case PGRES_NONFATAL_ERROR:
            return false;
        default:
            return true;
    }
}

std::string without_nul(std::string_view sql) {
    if (sql.find('\0') != std::string_view::npos) {
        throw DatabaseError(FailureKind::bug, "22021", "the statement or a parameter holds a NUL");
    }
    return std::string(sql);
}

Link::State::State(const std::string& uri) : conninfo(uri) {}
Link::State::~State() = default;

DatabaseError Link::State::lost() const {
    const std::string message = tidy_message(PQerrorMessage(connection.get()));
    return {
        FailureKind::transient,
        "",
        conninfo.redact(message.empty() ? "the connection to the database was lost" : message)
    };
}

DatabaseError Link::State::failure(const PGresult* result, std::size_t line) const {
    const std::string sqlstate = error_field(result, PG_DIAG_SQLSTATE);
    std::string message = error_field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message.empty()) return lost();
    if (line > 0) message = fmt::format("line {}: {}", line, message);
    for (const int code : {int{PG_DIAG_MESSAGE_DETAIL}, int{PG_DIAG_CONTEXT}}) {
        if (const std::string text = error_field(result, code); !text.empty()) {
            message += "\n" + text;
        }
    }
    if (const std::string hint = error_field(result, PG_DIAG_MESSAGE_HINT); !hint.empty()) {
        message += "\nhint: " + hint;
    }
    return {classify_sqlstate(sqlstate), sqlstate, conninfo.redact(tidy_message(message))};
}

void Link::State::refuse_copy(const PGresult* result) const {
    if (PQresultStatus(result) == PGRES_COPY_IN) {
        PQputCopyEnd(connection.get(), "COPY FROM STDIN has no data here");
    } else if (PQresultStatus(result) == PGRES_COPY_OUT) {
        char* row = nullptr;
        while (PQgetCopyData(connection.get(), &row, 0) > 0) PQfreemem(row);
    }
}

Link::State::Answer Link::State::drain() const {
    Answer answer;
    bool failed = false;
    while (ResultPtr next{PQgetResult(connection.get())}) {
        refuse_copy(next.get());
        if (failed) continue;
        failed = is_failure(next.get());
        const ExecStatusType status = PQresultStatus(next.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) ++answer.statements_done;
        answer.result = std::move(next);
    }
    if (!answer.result) throw lost();
    return answer;
}

void Link::State::forward_notice(void* self, const PGresult* result) {
    const auto* state = static_cast<const State*>(self);
    if (state->notice_sink) state->notice_sink(error_field(result, PG_DIAG_MESSAGE_PRIMARY));
}
}  // namespace reel::postgres
