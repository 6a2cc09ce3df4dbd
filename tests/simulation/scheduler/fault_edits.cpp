// What people do to the DAG files and to the DAGs, while runs of them are active.

#include <fmt/format.h>

#include <algorithm>

#include "simulation/scheduler/fault_world.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

void FaultWorld::edit() {
    const core::DagId dag_id = dice_.pick(folder_.dags()).dag_id;
    ++edits_;
    switch (dice_.below(5)) {
        case 0:
            return set_paused(dag_id, true);
        case 1:
            return set_paused(dag_id, false);
        case 2:
            history_ +=
                fmt::format("{} {}\n", dag_id.str(), folder_.is_away(dag_id) ? "back" : "away");
            if (folder_.is_away(dag_id)) {
                folder_.put_back(dag_id);
            } else {
                perhaps_deaf_.insert(dag_id);
                folder_.take_away(dag_id);
            }
            break;
        default:
            write_a_version(dag_id);
    }
    // Otherwise it is found together with what comes after it.
    if (!dice_.one_in(4)) ask([this](WorldTerm& term) { return read_folder(term); });
}

/// Tasks are added, removed and changed, and so is what they depend on. When it is due stays.
void FaultWorld::write_a_version(const core::DagId& dag_id) {
    const auto versions = folder_.versions(dag_id);
    history_ += fmt::format("{} edited\n", dag_id.str());
    // Somebody takes an edit back.
    if (versions.size() > 1 && dice_.one_in(4)) return folder_.change(dice_.pick(versions));
    const core::Dag& before = versions.front();
    Shape shape = shape_;
    shape.may_make_assets = shape_.may_make_assets && !before.asset_condition;
    core::Dag dag = random_dag(dice_, dag_id.str(), shape);
    dag.version = fmt::format("{:064x}", versions.size());
    dag.schedule = before.schedule;
    dag.start_date = before.start_date;
    dag.end_date = before.end_date;
    dag.catchup = before.catchup;
    dag.asset_condition = before.asset_condition;
    if (dag.start_date) give_spans(dag, dice_, *dag.start_date);
    folder_.change(std::move(dag));
}

void FaultWorld::set_paused(core::DagId dag_id, bool paused) {
    // In doubt whether it was paused it may be, also behind one who unpaused it meanwhile.
    const auto may_be_deaf = [=, this] {
        if (paused) perhaps_deaf_.insert(dag_id);
    };
    may_be_deaf();
    ask([=, this](WorldTerm& term) -> asio::awaitable<void> {
        core::Result<void> done;
        try {
            done = co_await term.scheduler->set_paused(dag_id, paused);
        } catch (...) {
            may_be_deaf();
            throw;
        }
        may_be_deaf();
        if (done) history_ += fmt::format("{} {}\n", dag_id.str(), paused ? "paused" : "unpaused");
        if (done && !paused) hears_again(term, dag_id);
    });
}

/// One look into the folder after the other, as the catalog's.
asio::awaitable<void> FaultWorld::read_folder(WorldTerm& term) {
    if (term.is_reading) co_return;
    term.is_reading = true;
    while (term.changes_read != folder_.changes()) {
        const int changes = folder_.changes();
        co_await term.scheduler->set_dags(folder_.present());
        history_ += fmt::format("{} files read\n", folder_.present().size());
        term.changes_read = changes;
    }
    term.is_reading = false;
}

void FaultWorld::hears_again(const WorldTerm& term, const core::DagId& dag_id) {
    if (!folder_.is_away(dag_id) && term.changes_read == folder_.changes())
        perhaps_deaf_.erase(dag_id);
}

/// People put back what they took away, and let go what they have paused.
void FaultWorld::let_all_go() {
    const auto leads = [](const WorldProgram& program) { return program.term != nullptr; };
    for (int i = 0; i < 100 && std::ranges::none_of(programs_, leads); ++i) pass_time();
    for (const core::Dag& dag : folder_.dags()) folder_.put_back(dag.dag_id);
    ask([this](WorldTerm& term) { return read_folder(term); });
    turn();
    if (settings_.edits) {
        for (const core::Dag& dag : folder_.dags()) set_paused(dag.dag_id, false);
    }
    for (const auto& open : store_.load_open_backfills()) {
        ask([id = open.backfill.id](WorldTerm& term) -> asio::awaitable<void> {
            static_cast<void>(co_await term.scheduler->set_backfill_paused(id, false));
        });
    }
    turn();
}

}  // namespace reel::scheduler
