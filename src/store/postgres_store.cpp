#include "postgres_store.hpp"

namespace reel::store {

PostgresStore::PostgresStore(const std::string& uri)
    : database_(postgres::make_database({.uri = uri})), commits_(uri), leases_(uri) {}

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

std::unique_ptr<RunStore> make_postgres_store(const std::string& uri) {
    return std::make_unique<PostgresStore>(uri);
}

}  // namespace reel::store
