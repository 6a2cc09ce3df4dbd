#include "connection_check.hpp"

#include "reel/postgres/link.hpp"
#include "reel/store/environment.hpp"

namespace reel::api {

core::Result<std::string> check_connection(const store::ConnectionRecord& connection) {
    const auto uri = store::libpq_uri(connection);
    if (!uri) return std::unexpected(uri.error());
    try {
        postgres::Link link(*uri);
        const postgres::Rows rows = link.exec("SELECT version()");
        return "Connection successfully tested: " + rows.at(0, 0).value_or("");
    } catch (const postgres::DatabaseError& error) {
        return core::fail(core::Errc::unavailable, error.what());
    }
}

}  // namespace reel::api
