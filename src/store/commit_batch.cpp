#include "commit_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "commit_sql.hpp"
#include "postgres_assets.hpp"
#include "postgres_callbacks.hpp"
#include "postgres_history.hpp"
#include "postgres_skips.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Params;
using postgres::Statement;

/// The statement with one parameter more: how many rows it must write.
std::string expecting(std::string_view sql, int params) {
    return fmt::format(
        "with written as ({}{}) select 1 / (count(*) = ${}::bigint)::int from written",
        sql,
        sql.find("returning") == std::string_view::npos ? " returning 1" : "",
        params + 1
    );
}

/// A statement of rows, with how many it must write.
class RowStatement final {
  public:
    using Sql = std::string (*)(std::size_t rows);

    RowStatement(Sql sql, int columns) {
        for (std::size_t rows = 0; rows < sql_.size(); ++rows) {
            const auto of_row = static_cast<int>(std::max<std::size_t>(rows, 1)) * columns;
            sql_.at(rows) = expecting(sql(rows), of_row);
        }
    }

    /// Of one row or more.
    [[nodiscard]] Statement of(const Columns& columns) const {
        const std::size_t rows = columns.front().size();
        const std::size_t form = rows < sql_.size() ? rows : any_rows;
        Params params = params_of(columns, form);
        params.push_back(number_value(static_cast<std::int64_t>(rows)));
        return {.sql = sql_.at(form), .params = std::move(params)};
    }

  private:
    /// Of more rows an array per column is no dearer than values.
    static constexpr std::size_t most_values = 2;

    std::array<std::string, most_values + 1> sql_;  ///< the first one for any number of rows
};

template <auto statement>
std::string trying(std::size_t rows) {
    return statement(rows, InTheWay::fails);
}

class Batch final {
  public:
    void add(Statement statement) { statements_.push_back(std::move(statement)); }
    void add(std::string_view sql, Params params) {
        add({.sql = sql, .params = std::move(params)});
    }
    void add(const RowStatement& statement, const Columns& columns) {
        if (!columns.front().empty()) add(statement.of(columns));
    }
    /// `sql` is of expecting().
    void add(std::string_view sql, Params params, std::size_t rows) {
        if (rows == 0) return;
        params.push_back(number_value(static_cast<std::int64_t>(rows)));
        add(sql, std::move(params));
    }
    std::vector<Statement> take() { return std::move(statements_); }

  private:
    std::vector<Statement> statements_;
};

const RowStatement& new_tasks() {
    static const RowStatement statement(insert_tasks, 23);
    return statement;
}

void add_new_runs(Batch& batch, const std::vector<NewRun>& added) {
    std::vector<const RunRecord*> runs;
    std::vector<const TaskInstanceRecord*> tasks;
    for (const NewRun& item : added) {
        runs.push_back(&item.run);
        for (const TaskInstanceRecord& task : item.tasks) tasks.push_back(&task);
    }
    static const RowStatement run_rows(trying<insert_runs>, 17);
    batch.add(run_rows, run_columns(runs));
    batch.add(new_tasks(), task_columns(tasks));
}

void add_asset_events(Batch& batch, const std::vector<NewAssetEvent>& events) {
    if (events.empty()) return;
    if (any_aliased(events)) {
        batch.add(insert_aliased_assets, alias_columns(events));
        batch.add(insert_resolutions, alias_columns(events));
    }
    static const std::string events_sql = expecting(insert_asset_events, 8);
    batch.add(events_sql, asset_event_columns(events), events.size());
    batch.add(insert_queued_events, queued_columns(events));
}

void add_consumption(Batch& batch, const std::vector<NewRun>& added) {
    std::vector<const NewRun*> runs;
    std::size_t count = 0;
    for (const NewRun& item : added) {
        runs.push_back(&item);
        count += item.consumed_events.size();
    }
    if (count == 0) return;
    Params params = consumed_columns(runs);
    static const std::string queued_sql = expecting(delete_queued_events, 2);
    batch.add(queued_sql, {params[0], params[1]}, count);
    batch.add(insert_consumed_events, std::move(params));
}

void add_callbacks(Batch& batch, const std::vector<CallbackRecord>& callbacks) {
    if (callbacks.empty()) return;
    static const std::string sql = expecting(insert_callbacks, insert_callbacks_params);
    batch.add(sql, callback_columns(callbacks), callbacks.size());
}

void add_expansions(Batch& batch, const std::vector<Expansion>& expansions) {
    std::vector<core::TaskKey> placeholders;
    std::vector<const TaskInstanceRecord*> instances;
    for (const Expansion& expansion : expansions) {
        placeholders.push_back(expansion.placeholder);
        for (const TaskInstanceRecord& task : expansion.instances) instances.push_back(&task);
    }
    static const std::string placeholders_sql = expecting(delete_placeholders, 4);
    batch.add(placeholders_sql, key_columns(placeholders), placeholders.size());
    batch.add(new_tasks(), task_columns(instances));
}

}  // namespace

std::vector<Statement> batch_of(const CommitPlan& plan, const Fence& fence) {
    static const RowStatement runs(trying<update_runs>, 18);
    static const RowStatement tasks(trying<update_tasks>, 24);
    static const RowStatement attempts(trying<upsert_attempts>, 13);
    static const RowStatement xcoms(trying<upsert_xcoms>, 7);
    Batch batch;
    if (auto check = fence.statement()) batch.add(*std::move(check));
    add_asset_events(batch, plan.asset_events);
    add_new_runs(batch, plan.new_runs);
    add_consumption(batch, plan.new_runs);
    batch.add(runs, run_change_columns(plan.runs));
    add_expansions(batch, plan.expansions);
    batch.add(tasks, task_change_columns(plan.tasks));
    batch.add(attempts, attempt_columns(plan.attempts));
    if (!plan.stale_xcoms.empty()) batch.add(delete_xcoms, key_columns(plan.stale_xcoms));
    batch.add(xcoms, xcom_columns(plan.xcoms));
    if (!plan.skipped.empty()) batch.add(upsert_skipped_fires, skipped_columns(plan.skipped));
    add_callbacks(batch, plan.callbacks);
    if (!plan.dropped_events.empty()) {
        batch.add(delete_queued_events, dropped_columns(plan.dropped_events));
    }
    return batch.take();
}

}  // namespace reel::store
