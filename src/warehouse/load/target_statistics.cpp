#include "warehouse/load/target_statistics.hpp"

#include "warehouse/publish/statistics.hpp"

namespace reel::warehouse {

void TargetStatistics::refresh(const std::string& quoted_table) {
    if (!worker_) {
        worker_ = std::make_unique<Worker>(std::vector<Worker::Work>{[this](const std::string& table
                                                                     ) { return analyze(table); }});
    }
    worker_->push(quoted_table);
}

std::vector<std::string> TargetStatistics::finish() {
    std::vector<std::string> failures;
    while (worker_ && worker_->out() > 0) {
        if (auto failure = worker_->take(); !failure.empty())
            failures.push_back(std::move(failure));
    }
    return failures;
}

std::string TargetStatistics::analyze(const std::string& quoted_table) {
    try {
        if (!link_) link_ = std::make_unique<postgres::Link>(uri_, "reel analyze");
        return analyze_table(*link_, quoted_table).value_or("");
    } catch (const postgres::DatabaseError& failure) {
        return std::string("loaded, but not analyzed: ") + failure.what();
    }
}

}  // namespace reel::warehouse
