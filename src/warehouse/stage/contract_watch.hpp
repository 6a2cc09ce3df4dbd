#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reel/core/result.hpp"
#include "warehouse/stage/record_router.hpp"

namespace reel::warehouse {

/// Whether the contract of the table whose rule was broken does not bear it.
[[nodiscard]] bool breaks_frozen_contract(
    const std::vector<BoundTable>& tables, const Rejection& rejection
);

/// Sees what is rejected, in the order of the file, and knows what a frozen contract does not bear.
class ContractWatch final {
  public:
    /// The tables must outlive it.
    explicit ContractWatch(const std::vector<BoundTable>& tables) : tables_(tables) {}

    void see(const Rejection& rejection, const std::string& file);
    /// An error (corrupt_data) with the place of the first such rejection.
    [[nodiscard]] core::Result<void> verdict() const;

  private:
    const std::vector<BoundTable>& tables_;
    std::optional<core::Error> broken_;
};

}  // namespace reel::warehouse
