#include "warehouse/publish/staged_key.hpp"

#include <algorithm>

#include "warehouse/stage/row_checks.hpp"

namespace reel::warehouse {

bool is_unique_by_staging(const PublishSpec& spec, const OperationContext& context) {
    if (spec.from.empty()) {
        return false;
    }
    const auto staged = staged_key(context.staged.at(spec.from));
    return !staged.empty() && std::ranges::is_permutation(staged, spec.key);
}

std::map<std::size_t, KnownNumber> known_by_staging(
    const PublishSpec& spec,
    const OperationContext& context,
    const std::optional<RegisteredTable>& staged
) {
    std::map<std::size_t, KnownNumber> known;
    if (spec.from.empty()) {
        return known;
    }
    const auto key = staged_key(context.staged.at(spec.from));
    for (std::size_t i = 0; i < spec.checks.size(); ++i) {
        if (is_kept_by_key(spec.checks[i], key)) {
            known[i] = {0, static_cast<double>(staged->rows), kept_by_staged_key};
        }
    }
    return known;
}

}  // namespace reel::warehouse
