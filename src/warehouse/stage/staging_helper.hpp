#pragma once

#include <string>
#include <string_view>

#include "reel/postgres/link.hpp"
#include "warehouse/stage/staging_load.hpp"

namespace reel::warehouse {

/// For transactions before the last one of a load, which makes them durable as well, before itself.
inline constexpr std::string_view wait_for_no_disk = "SET LOCAL synchronous_commit = off";

/// A further connection, whose rows wait for the last transaction of the first one.
struct StagingLoad::Helper {
    explicit Helper(const std::string& uri) : link(uri, "reel stage"), transaction(link) {
        link.exec(wait_for_no_disk);
    }

    postgres::Link link;
    postgres::LinkTransaction transaction;
};

}  // namespace reel::warehouse
