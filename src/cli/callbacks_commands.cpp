#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"

namespace reel::cli {

namespace {

struct CallbackOptions {
    std::string dag_id;
    std::string run_id;
    std::string task_id;
    std::string event;
    std::string state;
    std::size_t limit = 100;
    Format format = Format::table;
};

/// The latest come first: an alert that did not get through is rarely an old one.
core::Result<int> list_callbacks(Context& context, const CallbackOptions& options) {
    Query query{{"order_by", "-id"}};
    for (const auto& [name, value] :
         {std::pair("dag_id", options.dag_id),
          std::pair("dag_run_id", options.run_id),
          std::pair("task_id", options.task_id),
          std::pair("event", options.event),
          std::pair("state", options.state)}) {
        if (!value.empty()) query.emplace_back(name, value);
    }
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto listed = (*api)->list("/api/reel/v1/callbacks", "callbacks", query, options.limit);
    if (!listed) return std::unexpected(listed.error());
    static const std::vector<std::string> columns{
        "id",
        "dag_id",
        "dag_run_id",
        "task_id",
        "map_index",
        "event",
        "kind",
        "state",
        "tries",
        "created_at",
        "error"
    };
    context.out() << render(*listed, columns, options.format);
    return 0;
}

}  // namespace

void add_callbacks(CLI::App& callbacks, Context& context) {
    CLI::App* verb = add_verb(callbacks, "list", "list whom runs and tasks called, latest first");
    auto options = std::make_shared<CallbackOptions>();
    add_name(*verb, "-d,--dag-id", options->dag_id, "only those of this DAG");
    add_name(*verb, "--run-id", options->run_id, "only those of runs of this name");
    add_name(*verb, "--task-id", options->task_id, "only those of tasks of this name");
    verb->add_option(
            "--event",
            options->event,
            "only for this: execute, success, failure, retry, skipped or deadline"
    )
        ->check(CLI::IsMember({"execute", "success", "failure", "retry", "skipped", "deadline"})
                    .description(""));
    verb->add_option(
            "--state", options->state, "only in this state: pending, success, failed or skipped"
    )
        ->check(CLI::IsMember({"pending", "success", "failed", "skipped"}).description(""));
    verb->add_option("--limit", options->limit, "at most so many; 100 by default")
        ->check(CLI::PositiveNumber);
    add_output(*verb, options->format);
    verb->callback([&context, options] {
        context.run_later([&context, options] { return list_callbacks(context, *options); });
    });
}

}  // namespace reel::cli
