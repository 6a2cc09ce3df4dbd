#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "reel/warehouse/operations.hpp"
#include "warehouse/publish/spec.hpp"
#include "warehouse/quality/inspect.hpp"
#include "warehouse/registry.hpp"

namespace reel::warehouse {

// Staging leaves one row per key, without a NULL in it.

/// Whether the rows are unique by the key that they are published by for that reason.
[[nodiscard]] bool is_unique_by_staging(const PublishSpec& spec, const OperationContext& context);

/// The numbers of its checks that are known for that reason. `staged` is the source of a publish
/// that takes from one.
[[nodiscard]] std::map<std::size_t, KnownNumber> known_by_staging(
    const PublishSpec& spec,
    const OperationContext& context,
    const std::optional<RegisteredTable>& staged
);

}  // namespace reel::warehouse
