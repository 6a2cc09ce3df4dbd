#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/replay.hpp"
#include "warehouse/publish/publisher.hpp"
#include "warehouse/replay/outcomes.hpp"
#include "warehouse/replay/quarantined.hpp"
#include "warehouse/stage/accounting.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// All that one replay did.
struct Replayed {
    ReplayAccount account;
    FileAccount staged;                ///< of all loads together
    std::vector<Published> published;  ///< of each publish, in their order; empty without records
};

/// One replay: quarantined records through staging tables of its own into the targets, in one
/// transaction. Throws DatabaseError.
class Replayer final {
  public:
    struct Job {
        StageSpec spec;  ///< without the columns that the contract lets in
        const std::vector<PublishSpec>& publishes;
        const std::vector<StagedTable>& relations;  ///< of the spec's tables
        const std::string& stage_task;
    };

    /// All must outlive it.
    Replayer(Job job, const ReplayWishes& wishes, const OperationContext& context)
        : job_(std::move(job)), wishes_(wishes), context_(context) {}

    [[nodiscard]] core::Result<Replayed> run();

  private:
    [[nodiscard]] core::Result<void> replay_inside(postgres::Link& link);
    [[nodiscard]] bool may_replay(const QuarantinedLoad& load) const;
    [[nodiscard]] core::Result<void> begin_staging(
        postgres::Link& link, const QuarantinedLoad& first
    );
    [[nodiscard]] core::Result<void> take_load(
        postgres::Link& reading, const QuarantinedLoad& load
    );
    [[nodiscard]] core::Result<void> end_staging(postgres::Link& link);
    [[nodiscard]] core::Result<void> publish_all(postgres::Link& link);
    void warn_of_later_loads(postgres::Link& link) const;
    [[nodiscard]] core::Result<void> end(postgres::LinkTransaction& transaction) const;

    Job job_;
    const ReplayWishes& wishes_;
    const OperationContext& context_;
    std::optional<CopySink> copies_;
    Replayed done_;
};

}  // namespace reel::warehouse
