#include "reel/postgres/link.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <cstring>
#include <limits>

#include "conninfo.hpp"
#include "failure.hpp"
#include "script.hpp"

namespace reel::postgres {

namespace {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

struct CloseLink {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

Rows to_rows(PGresult* result) {
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

}  // namespace

struct Link::State {
    explicit State(const std::string& uri) : conninfo(uri) {}

    Conninfo conninfo;
    std::unique_ptr<PGconn, CloseLink> connection;
    std::function<void(const std::string&)> notice_sink;

    [[nodiscard]] DatabaseError lost() const {
        const std::string message = tidy_message(PQerrorMessage(connection.get()));
        return {
            FailureKind::transient,
            "",
            conninfo.redact(message.empty() ? "the connection to the database was lost" : message)
        };
    }

    [[nodiscard]] DatabaseError failure(const PGresult* result, std::size_t line = 0) const {
        const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
        std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
        if (message.empty()) return lost();
        if (line > 0) message = fmt::format("line {}: {}", line, message);
        for (const int code : {int{PG_DIAG_MESSAGE_DETAIL}, int{PG_DIAG_CONTEXT}}) {
            if (const std::string text = field(result, code); !text.empty()) message += "\n" + text;
        }
        if (const std::string hint = field(result, PG_DIAG_MESSAGE_HINT); !hint.empty()) {
            message += "\nhint: " + hint;
        }
        return {classify_sqlstate(sqlstate), sqlstate, conninfo.redact(tidy_message(message))};
    }

    /// A script may hold COPY, for which there is no data here: the server must not wait for it.
    void refuse_copy(const PGresult* result) const {
        if (PQresultStatus(result) == PGRES_COPY_IN) {
            PQputCopyEnd(connection.get(), "COPY FROM STDIN has no data here");
        } else if (PQresultStatus(result) == PGRES_COPY_OUT) {
            char* row = nullptr;
            while (PQgetCopyData(connection.get(), &row, 0) > 0) PQfreemem(row);
        }
    }

