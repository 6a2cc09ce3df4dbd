#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/publish/ledger.hpp"
#include "warehouse/publish/merge_sql.hpp"
#include "warehouse/publish/plan.hpp"
#include "warehouse/publish/spec.hpp"
#include "warehouse/publish/statistics.hpp"
#include "warehouse/publish/target_state.hpp"
#include "warehouse/quality/inspect.hpp"

namespace reel::warehouse {

struct Published {
    PublishCounts counts;
    bool already_loaded = false;            ///< the ledger had it; nothing was changed now
    std::vector<CheckResult> checks;        ///< of the rows before they were published
    std::optional<PublishPlan> plan = {};   ///< how; unset where nothing was written now
    std::int64_t rows_before = 0;           ///< about how many the target had, where anybody looked
    std::vector<std::string> evolved = {};  ///< the statements that changed the target's columns
    std::vector<std::string> left_out = {};  ///< source columns that the target lacks
    std::optional<StateBefore> before = {};  ///< where what it left is worth remembering
};

/// What publishes that follow each other have in common.
struct PublishSession {
    std::optional<postgres::Link> link = {};  ///< opened by the first that needs it
    AnalyzeLater analyze_later = {};          ///< unset: each analyzes its target itself
};

/// `upsert` as one of several.
[[nodiscard]] core::Result<core::JsonText> upsert_within(
    PublishSession& session, const core::JsonText& args, const OperationContext& context
);

/// One publish: staged table or query → target. Throws DatabaseError.
class Publisher final {
  public:
    /// Both must outlive it.
    Publisher(const PublishSpec& spec, const OperationContext& context)
        : spec_(spec), context_(context) {}

    [[nodiscard]] core::Result<Published> run(PublishSession& session);
    /// The same as a part of the caller's transaction, which an error must end. The source is told:
    /// its id and, of a single table, what is known of it.
    [[nodiscard]] core::Result<Published> run_inside(
        postgres::Link& link, const std::string& source_id, std::optional<RegisteredTable> staged
    );

  private:
    struct Source {
        std::string relation;
        std::int64_t rows = 0;  ///< as the server counted them when it stored them
    };

    [[nodiscard]] core::Result<void> identify(postgres::Link& link);
    [[nodiscard]] core::Result<Published> publish_once(postgres::Link& link);
    [[nodiscard]] core::Result<Published> publish_inside(postgres::Link& link);
    [[nodiscard]] std::vector<CheckResult> check_source(postgres::Link& link) const;
    [[nodiscard]] Source prepare_source(postgres::Link& link) const;
    [[nodiscard]] std::optional<Published> find_unchanged(postgres::Link& link) const;
    [[nodiscard]] core::Result<Published> change_target(
        postgres::Link& link, const Source& source, const std::string& at
    ) const;
    [[nodiscard]] core::Result<Published> evolve_target(postgres::Link& link, const Source& source)
        const;
    [[nodiscard]] core::Result<Published> resolve_doubt(const postgres::DatabaseError& doubt) const;
    void log_plan(const PublishPlan& plan) const;
    void analyze(PublishSession& session, const Published& published) const;

    const PublishSpec& spec_;
    const OperationContext& context_;
    std::string load_id_;
    std::optional<RegisteredTable> staged_;
    bool has_failed_checks_ = false;
    std::optional<PublishedContent> content_;  ///< of what can be published twice without a trace
};

}  // namespace reel::warehouse
