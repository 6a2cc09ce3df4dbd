#include "next_execution.hpp"

#include <array>
#include <iostream>
#include <utility>

namespace reel::cli {

namespace {

/// Airflow's word for a field, and ours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> fields{{
    {"logical_date", "logical_date"},
    {"data_interval.start", "data_interval_start"},
    {"data_interval.end", "data_interval_end"},
    {"run_after", "run_after"},
}};

std::string column_of(const std::string& field) {
    for (const auto& [word, column] : fields) {
        if (word == field) return std::string(column);
    }
    return field;
}

}  // namespace

std::vector<std::string> next_execution_fields() {
    std::vector<std::string> words;
    words.reserve(fields.size());
    for (const auto& [word, column] : fields) words.emplace_back(word);
    return words;
}

core::Result<int> next_execution(Context& context, const NextExecution& wish) {
    const auto api = context.api();
    if (!api) return std::unexpected(api.error());
    const auto dag = (*api)->get(api_path({"dags", wish.dag_id}));
    if (!dag) return std::unexpected(dag.error());
    const std::string path = "/api/reel/v1/dags/" + percent_encode(wish.dag_id) + "/nextExecutions";
    const auto answer = (*api)->get(path, {{"limit", std::to_string(wish.count)}});
    if (!answer) return std::unexpected(answer.error());
    const nlohmann::json runs = answer->value("next_executions", nlohmann::json::array());
    if (dag->value("is_paused", false)) {
        context.err() << "the DAG is paused: its runs wait until `reel dags unpause " << wish.dag_id
                      << "`\n";
    }
    if (runs.empty()) context.err() << "no run of " << wish.dag_id << " is due by schedule\n";
    const std::string column = column_of(wish.field);
    if (wish.format != Format::table) {
        context.out() << render(runs, {column}, wish.format);
        return 0;
    }
    for (const nlohmann::json& run : runs) {
        context.out() << cell_text(run.value(column, nlohmann::json())) << "\n";
    }
    return 0;
}

}  // namespace reel::cli
