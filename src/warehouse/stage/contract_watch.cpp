#include "warehouse/stage/contract_watch.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "warehouse/stage/report.hpp"

namespace reel::warehouse {

bool breaks_frozen_contract(const std::vector<BoundTable>& tables, const Rejection& rejection) {
    const auto table = std::ranges::find_if(tables, [&](const BoundTable& bound) {
        return bound.spec->name == rejection.table;
    });
    if (table == tables.end()) return false;
    const Contract& contract = table->spec->contract;
    const auto& rule = rejection.violation.rule;
    return (rule == "type" && contract.types_are(ContractWord::freeze)) ||
           (rule == "columns" && contract.columns_are(ContractWord::freeze));
}

void ContractWatch::see(const Rejection& rejection, const std::string& file) {
    if (broken_ || !breaks_frozen_contract(tables_, rejection)) return;
    broken_ = core::Error{
        .code = core::Errc::corrupt_data,
        .message = fmt::format(
            "the contract of '{}' is frozen: {}", rejection.table, reject_place(rejection, file)
        ),
        .where = {},
        .hint =
            "mend the file or what the spec declares, or let the contract discard the row or "
            "the value"
    };
}

core::Result<void> ContractWatch::verdict() const {
    return broken_ ? std::unexpected(*broken_) : core::Result<void>();
}

}  // namespace reel::warehouse
