#pragma once

#include <memory>
#include <string>

#include "reel/postgres/database.hpp"
#include "reel/store/run_store.hpp"

namespace reel::store {

/// What a store connects for at once, on a thread of its own, while its owner does something else.
/// Whatever goes wrong there is met by the first call.
enum class ConnectAhead {
    nothing,
    lease,    ///< for the verbs of LeaseStore
    commits,  ///< for what a scheduler writes
};

/// A RunStore of a server, which has several: they share the connections on which they read.
[[nodiscard]] std::unique_ptr<RunStore> make_postgres_store(
    const std::string& uri,
    std::shared_ptr<postgres::Database> reading,
    ConnectAhead ahead = ConnectAhead::nothing
);

}  // namespace reel::store
