#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <stdexcept>

#include "loop_insist.hpp"
#include "reel/async/quietly.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

namespace {

using Progress = store::CommitUnderWay::Progress;

void leave_out(Effects& effects, const store::RunRecord& run) {
    const auto of_run = [&](const auto& thing) {
        return thing.dag_id == run.dag_id && thing.run_id == run.run_id;
    };
    std::erase_if(effects.commit.new_runs, [&](const auto& each) { return of_run(each.run); });
    std::erase_if(effects.commit.runs, [&](const auto& each) { return of_run(each.after); });
    std::erase_if(effects.commit.expansions, [&](const auto& each) {
        return of_run(each.placeholder);
    });
    std::erase_if(effects.commit.tasks, [&](const auto& each) { return of_run(each.after.key); });
    std::erase_if(effects.commit.xcoms, [&](const auto& each) { return of_run(each.key); });
    std::erase_if(effects.commit.backfill_runs, [&](const auto& each) {
        return each.dag_id == run.dag_id && each.run_id == run.run_id;
    });
    std::erase_if(effects.commit.asset_events, [&](const auto& each) {
        return each.event.source && of_run(*each.event.source);
    });
    std::erase_if(effects.commit.callbacks, [&](const auto& each) { return of_run(each.key); });
    std::erase_if(effects.start, [&](const auto& each) { return of_run(each.key); });
    std::erase_if(effects.ended_runs, [&](const auto& each) { return of_run(each.run); });
}

/// A descriptor of somebody else's, which is left open.
class Watched final {
  public:
    Watched(const asio::any_io_executor& executor, int descriptor) : descriptor_(executor) {
        descriptor_.assign(descriptor, failed_);
    }
    ~Watched() {
        if (descriptor_.is_open()) descriptor_.release();
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    /// False: nobody will tell.
    asio::awaitable<bool> readable() {
        if (failed_) co_return false;
        const auto [failed] = co_await descriptor_.async_wait(
            asio::posix::descriptor_base::wait_read, async::quietly
        );
        co_return !failed;
    }

  private:
    boost::system::error_code failed_;
    asio::posix::stream_descriptor descriptor_;
};

}  // namespace

/// A thread that waits for the database costs two switches, and a step of a chain as much of its
/// time.
asio::awaitable<bool> Loop::is_stored_from_here(const store::Commit* commit) {
    refuse_if_abandoned();
    try {
        const auto under_way = parts_.store.begin(*commit);
        while (under_way && !abandoned_) {
            {
                // Not longer than the wait: what is found may close the connection.
                Watched socket(parts_.executor, under_way->socket());
                if (!co_await socket.readable()) co_return false;
            }
            const auto progress = under_way->look();
            if (progress != Progress::under_way) co_return progress == Progress::stored;
        }
    } catch (const postgres::DatabaseError& error) {
        if (error.kind() == postgres::FailureKind::bug) throw;
        spdlog::warn("the metadata database is away, asking again: {}", error.what());
    }
    co_return false;
}

asio::awaitable<Effects> Loop::commit(Effects effects) {
    if (effects.commit.empty()) co_return effects;
    const auto store_all = [this, &effects] { return parts_.store.commit(effects.commit); };
    core::Result<void> stored;
    if (!co_await is_stored_from_here(&effects.commit)) stored = co_await insist(store_all);
    if (!stored && stored.error().code == core::Errc::already_exists) {
        effects = co_await leave_out_taken_runs(std::move(effects));
        stored = co_await insist(store_all);
    }
    // Only one scheduler writes; a lost compare-and-set means that somebody else does, and our
    // picture is worth nothing.
    if (!stored) {
        throw std::runtime_error(
            "the store holds other states than the scheduler: " + stored.error().describe()
        );
    }
    co_return effects;
}

/// A tick whose id or logical date a run of the store already has gives no second run, as in
/// Airflow.
asio::awaitable<Effects> Loop::leave_out_taken_runs(Effects effects) {
    for (const auto& created : std::vector(effects.commit.new_runs)) {
        // Its id is nobody else's, and its events may be of this very commit.
        if (!created.consumed_events.empty()) continue;
        const auto& run = created.run;
        store::Commit single{.new_runs = {created}};
        std::ranges::copy_if(
            effects.commit.backfill_runs,
            std::back_inserter(single.backfill_runs),
            [&](const auto& fire) { return fire.dag_id == run.dag_id && fire.run_id == run.run_id; }
        );
        const auto alone = co_await insist([this, &single] { return parts_.store.commit(single); });
        if (alone) {
            // It is stored as it began; what happened to it since is still to come.
            std::erase_if(effects.commit.new_runs, [&](const auto& each) {
                return each.run.dag_id == run.dag_id && each.run.run_id == run.run_id;
            });
            continue;
        }
        spdlog::warn("no run made: {}", alone.error().describe());
        planner_.drop_run(run.dag_id, run.run_id);
        leave_out(effects, run);
    }
    co_return effects;
}

}  // namespace reel::scheduler
