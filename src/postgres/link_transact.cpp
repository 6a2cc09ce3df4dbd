// Several statements in one round trip: libpq's pipeline mode.

#include <fmt/format.h>
#include <poll.h>

#include <optional>
#include <utility>

#include "link_state.hpp"

namespace reel::postgres {

namespace {

/// One transaction on its way. Without a `begin` Postgres makes one of all that stands before a
/// sync, and commits it there.
class Pipeline final {
  public:
    explicit Pipeline(Link::State& state) : state_(state) {
        if (PQenterPipelineMode(connection()) == 0) throw state_.lost();
    }

    /// The name of the prepared statement.
    std::string prepare(std::string_view sql) {
        const auto known = state_.prepared.find(sql);
        return known == state_.prepared.end() ? prepare_anew(sql) : known->second;
    }

    void send(const Statement& statement) {
        const std::string name = prepare(statement.sql);
        std::vector<const char*> values;
        values.reserve(statement.params.size());
        for (const Param& param : statement.params) {
            values.push_back(param ? param->c_str() : nullptr);
        }
        const int sent = PQsendQueryPrepared(
            connection(),
            name.c_str(),
            static_cast<int>(values.size()),
            values.data(),
            nullptr,
            nullptr,
            0
        );
        if (sent == 0) throw state_.lost();
        awaited_.push_back({.prepares = {}, .name = {}});
    }

    /// The rows of what was sent, or the first failure.
    std::vector<Rows> finish() {
        if (PQpipelineSync(connection()) == 0) throw state_.lost();
        std::vector<Rows> rows;
        std::optional<DatabaseError> failure;
        for (const Awaited& awaited : awaited_) {
            const ResultPtr result = next();
            if (PQresultStatus(result.get()) == PGRES_PIPELINE_ABORTED) continue;
            if (is_failure(result.get())) {
                if (!failure) failure = state_.failure(result.get());
            } else if (awaited.prepares.empty()) {
                rows.push_back(rows_of(result.get()));
            } else {
                state_.prepared.emplace(awaited.prepares, awaited.name);
            }
        }
        const ResultPtr end = next();
        const bool is_synced = PQresultStatus(end.get()) == PGRES_PIPELINE_SYNC;
        if (!is_synced && !failure) failure = in_doubt(state_.failure(end.get()));
        if (is_synced) static_cast<void>(PQexitPipelineMode(connection()));
        if (failure) throw *failure;
        return rows;
    }

  private:
    struct Awaited {
        std::string prepares;  ///< the statement that gets `name`; "" where one is executed
        std::string name;
    };

    [[nodiscard]] PGconn* connection() const { return state_.connection.get(); }

    std::string prepare_anew(std::string_view sql) {
        std::string name = fmt::format("reel_{}", state_.names_given++);
        if (PQsendPrepare(connection(), name.c_str(), without_nul(sql).c_str(), 0, nullptr) == 0) {
            throw state_.lost();
        }
        awaited_.push_back({.prepares = std::string(sql), .name = name});
        return name;
    }

    static DatabaseError in_doubt(const DatabaseError& error) {
        return {FailureKind::in_doubt, error.sqlstate(), error.what()};
    }

    /// Every command has one result, and a null behind it; the sync has none behind it.
    ResultPtr next() {
        ResultPtr result(PQgetResult(connection()));
        if (!result) result.reset(PQgetResult(connection()));
        // Everything was sent, so nobody knows what became of it.
        if (!result || PQstatus(connection()) != CONNECTION_OK) {
            throw in_doubt(state_.lost());
        }
        return result;
    }

    Link::State& state_;
    std::vector<Awaited> awaited_;
};

}  // namespace

std::vector<Rows> Link::transact(std::span<const Statement> statements) {
    for (const Statement& statement : statements) {
        for (const Param& param : statement.params) {
            if (param) static_cast<void>(without_nul(*param));
        }
    }
    Pipeline pipeline(*state_);
    for (const Statement& statement : statements) pipeline.send(statement);
    return pipeline.finish();
}

void Link::prepare(std::span<const std::string_view> statements) {
    Pipeline pipeline(*state_);
    for (const std::string_view sql : statements) static_cast<void>(pipeline.prepare(sql));
    static_cast<void>(pipeline.finish());
}

bool Link::has_ended() const {
    pollfd socket{.fd = PQsocket(state_->connection.get()), .events = POLLIN, .revents = 0};
    return ::poll(&socket, 1, 0) != 0;
}

}  // namespace reel::postgres
