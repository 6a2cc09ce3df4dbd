#pragma once

#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/binding.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/stage/quarantine.hpp"
#include "warehouse/stage/record_router.hpp"
#include "warehouse/stage/report.hpp"

namespace reel::warehouse {

struct StagingLoadSetup {
    const std::vector<BoundTable>& tables;
    const OperationContext& context;
    std::string file;  ///< as the arguments name it; what quarantine and reports say
    RejectLimit rejects;
};

/// The database's half of `stage`: one transaction that makes the staging tables, fills them, drops
/// duplicates, proves the counts and registers the tables. Ends without a trace, but for the
/// quarantine, unless finish() succeeds.
class StagingLoad final : private RowSink {
  public:
    StagingLoad(postgres::Link& link, StagingLoadSetup setup);
    ~StagingLoad() override;

    void take(const Record& record) { router_.take(record); }
    [[nodiscard]] const FileAccount& account() const { return router_.account(); }
    /// Makes the rejects so far durable although the load fails.
    void keep_rejects() { quarantine_.commit(); }
    /// Gives the report, or an error when there are too many rejects or a count is wrong.
    [[nodiscard]] core::Result<core::JsonText> finish(const FileContent& content);

  private:
    void add_row(std::size_t table, std::string_view fields) override;
    void reject(const Rejection& rejection) override;

    [[nodiscard]] core::Result<void> settle(std::size_t table, TableAccount& account);
    void record_report(postgres::Link& link, const StageOutcome& outcome, const std::string& status)
        const;
    void register_tables(const StageOutcome& outcome) const;
    void log_account(const FileAccount& account) const;

    postgres::Link& link_;
    StagingLoadSetup setup_;
    std::vector<std::string> physical_;
    postgres::LinkTransaction transaction_;
    CopySink copies_;
    Quarantine quarantine_;
    RecordRouter router_;
    std::size_t rejects_logged_ = 0;
};

}  // namespace reel::warehouse
