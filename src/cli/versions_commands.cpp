#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "context.hpp"

namespace reel::cli {

namespace {

using nlohmann::json;

struct VersionOptions {
    std::string dag_id;
    int from = 0;
    int to = 0;
    Format format = Format::table;
};

core::Result<int> list_versions(Context& context, const VersionOptions& options) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto listed = (*api)->list(
        api_path({"dags", options.dag_id, "dagVersions"}),
        "dag_versions",
        {{"order_by", "-version_number"}}
    );
    if (!listed) return std::unexpected(listed.error());
    context.out() << render(*listed, {"version_number", "created_at"}, options.format);
    return 0;
}

std::string line_of(const char* title, const json& names) {
    std::vector<std::string> words;
    for (const json& name : names) {
        words.push_back(
            name.is_string() ? name.get<std::string>()
                             : fmt::format(
                                   "{} ({})",
                                   name.value("task_id", ""),
                                   fmt::join(name.value("fields", std::vector<std::string>()), ", ")
                               )
        );
    }
    return words.empty() ? "" : fmt::format("{}: {}\n", title, fmt::join(words, ", "));
}

std::string summary_of(const json& diff) {
    return line_of("tasks added", diff["tasks_added"]) +
           line_of("tasks removed", diff["tasks_removed"]) +
           line_of("tasks changed", diff["tasks_changed"]) +
           line_of("of the DAG itself", diff["fields_changed"]);
}

core::Result<int> show_diff(Context& context, const VersionOptions& options) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    Query query;
    if (options.from != 0) query.emplace_back("from", std::to_string(options.from));
    if (options.to != 0) query.emplace_back("to", std::to_string(options.to));
    const std::string path = "/api/reel/v1/dags/" + percent_encode(options.dag_id) + "/diff";
    const auto diff = (*api)->get(path, query);
    if (!diff) return std::unexpected(diff.error());
    if (options.format == Format::json || options.format == Format::yaml) {
        context.out() << render_one(*diff, options.format);
        return 0;
    }
    const std::string summary = summary_of(*diff);
    if (summary.empty()) {
        context.out() << fmt::format(
            "versions {} and {} say the same\n",
            diff->value("from_version", 0),
            diff->value("to_version", 0)
        );
        return 0;
    }
    context.out() << summary << "\n" << diff->value("diff", "");
    return 0;
}

}  // namespace

void add_versions(CLI::App& dags, Context& context) {
    CLI::App* list = add_verb(dags, "versions", "list the versions that a DAG has had");
    auto options = std::make_shared<VersionOptions>();
    add_name(*list, "dag_id", options->dag_id, "the DAG")->required();
    add_output(*list, options->format);
    list->callback([&context, options] {
        context.run_later([&context, options] { return list_versions(context, *options); });
    });
    CLI::App* diff = add_verb(dags, "diff", "show what sets two versions of a DAG apart");
    auto wish = std::make_shared<VersionOptions>();
    add_name(*diff, "dag_id", wish->dag_id, "the DAG")->required();
    diff->add_option("from", wish->from, "number of a version; the one before where none is given")
        ->check(CLI::PositiveNumber);
    diff->add_option("to", wish->to, "number of a version; that of now where none is given")
        ->check(CLI::PositiveNumber);
    add_output(*diff, wish->format);
    diff->callback([&context, wish] {
        context.run_later([&context, wish] { return show_diff(context, *wish); });
    });
}

}  // namespace reel::cli
