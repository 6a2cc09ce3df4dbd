#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chosen_instance.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/core/dag.hpp"
#include "reel/executor/executor.hpp"
#include "reel/scheduler/scheduler.hpp"
#include "reel/store/run_store.hpp"

namespace reel::daemon {

/// One run of one DAG, carried out here and now and told on stdout: a line when a task starts, its
/// log when it ended.
class ForegroundRun final {
  public:
    /// `others` are the DAGs that it may trigger runs of. With `only_map_index` the other
    /// instances of a mapped task are skipped.
    ForegroundRun(
        core::Dag dag,
        std::vector<core::Dag> others,
        store::RunRecord run,
        executor::ExecutorOptions options,
        std::optional<int> only_map_index = std::nullopt
    );
    /// The exit status: 0 when the run succeeded. Ctrl-C ends the tasks and gives 130.
    int carry_out();

  private:
    boost::asio::awaitable<void> main();
    boost::asio::awaitable<void> drive();
    boost::asio::awaitable<void> obey_signals();
    void print_changes();
    void print_changes_of(const store::TaskInstanceRecord& task);
    void print_log(const store::TaskInstanceRecord& task, int try_number) const;

    core::Dag dag_;
    std::vector<core::Dag> others_;
    store::RunRecord run_;
    executor::ExecutorOptions options_;
    core::SystemClock clock_;
    boost::asio::io_context io_{1};
    async::BlockingPool pool_{2};  // template rendering
    std::unique_ptr<store::RunStore> store_;
    std::optional<int> only_map_index_;
    std::unique_ptr<executor::Executor> tasks_;
    ChosenInstance chosen_;  ///< in front of them
    std::unique_ptr<scheduler::Scheduler> scheduler_;
    struct Shown {
        core::TaskState state = core::TaskState::none;
        int try_number = 0;
        int printed_tries = 0;  ///< whose log has been shown
    };
    std::map<std::string, Shown> shown_;
    bool interrupted_ = false;
};

}  // namespace reel::daemon
