#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "asset_sensor.hpp"
#include "executor/connections.hpp"
#include "executor/dag_files.hpp"
#include "executor/render.hpp"
#include "external_sensor.hpp"
#include "file_sensor.hpp"
#include "http_sensor.hpp"
#include "reel/core/time_of_day.hpp"
#include "sql_sensor.hpp"
#include "trigger_run.hpp"
#include "wait.hpp"

namespace reel::executor {

namespace {

/// What reading one attempt's arguments works with.
struct Reading {
    const scheduler::AttemptOrder& order;
    store::RunStore& store;
    Connections& connections;
    RenderedTask task;
    Wait wait;
};

/// A time of the day is one of the day on which the attempt began, in the DAG's zone.
core::Result<void> read_time(Reading& reading) {
    const std::string text = text_of(reading.task.args, "target_time");
    const std::string& zone = reading.order.dag->timezone;
    const auto time = core::parse_time_of_day(text);
    const core::Timestamp began = reading.order.started_at.value_or(reading.order.run.run_after);
    const auto moment =
        time ? core::at_time_of_day(began, *time, zone) : core::parse_timestamp(text, zone);
    if (!moment) {
        return std::unexpected(moment.error());
    }
    reading.wait.condition = UntilMoment{*moment};
    reading.wait.what = core::format_iso(*moment);
    return {};
}

core::Result<void> read_delta(Reading& reading) {
    const auto delta = duration_of(reading.task.args, "delta");
    if (!delta) {
        return std::unexpected(delta.error());
    }
    const store::RunRecord& run = reading.order.run;
    const core::Timestamp end = run.data_interval ? run.data_interval->end : run.run_after;
    const core::Timestamp moment = end + delta->value_or(core::Duration::zero());
    reading.wait.condition = UntilMoment{moment};
    reading.wait.what = core::format_iso(moment);
    return {};
}

/// Airflow's FSHook: relative names are below the connection's `path`; here, without one, beside
/// the DAG.
core::Result<std::filesystem::path> base_folder(Reading& reading) {
    const std::string id = text_of(reading.task.args, "fs_conn_id");
    std::filesystem::path beside = dag_directory(*reading.order.dag);
    if (id.empty()) {
        return beside;
    }
    const auto found = reading.connections.find(id);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (!found->has_value()) {
        return core::fail(
            core::Errc::not_found,
            fmt::format("there is no connection '{}'", id),
            fmt::format(
                R"(reel connections add {} --conn-type fs --conn-extra '{{"path": "/"}}')", id
            )
        );
    }
    const Json extra = Json::parse((*found)->extra, nullptr, false);
    return beside / text_of(extra, "path", "/");
}

core::Result<void> read_file(Reading& reading) {
    const Json& args = reading.task.args;
    const auto base = base_folder(reading);
    if (!base) {
        return std::unexpected(base.error());
    }
    const Json size = args.value("min_size", Json(0));
    FileWish wish{
        .pattern = (*base / text_of(args, "filepath")).lexically_normal(),
        .recursive = flag_of(args, "recursive"),
        .min_size = size.is_number_unsigned() ? size.get<std::uintmax_t>() : 0,
    };
    reading.wait.what = fmt::format("the file {}", wish.pattern.string());
    reading.wait.condition = LookOutside{[wish = std::move(wish)](const std::atomic<bool>&) {
        return look_for_file(wish);
    }};
    return {};
}

core::Result<void> read_http(Reading& reading) {
    auto wish = parse_http_wish(reading.task.args, reading.connections);
    if (!wish) {
        return std::unexpected(wish.error());
    }
    reading.wait.what = fmt::format("an answer of {}", fetch::shown_url(wish->call.url));
    reading.wait.condition =
        LookOutside{[wish = *std::move(wish)](const std::atomic<bool>& abandoned) {
            fetch::HttpCall call = wish.call;
            call.abandoned = &abandoned;
            return judge_http(wish, fetch::call_http(call));
        }};
    return {};
}

core::Result<void> read_sql(Reading& reading) {
    const Json& args = reading.task.args;
    auto uri = reading.connections.database_uri(reading.task.connection_id);
    if (!uri) {
        return std::unexpected(uri.error());
    }
    SqlWish wish{
        .uri = *std::move(uri), .sql = {}, .fail_on_empty = flag_of(args, "fail_on_empty")
    };
    for (const std::string& part : words_of(args, "sql")) {
        wish.sql += (wish.sql.empty() ? "" : ";\n") + part;
    }
    reading.wait.what = fmt::format("a row of connection '{}'", reading.task.connection_id);
    reading.wait.condition = LookOutside{[wish = std::move(wish)](const std::atomic<bool>&) {
        return look_by_sql(wish);
    }};
    return {};
}

core::Result<void> read_external(Reading& reading) {
    auto ask = parse_external(reading.order, reading.task.args, reading.store);
    if (!ask) {
        return std::unexpected(ask.error());
    }
    std::string tasks;
    for (const core::TaskId& task : ask->question.tasks) {
        tasks += (tasks.empty() ? "task " : ", ") + task.str();
    }
    reading.wait.what = fmt::format(
        "{} of DAG '{}' at {}",
        tasks.empty() ? "the run" : tasks,
        ask->question.dag_id.str(),
        core::format_iso(*ask->question.logical_date)
    );
    reading.wait.condition = *std::move(ask);
    return {};
}

core::Result<void> read_asset(Reading& reading) {
    auto wish = parse_asset_wish(reading.order, reading.task.args);
    if (!wish) {
        return std::unexpected(wish.error());
    }
    reading.wait.what =
        fmt::format("an event of asset '{}' since {}", wish->uri, core::format_iso(wish->after));
    reading.wait.condition = ask_for_asset(*std::move(wish));
    return {};
}

core::Result<void> read_trigger(Reading& reading) {
    auto trigger = parse_trigger(reading.order, reading.task.args);
    if (!trigger) {
        return std::unexpected(trigger.error());
    }
    reading.wait.what = fmt::format(
        "run '{}' of DAG '{}'", trigger->request.run_id->str(), trigger->request.dag_id.str()
    );
    reading.wait.condition = *std::move(trigger);
    return {};
}

core::Result<void> read_condition(Reading& reading) {
    const std::string& name = reading.order.task().operator_name;
    if (name == "sensor.time") {
        return read_time(reading);
    }
    if (name == "sensor.delta") {
        return read_delta(reading);
    }
    if (name == "sensor.file") {
        return read_file(reading);
    }
    if (name == "sensor.http") {
        return read_http(reading);
    }
    if (name == "sensor.sql") {
        return read_sql(reading);
    }
    if (name == "sensor.external_task") {
        return read_external(reading);
    }
    if (name == "sensor.asset") {
        return read_asset(reading);
    }
    if (name == "trigger_dag") {
        return read_trigger(reading);
    }
    return core::fail(
        core::Errc::unsupported,
        fmt::format("the operator '{}' cannot be run", name),
        "`reel dags validate` lists the operators"
    );
}

core::Result<void> read_rules(Reading& reading) {
    const bool is_sensor = reading.order.task().operator_name != "trigger_dag";
    auto rules = parse_wait_rules(
        reading.task.args, is_sensor ? std::optional(sensor_timeout) : std::nullopt
    );
    if (!rules) {
        return std::unexpected(rules.error());
    }
    reading.wait.rules = *std::move(rules);
    return {};
}

/// In Airflow's mode `reschedule` the timeout is one over all tries since the task was last
/// cleared.
std::optional<core::Timestamp> first_start(
    const scheduler::AttemptOrder& order, store::RunStore& store
) {
    const auto task = store.get_task_instance(order.key);
    const int first_try = task ? task->max_tries - order.task().retries + 1 : order.try_number;
    std::optional<core::Timestamp> first;
    for (const store::AttemptRecord& attempt : store.list_attempts(order.key)) {
        if (attempt.try_number >= first_try && attempt.start_date) {
            first = std::min(first.value_or(*attempt.start_date), *attempt.start_date);
        }
    }
    return first;
}

}  // namespace

core::Result<Wait> prepare_wait(
    const scheduler::AttemptOrder& order,
    store::RunStore& store,
    const ExecutorOptions& options,
    SecretMask& mask
) {
    Connections connections(options.environment, store, options.default_warehouse_uri, mask);
    auto rendered = render_arguments(order, store, connections);
    if (!rendered) {
        return std::unexpected(rendered.error());
    }
    Reading reading{
        .order = order,
        .store = store,
        .connections = connections,
        .task = *std::move(rendered),
        .wait = {},
    };
    auto read = read_rules(reading);
    if (read) {
        read = read_condition(reading);
    }
    if (!read) {
        core::Error error = read.error();
        if (error.where.empty()) {
            error.where = order.key.task_id.str();
        }
        return std::unexpected(std::move(error));
    }
    if (reading.wait.rules.over_all_tries && order.try_number > 1) {
        reading.wait.since = first_start(order, store);
    }
    return std::move(reading.wait);
}

}  // namespace reel::executor
