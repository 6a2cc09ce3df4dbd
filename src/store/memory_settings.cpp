#include "memory_store.hpp"
#include "misses.hpp"

namespace reel::store {

Listing<VariableRecord> MemoryStore::list_variables(const Page& page) {
    const std::scoped_lock lock(mutex_);
    std::vector<VariableRecord> rows;
    rows.reserve(variables_.size());
    for (const auto& [key, variable] : variables_) rows.push_back(variable);
    return paged(std::move(rows), page);
}

core::Result<VariableRecord> MemoryStore::get_variable(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = variables_.find(key);
    if (found == variables_.end()) return no_such_variable(key);
    return found->second;
}

void MemoryStore::set_variable(const VariableRecord& variable) {
    const std::scoped_lock lock(mutex_);
    variables_[variable.key] = variable;
}

core::Result<void> MemoryStore::delete_variable(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    if (variables_.erase(key) == 0) return no_such_variable(key);
    return {};
}

Listing<ConnectionRecord> MemoryStore::list_connections(const Page& page) {
    const std::scoped_lock lock(mutex_);
    std::vector<ConnectionRecord> rows;
    rows.reserve(connections_.size());
    for (const auto& [id, connection] : connections_) rows.push_back(connection);
    return paged(std::move(rows), page);
}

core::Result<ConnectionRecord> MemoryStore::get_connection(const std::string& connection_id) {
    const std::scoped_lock lock(mutex_);
    const auto found = connections_.find(connection_id);
    if (found == connections_.end()) return no_such_connection(connection_id);
    return found->second;
}

core::Result<void> MemoryStore::add_connection(const ConnectionRecord& connection) {
    const std::scoped_lock lock(mutex_);
    if (!connections_.emplace(connection.connection_id, connection).second) {
        return connection_exists(connection.connection_id);
    }
    return {};
}

core::Result<void> MemoryStore::set_connection(const ConnectionRecord& connection) {
    const std::scoped_lock lock(mutex_);
    const auto found = connections_.find(connection.connection_id);
    if (found == connections_.end()) return no_such_connection(connection.connection_id);
    found->second = connection;
    return {};
}

core::Result<void> MemoryStore::delete_connection(const std::string& connection_id) {
    const std::scoped_lock lock(mutex_);
    if (connections_.erase(connection_id) == 0) return no_such_connection(connection_id);
    return {};
}

}  // namespace reel::store
