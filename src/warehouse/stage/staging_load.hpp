#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/binding.hpp"
#include "warehouse/stage/block_feed.hpp"
#include "warehouse/stage/contract_watch.hpp"
#include "warehouse/stage/file_accounts.hpp"
#include "warehouse/stage/lanes.hpp"
#include "warehouse/stage/memory_plan.hpp"
#include "warehouse/stage/progress.hpp"
#include "warehouse/stage/quarantine.hpp"
#include "warehouse/stage/report.hpp"
#include "warehouse/stage/staged_rows.hpp"
#include "warehouse/stage/table_checks.hpp"

namespace reel::warehouse {

struct StagingLoadSetup {
    const std::vector<BoundTable>& tables;
    const OperationContext& context;
    std::string source;  ///< as the arguments name it
    const std::vector<std::string>& header;
    const StageSpec& spec;
    const MemoryPlan& memory;
    BlockFeed::Progress progress;
    const std::vector<TableChecks>& checks;  ///< of each table
};

/// The database's half of `stage`: makes the staging tables, fills them, drops duplicates, proves
/// the counts and registers the tables. With one connection that is one transaction. With several
/// the tables are there before their rows, announced in reel.staged_tables without a content hash,
/// so that nobody takes them for whole; when the rows are there, all connections settle tables, and
/// the last transaction completes these. Ends without a trace,
/// but for the quarantine, unless finish() succeeds; a process that dies leaves announced tables,
/// which the next attempt and all that drops staged tables find.
class StagingLoad final {
  public:
    StagingLoad(postgres::Link& link, StagingLoadSetup setup);
    StagingLoad(const StagingLoad&) = delete;
    StagingLoad& operator=(const StagingLoad&) = delete;
    ~StagingLoad();

    /// Reads one file to its end; `name` is what quarantine and reports call it. An Error is the
    /// source's, or says that not all of the file's records are known.
    [[nodiscard]] core::Result<void> read(const std::string& name, RecordFile& file);
    /// Of the file that was read last.
    void set_content(FileContent content) { files_.set_content(std::move(content)); }
    /// What was read of it.
    [[nodiscard]] const ReadCounts& counts() const { return feed_->counts(); }
    /// Makes the rejects so far durable although the load fails.
    void keep_rejects() { quarantine_.commit(); }
    /// Gives the report, or an error when there are too many rejects, a check failed or a count is
    /// wrong. Results of checks stay either way.
    [[nodiscard]] core::Result<core::JsonText> finish();

  private:
    struct Helper;

    void announce();
    void open_lanes();
    void reject(Rejects rejects);
    [[nodiscard]] core::Result<void> check_whole(const FileAccount& account) const;
    void end_copies();
    void begin_last();
    [[nodiscard]] core::Result<void> settle_all(FileAccount& account);
    [[nodiscard]] core::Result<void> settle(
        postgres::Link& link, std::size_t table, TableAccount& account
    );
    void keep_report_of_rejects(const StageOutcome& outcome);
    void keep_results_alone(const StageOutcome& outcome);
    [[nodiscard]] StoredRows stored_rows(std::size_t table, const TableAccount& account) const;
    [[nodiscard]] core::Result<void> complete_tables(const StageOutcome& outcome) const;
    void log_account(const FileAccount& account) const;
    void take_back();

    postgres::Link& link_;
    StagingLoadSetup setup_;
    std::vector<std::string> physical_;
    Quarantine quarantine_;
    ContractWatch contracts_;
    std::optional<postgres::LinkTransaction> transaction_;
    std::deque<std::atomic<bool>> must_number_;     ///< the rows of each table
    std::vector<std::unique_ptr<Helper>> helpers_;  ///< further connections
    Lanes lanes_;
    std::optional<BlockFeed> feed_;
    FileAccounts files_;
    std::size_t rejects_logged_ = 0;
    std::function<core::Duration()> elapsed_ = stopwatch();
    bool is_announced_ = false;  ///< the tables outlive this transaction
};

}  // namespace reel::warehouse
