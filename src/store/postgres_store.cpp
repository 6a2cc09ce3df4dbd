#include "postgres_store.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "start_sql.hpp"

namespace reel::store {

PostgresStore::PostgresStore(
    const std::string& uri, std::shared_ptr<postgres::Database> reading, ConnectAhead ahead
)
    : database_(std::move(reading)), commits_(uri), leases_(uri) {
    if (ahead == ConnectAhead::lease) ahead_ = std::jthread([this] { connect_for_lease(); });
    if (ahead == ConnectAhead::commits) ahead_ = std::jthread([this] { connect_for_commits(); });
}

void PostgresStore::connect_for_commits() noexcept {
    commits_.connect_ahead(std::array<std::string_view, 3>{
        Fence::check_statement, forget_import_errors, mark_dags_stale
    });
}

void PostgresStore::transact_in_term(const std::function<void(postgres::Transaction&)>& work) {
    database_->transact([&](postgres::Transaction& transaction) {
        fence_.check(transaction);
        work(transaction);
    });
}

postgres::Rows PostgresStore::query_in_term(std::string_view sql, const postgres::Params& params) {
    std::optional<postgres::Rows> rows;
    transact_in_term([&](postgres::Transaction& transaction) {
        rows = transaction.exec(sql, params);
    });
    return *std::move(rows);
}

postgres::Rows PostgresStore::write_in_term(std::string_view sql, postgres::Params params) {
    return commits_.transact({{.sql = sql, .params = std::move(params)}}, fence_).back();
}

std::unique_ptr<RunStore> make_postgres_store(
    const std::string& uri, std::shared_ptr<postgres::Database> reading, ConnectAhead ahead
) {
    return std::make_unique<PostgresStore>(uri, std::move(reading), ahead);
}

std::unique_ptr<RunStore> make_postgres_store(const std::string& uri) {
    return make_postgres_store(uri, postgres::make_database({.uri = uri}));
}

}  // namespace reel::store
