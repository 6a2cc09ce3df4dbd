#pragma once

#include <fstream>

#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

/// The command line with a scheduler played by hand: runs and tasks are in the state that the test
/// puts them in, mostly while the command pauses (`on_pause_`).
class WaitCli : public CliTest {
  protected:
    void end_run(const std::string& run_id, core::RunState state) {
        const auto run = store_->get_run(core::DagId("movies"), core::RunId(run_id));
        store::RunChange change{.from = run->state, .after = *run};
        change.after.state = state;
        change.after.start_date = clock_.now();
        change.after.end_date = clock_.now() + std::chrono::seconds(12);
        store::Commit commit;
        commit.runs.push_back(change);
        ASSERT_TRUE(store_->commit(commit).has_value());
    }
    void set_task(
        const std::string& run_id, const std::string& task_id, core::TaskState state, int number = 1
    ) {
        change_task(run_id, task_id, [&](store::TaskInstanceRecord& task) {
            task.state = state;
            task.try_number = number;
            if (state == core::TaskState::queued) task.attempt = store_->reserve_attempts(1);
            if (state == core::TaskState::failed) task.message = "exit code 3";
        });
    }
    /// Brings a task of no state by the proper way to `running` or what comes after it.
    void run_task(
        const std::string& run_id, const std::string& task_id, core::TaskState state, int number = 1
    ) {
        for (const auto step :
             {core::TaskState::scheduled, core::TaskState::queued, core::TaskState::running}) {
            set_task(run_id, task_id, step, number);
        }
        if (state != core::TaskState::running) set_task(run_id, task_id, state, number);
    }
    void fail_extract(const std::string& run_id) {
        run_task(run_id, "extract", core::TaskState::failed);
        end_run(run_id, core::RunState::running);
        end_run(run_id, core::RunState::failed);
    }
    void write_log(const std::string& task_id, int number, const std::string& text) {
        const auto folder = folder_ / "logs" / task_id;
        std::filesystem::create_directories(folder);
        std::ofstream(folder / (std::to_string(number) + ".log"), std::ios::app) << text;
    }
    /// How often the text stands in what was printed.
    static int times(const std::string& text, const std::string& printed) {
        int count = 0;
        for (auto at = printed.find(text); at != std::string::npos; at = printed.find(text, at + 1))
            ++count;
        return count;
    }
};

}  // namespace reel::cli
