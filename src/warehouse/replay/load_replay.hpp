#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warehouse/replay/outcomes.hpp"
#include "warehouse/replay/quarantined.hpp"
#include "warehouse/replay/record_again.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/stage/record_router.hpp"
#include "warehouse/stage/rejoiner.hpp"

namespace reel::warehouse {

/// The quarantined records of one load on their way to the tables; what became of each goes to the
/// outcomes, which are the sink's last table.
class LoadReplay final : private RowSink {
  public:
    /// All but `columns` must outlive it.
    LoadReplay(
        const StageSpec& spec,
        const std::vector<BoundTable>& tables,
        std::vector<std::string> columns,
        CopySink& copies
    );

    /// The next record, in the order of the load's files.
    void take(const QuarantinedRecord& kept);
    /// There is no further one.
    void end();
    [[nodiscard]] const FileAccount& account() const { return router_.account(); }
    [[nodiscard]] const ReplayAccount& outcome() const { return outcome_; }

  private:
    /// A record that may be a part of one which the spec now mends.
    struct Front {
        RecordPart part;
        std::string id;
        std::string file;
    };

    [[nodiscard]] bool join(const QuarantinedRecord& kept, const Record& rest);
    void begin(const std::string& id, bool is_element);
    void finish(const std::vector<std::string>& ids);
    void take_element(const Record& record, const QuarantinedRecord& kept);
    void add_row(std::size_t table, std::string_view fields) override;
    void reject(const Rejection& rejection) override;

    const std::vector<BoundTable>& tables_;
    CopySink& copies_;
    std::size_t fields_;
    RecordAgain record_;
    RecordRouter router_;
    ReplayAccount outcome_;
    std::optional<Front> front_;
    // Of the record at hand.
    std::string id_;
    std::optional<std::string> joined_bytes_;
    bool is_element_ = false;
    bool is_kept_ = false;
};

}  // namespace reel::warehouse
