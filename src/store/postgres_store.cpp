#include "postgres_store.hpp"

namespace reel::store {

PostgresStore::PostgresStore(const std::string& uri)
    : database_(postgres::make_database({.uri = uri})), commits_(uri) {}

std::unique_ptr<RunStore> make_postgres_store(const std::string& uri) {
    return std::make_unique<PostgresStore>(uri);
}

}  // namespace reel::store
