#include "reel/postgres/database.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <condition_variable>
#include <mutex>
#include <pqxx/connection>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/transaction>
#include <utility>

#include "conninfo.hpp"
#include "failure.hpp"
#include "reel/postgres/link.hpp"

namespace reel::postgres {

namespace {

/// Turns whatever libpqxx threw into our own kind; call it inside a catch block only.
[[noreturn]] void rethrow(const Conninfo& conninfo) {
    const auto text = [&](const char* what) { return conninfo.redact(tidy_message(what)); };
    try {
        throw;
    } catch (const pqxx::in_doubt_error& error) {
        throw DatabaseError(FailureKind::in_doubt, "", text(error.what()));
    } catch (const pqxx::broken_connection& error) {
        throw DatabaseError(classify_refusal(error.what()), "", text(error.what()));
    } catch (const pqxx::serialization_failure& error) {
        throw DatabaseError(FailureKind::transient, "40001", text(error.what()));
    } catch (const pqxx::deadlock_detected& error) {
        throw DatabaseError(FailureKind::transient, "40P01", text(error.what()));
    } catch (const pqxx::transaction_rollback& error) {
        throw DatabaseError(FailureKind::transient, "40000", text(error.what()));
    } catch (const pqxx::sql_error& error) {
        throw DatabaseError(
            classify_sqlstate(error.sqlstate()), error.sqlstate(), text(error.what())
        );
    } catch (const pqxx::pqxx_exception& error) {
        throw DatabaseError(FailureKind::bug, "", text(error.base().what()));
    }
}

/// libpqxx prints notices to stderr unless told otherwise.
struct Connection {
    explicit Connection(const std::string& text) : link(text), quiet(link) {}
    pqxx::connection link;
    pqxx::quiet_errorhandler quiet;
};

Rows to_rows(const pqxx::result& result) {
    std::vector<std::string> columns;
    columns.reserve(result.columns());
    for (pqxx::row::size_type i = 0; i < result.columns(); ++i) {
        columns.emplace_back(result.column_name(i));
    }
    std::vector<std::vector<Param>> rows;
    rows.reserve(result.size());
    for (const auto& row : result) {
        std::vector<Param> values;
        values.reserve(columns.size());
        for (const auto& field : row) {
            values.push_back(
                field.is_null() ? Param() : Param(std::string(field.c_str(), field.size()))
            );
        }
        rows.push_back(std::move(values));
    }
    return {std::move(columns), std::move(rows), result.affected_rows()};
}

/// Work is pqxx::work, or pqxx::nontransaction where each statement is one by itself.
template <class Work>
class PqxxTransaction final : public Transaction {
  public:
    PqxxTransaction(Connection& connection, const Conninfo& conninfo)
        : connection_(connection), conninfo_(conninfo) {
        try {
            work_.emplace(connection.link);
        } catch (const pqxx::pqxx_exception&) {
            rethrow(conninfo_);
        }
    }

    Rows exec(std::string_view sql, const Params& params) override {
        std::vector<const char*> texts;
        for (const Param& param : params) {
            // libpq would cut the text there in silence.
            if (param && param->find('\0') != std::string::npos) {
                throw DatabaseError(
                    FailureKind::bug, "22021", "a parameter holds a NUL, Postgres text cannot"
                );
            }
            texts.push_back(param ? param->c_str() : nullptr);
        }
        failed_ = true;
        try {
            Rows rows = to_rows(
                work_->exec_params(std::string(sql), pqxx::prepare::make_dynamic_params(texts))
            );
            failed_ = false;
            return rows;
        } catch (const pqxx::pqxx_exception&) {
            rethrow(conninfo_);
        }
    }

    void commit() {
        // The server answers COMMIT of an aborted transaction with a quiet ROLLBACK.
        if (failed_) {
            throw DatabaseError(
                FailureKind::bug, "25P02", "a transaction with a failed statement cannot commit"
            );
        }
        try {
            work_->commit();
        } catch (const pqxx::pqxx_exception& error) {
            if (!connection_.link.is_open()) {
                throw DatabaseError(
                    FailureKind::in_doubt, "", conninfo_.redact(tidy_message(error.base().what()))
                );
            }
            rethrow(conninfo_);
        }
    }

