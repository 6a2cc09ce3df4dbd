#pragma once

#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/publish/shape.hpp"
#include "warehouse/publish/spec.hpp"

namespace reel::warehouse {

/// How one publish would go.
struct PublishStep {
    std::string reason;
    std::vector<std::string> sql;
};

/// Asks the catalog and whether the target has rows, and changes nothing. The staged table need not
/// be there; its columns as it will have them. Errors as the publish would find them.
[[nodiscard]] core::Result<PublishStep> explain_publish(
    postgres::Link& link,
    const PublishSpec& spec,
    const StagedTable& staged,
    const std::vector<CatalogColumn>& columns
);

}  // namespace reel::warehouse