    /// Reads all results of one request; the last one, or the first failure.
    struct Answer {
        ResultPtr result;
        std::size_t statements_done = 0;
    };
    [[nodiscard]] Answer drain() const {
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

    static void forward_notice(void* self, const PGresult* result) {
        const auto* state = static_cast<const State*>(self);
        if (state->notice_sink) state->notice_sink(field(result, PG_DIAG_MESSAGE_PRIMARY));
    }
};

Link::Link(const std::string& uri, const std::string& application_name)
    : state_(std::make_unique<State>(uri)) {
    Conninfo& conninfo = state_->conninfo;
    conninfo.set_default("application_name", application_name);
    conninfo.set_default("client_encoding", "UTF8");
    conninfo.set_default("connect_timeout", "10");
    conninfo.set_default("keepalives_idle", "30");
    state_->connection.reset(PQconnectdb(conninfo.text().c_str()));
    if (PQstatus(state_->connection.get()) != CONNECTION_OK) {
        const std::string message = tidy_message(PQerrorMessage(state_->connection.get()));
        throw DatabaseError(classify_refusal(message), "", conninfo.redact(message));
    }
    PQsetNoticeReceiver(state_->connection.get(), &State::forward_notice, state_.get());
}

Link::~Link() = default;
Link::Link(Link&&) noexcept = default;

Rows Link::exec(std::string_view sql, const Params& params) {
    std::vector<const char*> values;
    for (const Param& param : params) {
        if (param) static_cast<void>(without_nul(*param));
        values.push_back(param ? param->c_str() : nullptr);
    }
    const ResultPtr result(PQexecParams(
        state_->connection.get(),
        without_nul(sql).c_str(),
        static_cast<int>(values.size()),
        nullptr,
        values.data(),
        nullptr,
        nullptr,
        0
    ));
    if (!result) throw state_->lost();
    if (is_failure(result.get())) throw state_->failure(result.get());
    state_->refuse_copy(result.get());
    return to_rows(result.get());
}

Rows Link::exec_script(std::string_view sql) {
    const std::string text = without_nul(sql);
    if (PQsendQuery(state_->connection.get(), text.c_str()) == 0) throw state_->lost();
    const State::Answer answer = state_->drain();
    if (!is_failure(answer.result.get())) return to_rows(answer.result.get());

    std::size_t line = 0;
    const std::string position = field(answer.result.get(), PG_DIAG_STATEMENT_POSITION);
    if (std::size_t character = 0; !position.empty()) {
        std::from_chars(position.data(), position.data() + position.size(), character);
        line = line_of_character(text, character);
    } else if (const auto lines = statement_lines(text); answer.statements_done < lines.size()) {
        line = lines[answer.statements_done];
    }
    throw state_->failure(answer.result.get(), line);
}

void Link::copy_begin(std::string_view copy_statement) {
    const ResultPtr result(PQexec(state_->connection.get(), without_nul(copy_statement).c_str()));
    if (!result) throw state_->lost();
    if (is_failure(result.get())) throw state_->failure(result.get());
    if (PQresultStatus(result.get()) != PGRES_COPY_IN) {
        state_->refuse_copy(result.get());
        throw DatabaseError(FailureKind::bug, "", "the statement is not COPY … FROM STDIN");
    }
}

void Link::copy_data(std::span<const std::byte> bytes) {
    constexpr std::size_t most = std::numeric_limits<int>::max();
    while (!bytes.empty()) {
        const auto part = bytes.first(std::min(bytes.size(), most));
        const int sent = PQputCopyData(
            state_->connection.get(),
            reinterpret_cast<const char*>(part.data()),
            static_cast<int>(part.size())
        );
        if (sent != 1) {
            const State::Answer answer = state_->drain();
            throw state_->failure(answer.result.get());
        }
        bytes = bytes.subspan(part.size());
    }
}

std::uint64_t Link::copy_end() {
    if (PQputCopyEnd(state_->connection.get(), nullptr) != 1) throw state_->lost();
    const State::Answer answer = state_->drain();
    if (is_failure(answer.result.get())) throw state_->failure(answer.result.get());
    return to_rows(answer.result.get()).affected();
}

void Link::copy_abort(const std::string& reason) {
    if (PQputCopyEnd(state_->connection.get(), reason.c_str()) != 1) throw state_->lost();
    static_cast<void>(state_->drain());
}

int Link::server_version() const {
    return PQserverVersion(state_->connection.get());
}

void Link::on_notice(std::function<void(const std::string&)> sink) {
    state_->notice_sink = std::move(sink);
}

std::string Link::quote_identifier(std::string_view name) const {
    const std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeIdentifier(state_->connection.get(), name.data(), name.size()), &PQfreemem
    );
    if (!quoted) throw DatabaseError(FailureKind::bug, "22021", "a name is not valid UTF-8");
    return quoted.get();
}

std::string Link::quote_literal(std::string_view text) const {
    const std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeLiteral(state_->connection.get(), text.data(), text.size()), &PQfreemem
    );
    if (!quoted) throw DatabaseError(FailureKind::bug, "22021", "a text is not valid UTF-8");
    return quoted.get();
}

LinkTransaction::LinkTransaction(Link& link) : link_(link) {
    static_cast<void>(link_.exec("begin"));
}

LinkTransaction::~LinkTransaction() {
    if (!open_) return;
    try {
        static_cast<void>(link_.exec("rollback"));
    } catch (const DatabaseError&) {
        // A lost connection has rolled back on its own.
        open_ = false;
    }
}

void LinkTransaction::commit() {
    PGconn* connection = link_.state_->connection.get();
    // The server answers COMMIT of an aborted transaction with a quiet ROLLBACK.
    if (PQtransactionStatus(connection) == PQTRANS_INERROR) {
        throw DatabaseError(
            FailureKind::bug, "25P02", "a transaction with a failed statement cannot commit"
        );
    }
    open_ = false;
    try {
        static_cast<void>(link_.exec("commit"));
    } catch (const DatabaseError& error) {
        if (PQstatus(connection) == CONNECTION_OK) throw;
        throw DatabaseError(FailureKind::in_doubt, error.sqlstate(), error.what());
    }
}

}  // namespace reel::postgres
