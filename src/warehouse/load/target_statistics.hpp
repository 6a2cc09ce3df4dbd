#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "warehouse/stage/ordered_workers.hpp"

namespace reel::warehouse {

/// Analyzes targets over a connection of its own, one after the other, while others are published.
class TargetStatistics final {
  public:
    explicit TargetStatistics(std::string uri) : uri_(std::move(uri)) {}

    void refresh(const std::string& quoted_table);
    /// Waits until all are done. Gives what there is to say of those that failed.
    [[nodiscard]] std::vector<std::string> finish();

  private:
    using Worker = OrderedWorkers<std::string, std::string>;

    [[nodiscard]] std::string analyze(const std::string& quoted_table);

    std::string uri_;
    std::unique_ptr<postgres::Link> link_;  ///< the worker's
    std::unique_ptr<Worker> worker_;        // ends before the link
};

}  // namespace reel::warehouse
