#include "reel/postgres/link.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <charconv>
#include <limits>

#include "failure.hpp"
#include "link_state.hpp"
#include "script.hpp"

namespace reel::postgres {

namespace {

/// What the kernel keeps of rows that a server of the same machine has not read yet, so that they
/// can be made while it is busy with its log. Networks find their own size.
void widen_unix_socket(int socket) {
    constexpr int bytes = 1 << 20;
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
        address.ss_family == AF_UNIX) {
        // The kernel may give less.
        static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes));
    }
}

}  // namespace

std::string limit_network_silence(const std::string& uri) {
    Conninfo conninfo(uri);
    conninfo.set_default("tcp_user_timeout", "20000");
    return conninfo.text();
}

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
    return rows_of(result.get());
}

Rows Link::exec_script(std::string_view sql) {
    const std::string text = without_nul(sql);
    if (PQsendQuery(state_->connection.get(), text.c_str()) == 0) throw state_->lost();
    const State::Answer answer = state_->drain();
    if (!is_failure(answer.result.get())) return rows_of(answer.result.get());

    std::size_t line = 0;
    const std::string position = error_field(answer.result.get(), PG_DIAG_STATEMENT_POSITION);
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
    widen_unix_socket(PQsocket(state_->connection.get()));
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
    return rows_of(answer.result.get()).affected();
}

void Link::copy_abort(const std::string& reason) {
    if (PQputCopyEnd(state_->connection.get(), reason.c_str()) != 1) throw state_->lost();
    static_cast<void>(state_->drain());
}

int Link::socket() const {
    return PQsocket(state_->connection.get());
}

std::vector<std::string> Link::take_notifications() {
    PGconn* connection = state_->connection.get();
    if (PQconsumeInput(connection) == 0) throw state_->lost();
    std::vector<std::string> channels;
    while (const std::unique_ptr<PGnotify, decltype(&PQfreemem)> note{
        PQnotifies(connection), &PQfreemem
    }) {
        channels.emplace_back(note->relname);
    }
    // The server's farewell is input, too.
    if (PQstatus(connection) != CONNECTION_OK) throw state_->lost();
    return channels;
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
