#include "misses.hpp"

#include <fmt/format.h>

namespace reel::store {

using core::Errc;

std::string describe(const core::TaskKey& key) {
    std::string text =
        fmt::format("{}/{}/{}", key.dag_id.str(), key.run_id.str(), key.task_id.str());
    if (key.map_index >= 0) text += fmt::format("[{}]", key.map_index);
    return text;
}

Miss no_such_dag(const core::DagId& dag_id) {
    return core::fail(
        Errc::not_found,
        fmt::format("there is no DAG \"{}\"", dag_id.str()),
        "reel dags list shows those there are"
    );
}

Miss no_such_version(const core::DagId& dag_id, const std::string& version) {
    return core::fail(
        Errc::not_found, fmt::format("DAG \"{}\" has no version {}", dag_id.str(), version)
    );
}

Miss no_such_run(const core::DagId& dag_id, const core::RunId& run_id) {
    return core::fail(
        Errc::not_found,
        fmt::format("DAG \"{}\" has no run \"{}\"", dag_id.str(), run_id.str()),
        fmt::format("reel dags list-runs {} shows those there are", dag_id.str())
    );
}

Miss no_such_task(const core::TaskKey& key) {
    return core::fail(Errc::not_found, fmt::format("there is no task instance {}", describe(key)));
}

Miss no_such_xcom(const core::TaskKey& key, const std::string& name) {
    return core::fail(
        Errc::not_found, fmt::format("{} has pushed no XCom \"{}\"", describe(key), name)
    );
}

Miss no_such_pool(const std::string& name) {
    return core::fail(
        Errc::not_found,
        fmt::format("there is no pool \"{}\"", name),
        "reel pools list shows those there are"
    );
}

Miss default_pool_stays() {
    return core::fail(
        Errc::invalid_argument, "default_pool cannot be deleted", "reel pools set changes its slots"
    );
}

Miss no_such_asset(const std::string& uri) {
    return core::fail(
        Errc::not_found,
        fmt::format("no DAG names an asset \"{}\"", uri),
        "reel assets list shows those there are"
    );
}

Miss event_id_taken(std::int64_t event_id) {
    return core::fail(
        Errc::conflict, fmt::format("asset event {} is another one already", event_id)
    );
}

Miss event_not_queued(const core::DagId& dag_id, std::int64_t event_id) {
    return core::fail(
        Errc::conflict,
        fmt::format("asset event {} is not queued for DAG \"{}\"", event_id, dag_id.str())
    );
}

Miss no_such_variable(const std::string& key) {
    return core::fail(
        Errc::not_found,
        fmt::format("there is no variable \"{}\"", key),
        "reel variables list shows those there are"
    );
}

Miss no_such_connection(const std::string& connection_id) {
    return core::fail(
        Errc::not_found,
        fmt::format("there is no connection \"{}\"", connection_id),
        "reel connections list shows those there are"
    );
}

Miss connection_exists(const std::string& connection_id) {
    return core::fail(
        Errc::already_exists, fmt::format("there is a connection \"{}\" already", connection_id)
    );
}

Miss dag_is_active(const core::DagId& dag_id) {
    return core::fail(
        Errc::conflict,
        fmt::format("DAG \"{}\" has a run that has not ended", dag_id.str()),
        "wait for it, or fail it first"
    );
}

Miss no_such_backfill(BackfillId id) {
    return core::fail(
        Errc::not_found,
        fmt::format("there is no backfill {}", id),
        "reel backfill list shows those of a DAG"
    );
}

Miss backfill_is_open(const core::DagId& dag_id) {
    return core::fail(
        Errc::already_exists,
        fmt::format("DAG \"{}\" has a backfill that has not completed", dag_id.str()),
        "wait for it, or cancel it first"
    );
}

Miss run_exists(const RunRecord& run) {
    const std::string logical =
        run.logical_date ? fmt::format(" or for {}", core::format_iso(*run.logical_date)) : "";
    return core::fail(
        Errc::already_exists,
        fmt::format(
            "DAG \"{}\" has a run \"{}\"{} already", run.dag_id.str(), run.run_id.str(), logical
        )
    );
}

Miss task_exists(const core::TaskKey& key) {
    return core::fail(Errc::already_exists, fmt::format("{} exists already", describe(key)));
}

Miss run_moved_on(const RunChange& change, core::RunState now) {
    return core::fail(
        Errc::conflict,
        fmt::format(
            "run {}/{} is {}, not {}",
            change.after.dag_id.str(),
            change.after.run_id.str(),
            core::to_string(now),
            core::to_string(change.from)
        )
    );
}

Miss run_keeps_date(const RunChange& change, const RunRecord& now) {
    const auto words = [](const std::optional<core::Timestamp>& date) {
        return date ? core::format_iso(*date) : "no logical date";
    };
    return core::fail(
        Errc::conflict,
        fmt::format(
            "run {}/{} is for {}, not for {}",
            now.dag_id.str(),
            now.run_id.str(),
            words(now.logical_date),
            words(change.after.logical_date)
        )
    );
}

Miss attempt_of_another_task(core::AttemptId attempt, const core::TaskKey& key) {
    return core::fail(
        Errc::conflict, fmt::format("attempt {} is of another task than {}", attempt, describe(key))
    );
}

Miss task_of_another_run(const core::TaskKey& key, const RunRecord& run) {
    return core::fail(
        Errc::invalid_argument,
        fmt::format(
            "task {} is not of run {}/{}, with which it is to be made",
            describe(key),
            run.dag_id.str(),
            run.run_id.str()
        )
    );
}

Miss task_made_twice(const core::TaskKey& key) {
    return core::fail(
        Errc::invalid_argument, fmt::format("task {} is to be made twice", describe(key))
    );
}

Miss impossible_numbers(const TaskInstanceRecord& task) {
    return core::fail(
        Errc::invalid_argument,
        fmt::format(
            "task {} cannot have map index {}, try {} of {}, attempt {}",
            describe(task.key),
            task.key.map_index,
            task.try_number,
            task.max_tries,
            task.attempt
        )
    );
}

Miss task_moved_on(const TaskChange& change, const TaskInstanceRecord& now) {
    const auto standing = [](core::TaskState state, core::AttemptId attempt) {
        return fmt::format("{} (attempt {})", core::to_string(state), attempt);
    };
    return core::fail(
        Errc::conflict,
        fmt::format(
            "task {} is {}, not {}",
            describe(change.after.key),
            standing(now.state, now.attempt),
            standing(change.from, change.after.attempt)
        )
    );
}

}  // namespace reel::store
