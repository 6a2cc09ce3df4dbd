#pragma once

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "reel/store/run_store.hpp"

namespace reel::store {

/// What a store said. Rows that have no order of their own come in that of the port.
struct Answer {
    std::optional<core::Errc> code;  ///< nullopt: it went well
    std::string words;               ///< of the error; of what has no record to compare
    std::size_t total = 0;
    std::vector<RunRecord> runs;
    std::vector<TaskInstanceRecord> tasks;
    std::vector<AttemptRecord> attempts;
    std::vector<XComRecord> xcoms;

    bool operator==(const Answer&) const = default;
};

/// For a failure's message: a line or two.
void PrintTo(const Answer& answer, std::ostream* out);

/// One call of a store, in words and to be made.
struct Step {
    std::string words;
    std::function<Answer(RunStore&)> take;
};

/// Random calls on few names, so that they meet: some are in order, some are what a confused caller
/// would send. They depend on the seed and on what `standing` holds, hence give it one store of the
/// two, in which each step has been taken before the next is asked for.
class RandomSteps final {
  public:
    RandomSteps(unsigned seed, RunStore& standing) : random_(seed), standing_(standing) {}

    [[nodiscard]] Step next();

  private:
    [[nodiscard]] int below(int end);
    [[nodiscard]] bool chance(int percent) { return below(100) < percent; }
    template <class T>
    [[nodiscard]] T pick(std::initializer_list<T> choices) {
        return choices.begin()[below(static_cast<int>(choices.size()))];
    }
    [[nodiscard]] core::DagId dag_id();
    [[nodiscard]] core::RunId run_id();
    [[nodiscard]] core::TaskKey key();
    [[nodiscard]] core::TaskState task_state();
    [[nodiscard]] core::RunState run_state();

    [[nodiscard]] NewRun new_run();
    [[nodiscard]] RunChange run_change();
    [[nodiscard]] TaskChange task_change();
    [[nodiscard]] NewAssetEvent asset_event();
    [[nodiscard]] std::vector<std::int64_t> events_to_consume(const core::DagId& dag_id);
    [[nodiscard]] Commit commit();
    [[nodiscard]] Step commit_step();
    [[nodiscard]] Step dag_step();
    [[nodiscard]] Step query_step();
    [[nodiscard]] Step settings_step();
    [[nodiscard]] Step retention_step();

    std::mt19937 random_;
    RunStore& standing_;
    Commit last_;
};

/// Every row that there is, as the reading half of the port shows it.
[[nodiscard]] Answer everything(RunStore& store);

}  // namespace reel::store