  private:
    Connection& connection_;
    const Conninfo& conninfo_;
    std::optional<Work> work_;
    bool failed_ = false;
};

Conninfo with_defaults(const DatabaseOptions& options) {
    Conninfo conninfo(limit_network_silence(options.uri));
    conninfo.set_default("application_name", options.application_name);
    conninfo.set_default("connect_timeout", fmt::to_string(options.connect_timeout_seconds));
    conninfo.set_default("client_encoding", "UTF8");
    conninfo.set_default("keepalives_idle", "30");
    conninfo.set_default("keepalives_interval", "10");
    conninfo.set_default("keepalives_count", "3");
    if (options.statement_timeout_ms > 0) {
        conninfo.set_default(
            "options", fmt::format("-c statement_timeout={}", options.statement_timeout_ms)
        );
    }
    return conninfo;
}

/// An idle connection on which something arrived was ended by the server (a restart, a kill):
/// whoever used it next would fail for nothing.
bool has_ended(const Connection& connection) {
    pollfd socket{.fd = connection.link.sock(), .events = POLLIN, .revents = 0};
    return ::poll(&socket, 1, 0) != 0;
}

class PqxxDatabase final : public Database {
  public:
    explicit PqxxDatabase(const DatabaseOptions& options)
        : conninfo_(with_defaults(options)),
          max_connections_(std::max<std::size_t>(1, options.max_connections)),
          patience_(options.patience) {}

    void transact(const std::function<void(Transaction&)>& work) override {
        const Lease lease(*this);
        PqxxTransaction<pqxx::work> transaction(lease.connection(), conninfo_);
        work(transaction);
        transaction.commit();
    }

    Rows query(std::string_view sql, const Params& params) override {
        std::optional<Rows> rows;
        transact([&](Transaction& transaction) { rows = transaction.exec(sql, params); });
        return std::move(*rows);
    }

    Rows read(std::string_view sql, const Params& params) override {
        const Lease lease(*this);
        return PqxxTransaction<pqxx::nontransaction>(lease.connection(), conninfo_)
            .exec(sql, params);
    }

    void ping() override { static_cast<void>(read("select 1", {})); }

  private:
    /// One connection out of the pool; goes back at the end if it is still good.
    class Lease final {
      public:
        explicit Lease(PqxxDatabase& pool) : pool_(pool), connection_(pool.take()) {}
        ~Lease() { pool_.give_back(std::move(connection_)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        [[nodiscard]] Connection& connection() const { return *connection_; }

      private:
        PqxxDatabase& pool_;
        std::unique_ptr<Connection> connection_;
    };

    std::unique_ptr<Connection> take() {
        {
            std::unique_lock lock(mutex_);
            const auto has_idle = [this] { return !idle_.empty(); };
            if (open_ > 0) returned_.wait_for(lock, patience_, has_idle);
            returned_.wait(lock, [&] { return has_idle() || open_ < max_connections_; });
            if (!idle_.empty() && has_ended(*idle_.back())) {
                open_ -= idle_.size();
                idle_.clear();
            }
            if (!idle_.empty()) {
                auto connection = std::move(idle_.back());
                idle_.pop_back();
                return connection;
            }
            ++open_;
        }
        try {
            return std::make_unique<Connection>(conninfo_.text());
        } catch (const pqxx::pqxx_exception&) {
            give_back(nullptr);
            rethrow(conninfo_);
        }
    }

    void give_back(std::unique_ptr<Connection> connection) {
        std::vector<std::unique_ptr<Connection>> dropped;
        {
            const std::scoped_lock lock(mutex_);
            if (connection && connection->link.is_open()) {
                idle_.push_back(std::move(connection));
            } else {
                // What broke one has most likely broken the others.
                dropped.swap(idle_);
                open_ -= 1 + dropped.size();
            }
        }
        returned_.notify_all();
    }

    const Conninfo conninfo_;
    const std::size_t max_connections_;
    const std::chrono::milliseconds patience_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t open_ = 0;
};

}  // namespace

std::string array_literal(const std::vector<Param>& values) {
    std::string text = "{";
    for (const Param& value : values) {
        if (text.size() > 1) text += ',';
        if (!value) {
            text += "NULL";
            continue;
        }
        text += '"';
        for (const char c : *value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text + "}";
}

const Param& Rows::at(std::size_t row, std::string_view column) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns_[i] == column) return at(row, i);
    }
    throw std::out_of_range(fmt::format("the result has no column \"{}\"", column));
}

std::unique_ptr<Database> make_database(const DatabaseOptions& options) {
    return std::make_unique<PqxxDatabase>(options);
}

}  // namespace reel::postgres
