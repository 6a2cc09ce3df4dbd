#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "facts.hpp"
#include "misses.hpp"
#include "postgres_store.hpp"
#include "reel/store/dag_json.hpp"
#include "row_reading.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::DatabaseError;
using postgres::FailureKind;
using postgres::Params;
using postgres::Rows;
using postgres::Transaction;

using VersionKey = std::pair<std::string, std::string>;
using RunKey = std::pair<core::DagId, core::RunId>;

/// Which runs: a condition on reel.dag_run r, and its parameters.
struct Which {
    std::string_view where;
    Params params;
};

std::map<VersionKey, core::Dag> load_dags(Transaction& transaction, const Which& which) {
    std::map<VersionKey, core::Dag> dags;
    const Rows rows = transaction.exec(
        fmt::format(
            "select distinct v.dag_id, v.version, v.body from reel.dag_version v "
            "join reel.dag_run r on r.dag_id = v.dag_id and r.dag_version = v.version where {}",
            which.where
        ),
        which.params
    );
    for (std::size_t row = 0; row < rows.size(); ++row) {
        RowReader reader(rows, row);
        const std::string dag_id = reader.text();
        const std::string version = reader.text();
        auto dag = dag_from_json({reader.text()});
        if (!dag) {
            throw DatabaseError(
                FailureKind::bug, "", "stored DAG " + dag_id + ": " + dag.error().message
            );
        }
        dags.emplace(VersionKey(dag_id, version), std::move(*dag));
    }
    return dags;
}

class WholeRuns final {
  public:
    WholeRuns(Transaction& transaction, const Which& which)
        : transaction_(transaction), which_(which) {}

    std::vector<ActiveRun> load() {
        const auto dags = load_dags(transaction_, which_);
        for (RunRecord& run : read_all(select_of_run(run_select, "", "r.id"), read_run)) {
            index_.emplace(RunKey(run.dag_id, run.run_id), whole_.size());
            const core::Dag& dag = dags.at({run.dag_id.str(), run.dag_version});
            whole_.push_back({.dag = dag, .run = std::move(run), .tasks = {}, .facts = {}});
        }
        const Rows tasks =
            select_of_run(task_select, "join reel.task_instance t using (dag_id, run_id)", "t.id");
        for (TaskInstanceRecord& task : read_all(tasks, read_task)) {
            whole_[index_.at({task.key.dag_id, task.key.run_id})].tasks.push_back(std::move(task));
        }
        load_facts();
        load_deadlines();
        return std::move(whole_);
    }

  private:
    Rows select_of_run(std::string_view fields, std::string_view join, std::string_view order) {
        return transaction_.exec(
            fmt::format(
                "select {} from reel.dag_run r {} where {} order by {}",
                fields,
                join,
                which_.where,
                order
            ),
            which_.params
        );
    }

    /// Few DAGs have mappings over what tasks push, and what those push may be large.
    void load_facts() {
        std::set<std::string> names;
        for (const ActiveRun& run : whole_) names.merge(fact_names(run.dag));
        if (names.empty()) return;
        Params params = which_.params;
        params.push_back(column_of(
            std::vector(names.begin(), names.end()),
            [](const std::string& name) { return text_value(name); }
        ));
        const Rows rows = transaction_.exec(
            fmt::format(
                "select {} from reel.dag_run r join reel.xcom x using (dag_id, run_id) "
                "where {} and x.name = any(${}::text[]) order by x.task_id, x.map_index",
                xcom_select,
                which_.where,
                params.size()
            ),
            params
        );
        for (XComRecord& xcom : read_all(rows, read_xcom)) {
            ActiveRun& run = whole_[index_.at({xcom.key.dag_id, xcom.key.run_id})];
            if (is_fact(run.dag, xcom)) run.facts.push_back(std::move(xcom));
        }
    }

    /// Few DAGs have deadlines.
    void load_deadlines() {
        const auto has_deadlines = [](const ActiveRun& run) { return !run.dag.deadlines.empty(); };
        if (std::ranges::none_of(whole_, has_deadlines)) return;
        const Rows rows = select_of_run(
            "c.dag_id, c.run_id, c.deadline",
            "join reel.callback c on c.dag_id = r.dag_id and c.run_id = r.run_id "
            "and c.event = 'deadline'",
            "c.id"
        );
        for (std::size_t row = 0; row < rows.size(); ++row) {
            RowReader reader(rows, row);
            const core::DagId dag_id(reader.text());
            const core::RunId run_id(reader.text());
            whole_[index_.at({dag_id, run_id})].called_deadlines.insert(reader.small());
        }
    }

    Transaction& transaction_;
    const Which& which_;
    std::vector<ActiveRun> whole_;
    std::map<RunKey, std::size_t> index_;
};

std::vector<ActiveRun> load_whole(postgres::Database& database, const Which& which) {
    std::vector<ActiveRun> whole;
    database.transact([&](Transaction& transaction) {
        // One picture for all statements.
        transaction.exec("set transaction isolation level repeatable read");
        whole = WholeRuns(transaction, which).load();
    });
    return whole;
}

}  // namespace

std::vector<ActiveRun> PostgresStore::load_active() {
    return load_whole(*database_, {.where = "r.state in ('queued', 'running')", .params = {}});
}

core::Result<ActiveRun> PostgresStore::load_run(
    const core::DagId& dag_id, const core::RunId& run_id
) {
    auto found = load_whole(
        *database_,
        {.where = "r.dag_id = $1 and r.run_id = $2",
         .params = {text_value(dag_id.str()), text_value(run_id.str())}}
    );
    if (found.empty()) return no_such_run(dag_id, run_id);
    return std::move(found.front());
}

std::optional<ActiveRun> PostgresStore::load_run_at(
    const core::DagId& dag_id, core::Timestamp logical_date
) {
    auto found = load_whole(
        *database_,
        {.where = "r.dag_id = $1 and r.logical_date = reel.at_micros($2::bigint)",
         .params = {text_value(dag_id.str()), time_value(logical_date)}}
    );
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::optional<ActiveRun> PostgresStore::load_run_before(
    const core::DagId& dag_id, core::Timestamp logical_date
) {
    auto found = load_whole(
        *database_,
        {.where = "r.dag_id = $1 and r.logical_date = (select max(b.logical_date) "
                  "from reel.dag_run b where b.dag_id = $1 "
                  "and b.logical_date < reel.at_micros($2::bigint))",
         .params = {text_value(dag_id.str()), time_value(logical_date)}}
    );
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

}  // namespace reel::store
