#include <fmt/format.h>

#include "cli/server/actions.hpp"
#include "reel/store/environment.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"

namespace reel::cli {

namespace {

/// Among those that Reel keeps; a metadata database that nobody has used yet keeps none.
core::Result<std::optional<store::ConnectionRecord>> find_kept(
    Context& context, const std::string& connection_id
) {
    const auto metadata = database_uri(context, "metadata");
    if (!metadata) return std::unexpected(metadata.error());
    if (store::migration_level(*metadata) == 0) return std::nullopt;
    auto kept = store::make_postgres_store(*metadata)->get_connection(connection_id);
    if (kept) return *std::move(kept);
    if (kept.error().code == core::Errc::not_found) return std::nullopt;
    return std::unexpected(kept.error());
}

}  // namespace

core::Result<std::string> connection_uri(Context& context, const std::string& connection_id) {
    auto found = store::environment_connection(context.world().environment, connection_id);
    if (found && !*found) found = find_kept(context, connection_id);
    if (!found) return std::unexpected(found.error());
    if (*found) return store::libpq_uri(**found);
    if (connection_id == "warehouse") return database_uri(context, connection_id);
    return core::fail(
        core::Errc::not_found,
        fmt::format("there is no connection '{}'", connection_id),
        fmt::format("reel connections add {} --conn-uri postgresql://…", connection_id)
    );
}

}  // namespace reel::cli
